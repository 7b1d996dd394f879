"""The figures of the project, each as a ratio or a limit that was taken in one run.

``make bench`` takes them all and rewrites ``docs/performance.md``;
``python -m bench NAME …`` takes some and prints them.
"""
