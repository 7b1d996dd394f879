"""The build context: which files docker sees, and a digest of them."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from embedded.providers.docker.ignore import Ignore
from embedded.providers.resource import InputsInvalid

IGNORE_FILE = ".dockerignore"
#: The name inside the tar of a Dockerfile that does not lie in the folder.
DOCKERFILE = ".dockerfile.acr-lab"


@dataclass(frozen=True)
class Context:
    """A folder and a Dockerfile, both relative to the program's folder."""

    folder: Path
    dockerfile: Path

    @classmethod
    def find(cls, folder: str, dockerfile: str) -> Context:
        """Raises InputsInvalid with a hint where one of the two is not there."""
        context = cls(Path(folder), Path(dockerfile))
        if not context.folder.is_dir():
            raise InputsInvalid([("build", f"there is no folder {folder!r}")])
        if context.dockerfile.is_file():
            return context
        reason = f"could not open dockerfile at relative path {dockerfile!r}"
        inside = context.folder / dockerfile
        if inside.is_file():
            reason += f": it is relative to the program; try setting {str(inside)!r}"
        raise InputsInvalid([("dockerfile", reason)])

    def digest(self) -> str:
        """SHA-256 of the Dockerfile and of what docker would send: names, modes,
        contents; not times, owners or the place of the folder."""
        total = hashlib.sha256()
        self._add(total, "Dockerfile", self.dockerfile)
        for name in self.files():
            self._add(total, name, self.folder / name)
        return total.hexdigest()

    def files(self) -> list[str]:
        """Paths below the folder that are no folders, without what is ignored."""
        return [one for one in self._entries() if not _is_folder(self.folder / one)]

    def name(self) -> str:
        """What the Dockerfile is called in the tar."""
        return self._inside() or DOCKERFILE

    def tar(self) -> io.BytesIO:
        """What is sent to the engine. Owners are 0:0."""
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as archive:
            for name in self._entries():
                if self._inside() or name != IGNORE_FILE:
                    archive.add(
                        self.folder / name, name, recursive=False, filter=_owned
                    )
            if not self._inside():
                self._add_from_outside(archive)
        stream.seek(0)
        return stream

    def _inside(self) -> str | None:
        """The slash path of the Dockerfile below the folder, if it lies there."""
        folder, file = self.folder.resolve(), self.dockerfile.resolve()
        inside = file.is_relative_to(folder)
        return file.relative_to(folder).as_posix() if inside else None

    def _add_from_outside(self, archive: tarfile.TarFile) -> None:
        """A Dockerfile from elsewhere is sent too, and ignored: no COPY sees it."""
        archive.add(self.dockerfile, DOCKERFILE, recursive=False, filter=_owned)
        known = self.folder / IGNORE_FILE
        text = known.read_bytes() if known.is_file() else IGNORE_FILE.encode()
        content = text + f"\n{DOCKERFILE}\n".encode()
        member = tarfile.TarInfo(IGNORE_FILE)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))

    def _entries(self) -> list[str]:
        """Slash paths of folders and files; the two that are always sent among them."""
        always = {IGNORE_FILE, self._inside()}
        return list(_sent(self.folder, self._ignore(), always, "", None))

    def _ignore(self) -> Ignore:
        """``<dockerfile>.dockerignore`` if there is one, else ``.dockerignore``."""
        own = self.dockerfile.with_name(f"{self.dockerfile.name}{IGNORE_FILE}")
        file = own if own.is_file() else self.folder / IGNORE_FILE
        return Ignore.parse(os.fsdecode(file.read_bytes()) if file.is_file() else "")

    def _add(self, total: hashlib._Hash, name: str, file: Path) -> None:
        mode = f"{file.lstat().st_mode:o}"
        content = str(file.readlink()).encode() if file.is_symlink() else _read(file)
        part = hashlib.sha256(content).hexdigest()
        total.update(f"{name}\0{mode}\0{part}\0".encode())


def _sent(
    folder: Path,
    rules: Ignore,
    always: Set[str | None],
    below: str,
    above: Sequence[bool] | None,
) -> Iterator[str]:
    """In the order of the names; ``above`` is what hit the folder around it."""
    for entry in sorted(os.scandir(folder / below), key=lambda one: one.name):
        name = f"{below}{entry.name}"
        hits = rules.hits(name, above)
        sent = not rules.ignores(hits) or name in always
        is_folder = entry.is_dir(follow_symlinks=False)
        if sent and (is_folder or entry.is_symlink() or entry.is_file()):
            yield name
        if is_folder and (sent or rules.enters(name)):
            yield from _sent(folder, rules, always, f"{name}/", hits)


def _read(file: Path) -> bytes:
    return file.read_bytes()


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _owned(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
