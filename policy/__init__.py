"""A CrossGuard policy pack: what a registry, its access, its images and the container
groups that run them must be like. ``docs/policies.md`` has all rules in one table.

Imports inside are relative, so that the folder works under any name, as the one of a
published pack.
"""
