"""The build context as docker sees it, and a tag made of its content. Sans-I/O but for
``read``.

Rules of the ignore file: https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pulumi

#: Characters of the tag: enough for no two contents to meet.
TAG_LENGTH = 16


class ContextInvalid(pulumi.RunError):
    """The build context is not complete, or its ignore file is wrong."""


@dataclass(frozen=True)
class File:
    """What counts of one file. Times, owners and the place of the folder do not."""

    content: bytes
    executable: bool = False


def read(folder: Path) -> dict[str, File]:
    """All files below a folder that docker would send, by their slash path.

    Raises ContextInvalid.
    """
    if not (folder / "Dockerfile").is_file():
        raise ContextInvalid(
            f"There is no {folder / 'Dockerfile'} to build an image of."
        )
    own = folder / "Dockerfile.dockerignore"
    ignore = own if own.exists() else folder / ".dockerignore"
    rules = Ignore.parse(ignore.read_text() if ignore.exists() else "")
    found: dict[str, File] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            content = str(path.readlink()).encode()
        elif path.is_file():
            content = path.read_bytes()
        else:
            continue
        if name == "Dockerfile" or not rules.excludes(name):
            executable = not path.is_symlink() and bool(path.stat().st_mode & 0o100)
            found[name] = File(content, executable)
    return found


def tag(files: Mapping[str, File], arguments: Mapping[str, str]) -> str:
    """The same for the same content and build arguments, wherever and whenever."""
    total = hashlib.sha256()
    for name, file in sorted(files.items()):
        digest = hashlib.sha256(file.content).hexdigest()
        total.update(f"{name}\0{file.executable}\0{digest}\n".encode())
    for name, value in sorted(arguments.items()):
        total.update(f"--build-arg\0{name}\0{value}\n".encode())
    return total.hexdigest()[:TAG_LENGTH]


@dataclass(frozen=True)
class Ignore:
    """The patterns of a ``.dockerignore``, in order: (pattern, is an exception)."""

    patterns: tuple[tuple[re.Pattern[str], bool], ...]

    @classmethod
    def parse(cls, text: str) -> Ignore:
        rows = []
        for raw in text.splitlines():
            line = raw.strip()
            if not line or line.startswith("#"):
                continue
            exception = line.startswith("!")
            pattern = line.removeprefix("!").strip().strip("/").removeprefix("./")
            if pattern and pattern != ".":
                rows.append((_compiled(pattern), exception))
        return cls(tuple(rows))

    def excludes(self, name: str) -> bool:
        """The last pattern that matches the path or a folder above it decides."""
        parts = name.split("/")
        above = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        excluded = False
        for pattern, exception in self.patterns:
            if any(pattern.fullmatch(path) for path in above):
                excluded = not exception
        return excluded


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(_expression(pattern))
    except re.error as error:
        raise ContextInvalid(
            f"The ignore file has a pattern that is none: {pattern!r} ({error})."
        ) from error


def _expression(pattern: str) -> str:
    """A regular expression for Go's filepath.Match, with ``**`` for any folders."""
    text = ""
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            text, at = f"{text}(?:.*/)?", at + 3
        elif pattern.startswith("**", at):
            text, at = f"{text}.*", at + 2
        elif pattern[at] == "*":
            text, at = f"{text}[^/]*", at + 1
        elif pattern[at] == "?":
            text, at = f"{text}[^/]", at + 1
        elif pattern[at] == "[" and "]" in pattern[at + 2 :]:
            end = pattern.index("]", at + 2)
            inside = pattern[at + 1 : end].replace("\\", "\\\\")
            text, at = f"{text}[{inside}]", end + 1
        else:
            escaped = pattern[at] == "\\" and at + 1 < len(pattern)
            at += 1 if escaped else 0
            text, at = text + re.escape(pattern[at]), at + 1
    return text
