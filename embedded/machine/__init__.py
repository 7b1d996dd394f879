"""Set-up of a machine that has Python and nothing else. Standard library only.

It says what it installs, reuses what is there and touches nothing else: Debian packages
by apt, a virtual environment in ``.venv``, the Docker Engine, a base image.
"""
