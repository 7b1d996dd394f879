"""Secrets that the local Azure makes for somebody to sign in with."""

from __future__ import annotations

import secrets
import string

_CHARACTERS = string.ascii_letters + string.digits


def password(length: int = 52) -> str:
    """Letters and digits alone: about six bits each.

    People pass it on a command line (``az login --password``, ``docker login -p``),
    where one that begins with a dash would be taken for an option.
    """
    return "".join(secrets.choice(_CHARACTERS) for _ in range(length))
