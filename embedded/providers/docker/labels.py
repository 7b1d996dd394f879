"""The labels that a Dockerfile sets: by them its half-built images are found again."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

_CONTINUED = re.compile(r"\\[ \t]*\n")


def of_dockerfile(file: Path) -> list[str]:
    """``name=value`` of each label that has no variable in it; none without a file.

    https://docs.docker.com/reference/dockerfile/#label
    """
    try:
        text = file.read_text()
    except (OSError, UnicodeDecodeError):
        return []
    whole = "\n".join(
        line for line in text.splitlines() if not line.lstrip().startswith("#")
    )
    lines = _CONTINUED.sub(" ", whole + "\n").splitlines()
    return [label for line in lines for label in _of_line(line)]


def _of_line(line: str) -> list[str]:
    word, _, rest = line.strip().partition(" ")
    if word.upper() != "LABEL" or "$" in rest:
        return []
    try:
        return [label for label in shlex.split(rest) if "=" in label]
    except ValueError:
        return []
