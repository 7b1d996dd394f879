"""The build context: which files docker sees, and a digest of them."""

from __future__ import annotations

import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path

from docker.utils.build import exclude_paths

from embedded.providers.resource import InputsInvalid

#: The Dockerfile's name inside the tar, wherever it lies.
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
        found = exclude_paths(str(self.folder), self._patterns(), "Dockerfile")
        return sorted(one for one in found if not _is_folder(self.folder / one))

    def tar(self) -> io.BytesIO:
        """What is sent to the engine. Owners are 0:0."""
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as archive:
            for name in self.files():
                archive.add(self.folder / name, name, recursive=False, filter=_owned)
            archive.add(self.dockerfile, DOCKERFILE, recursive=False, filter=_owned)
        stream.seek(0)
        return stream

    def _patterns(self) -> list[str]:
        """``<dockerfile>.dockerignore`` if there is one, else ``.dockerignore``."""
        own = self.dockerfile.with_name(f"{self.dockerfile.name}.dockerignore")
        file = own if own.is_file() else self.folder / ".dockerignore"
        if not file.is_file():
            return []
        lines = (line.strip() for line in file.read_text().splitlines())
        return [line for line in lines if line and not line.startswith("#")]

    def _add(self, total: hashlib._Hash, name: str, file: Path) -> None:
        mode = f"{file.lstat().st_mode:o}"
        content = str(file.readlink()).encode() if file.is_symlink() else _read(file)
        part = hashlib.sha256(content).hexdigest()
        total.update(f"{name}\0{mode}\0{part}\0".encode())


def _read(file: Path) -> bytes:
    return file.read_bytes()


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _owned(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member
