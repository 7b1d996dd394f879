"""The build context as Docker sends it, and what its content is called: a tag for the
image, and a revision for its label. I/O only in ``read``.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pulumi

from infra.ignore import Ignore

#: Characters of the tag: enough for no two contents to meet.
TAG_LENGTH = 16
DOCKERFILE = "Dockerfile"
IGNORE_FILE = ".dockerignore"
#: Docker sends these two, whatever the patterns say.
ALWAYS = (DOCKERFILE, IGNORE_FILE)
#: As git writes modes: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
PLAIN, EXECUTABLE, LINK, FOLDER = "100644", "100755", "120000", "40000"


class ContextInvalid(pulumi.RunError):
    """The build context is not complete, or cannot be read."""

    #: The embedded engine ends with another exit code, then.
    is_configuration = True


@dataclass(frozen=True)
class File:
    """What counts of one file. Times, owners and the place of the folder do not."""

    sha256: str
    blob: bytes
    mode: str = PLAIN

    @classmethod
    def of(cls, content: bytes, mode: str = PLAIN) -> File:
        """``blob`` is the id that git gives the content, in its 20 bytes."""
        return cls(hashlib.sha256(content).hexdigest(), _object("blob", content), mode)


def read(folder: Path) -> dict[str, File]:
    """All files below a folder that Docker would send, by their slash path.

    Empty folders do not count, as in git. Raises ContextInvalid and PatternInvalid.
    """
    if not (folder / DOCKERFILE).is_file():
        raise ContextInvalid(
            f"There is no {folder / DOCKERFILE} to build an image of. Write one, or "
            "bring it back; nothing was changed."
        )
    own = folder / f"{DOCKERFILE}{IGNORE_FILE}"
    ignore = own if own.exists() else folder / IGNORE_FILE
    try:
        text = os.fsdecode(ignore.read_bytes()) if ignore.exists() else ""
        names = _sent(folder, Ignore.parse(text), "", None)
        return {name: _file(folder / name) for name in names}
    except OSError as error:
        raise ContextInvalid(
            f"{error.filename} cannot be read ({error.strerror}), so it cannot be sent "
            "to Docker: let yourself read it, or ignore it in .dockerignore."
        ) from error


def tag(files: Mapping[str, File], options: Mapping[str, str]) -> str:
    """The same for the same content and options of the build, wherever and whenever."""
    total = hashlib.sha256()
    for name, file in sorted(files.items()):
        total.update(os.fsencode(f"{name}\0{file.mode}\0{file.sha256}\n"))
    for name, value in sorted(options.items()):
        total.update(f"--{name}\0{value}\n".encode())
    return total.hexdigest()[:TAG_LENGTH]


def revision(files: Mapping[str, File]) -> str:
    """The id of the files as a tree of git, in 40 hexadecimal digits.

    That is what ``git rev-parse HEAD:app`` says where all of ``app`` is committed and
    none of it ignored; neither git nor a repository is needed.
    """
    return _tree({tuple(name.split("/")): one for name, one in files.items()}).hex()


def _sent(
    folder: Path, rules: Ignore, below: str, above: Sequence[bool] | None
) -> Iterator[str]:
    """Slash paths, in the order of their names; ``above`` is what hit the folder."""
    for entry in sorted(os.scandir(folder / below), key=lambda one: one.name):
        name = f"{below}{entry.name}"
        hits = rules.hits(name, above)
        ignored = rules.ignores(hits)
        if entry.is_dir(follow_symlinks=False):
            if not ignored or rules.enters(name):
                yield from _sent(folder, rules, f"{name}/", hits)
        elif (entry.is_symlink() or entry.is_file()) and (
            not ignored or name in ALWAYS
        ):
            yield name


def _file(path: Path) -> File:
    if path.is_symlink():
        return File.of(os.fsencode(path.readlink()), LINK)
    executable = path.stat().st_mode & 0o100
    return File.of(path.read_bytes(), EXECUTABLE if executable else PLAIN)


def _tree(files: Mapping[tuple[str, ...], File]) -> bytes:
    """Rows of mode, name and id; folders are sorted as if a slash ended their name."""
    rows: dict[bytes, bytes] = {}
    folders: dict[str, dict[tuple[str, ...], File]] = {}
    for (first, *rest), file in files.items():
        if rest:
            folders.setdefault(first, {})[tuple(rest)] = file
        else:
            rows[os.fsencode(first)] = _row(file.mode, first, file.blob)
    for name, inside in folders.items():
        rows[os.fsencode(f"{name}/")] = _row(FOLDER, name, _tree(inside))
    return _object("tree", b"".join(rows[name] for name in sorted(rows)))


def _row(mode: str, name: str, id_: bytes) -> bytes:
    return os.fsencode(f"{mode} {name}\0") + id_


def _object(kind: str, content: bytes) -> bytes:
    """Git's id of an object. SHA-1 because git's is: it is a name here, no proof."""
    head = f"{kind} {len(content)}\0".encode()
    return hashlib.sha1(head + content, usedforsecurity=False).digest()
