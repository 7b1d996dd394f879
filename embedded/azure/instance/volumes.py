"""Volumes of a group: emptyDir as a volume of the engine, secrets as a folder.

Secret files lie under ``<home>/instances/<group>/``, a folder that only its owner can
enter (0700). The files themselves are readable (0644), as in Azure, because a container
that does not run as root must be able to read them; they are mounted read-only.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
from pathlib import Path

from docker.models.containers import Container as EngineContainer
from docker.types import Mount

from embedded.azure.ids import key
from embedded.azure.instance.engine import GROUP_LABEL, HOME_LABEL, DockerEngine
from embedded.azure.instance.spec import Container, Group


class Volumes:
    """The volumes of all groups of one home."""

    def __init__(self, engine: DockerEngine) -> None:
        self._engine = engine

    def create(self, group_id: str, group: Group) -> None:
        """What is there already is kept, with secrets brought up to date."""
        for volume in group.volumes:
            if volume.files is not None:
                self._write(self.folder(group_id) / volume.name, volume.files)
            else:
                self._create_empty(group_id, volume.name)

    def _create_empty(self, group_id: str, volume: str) -> None:
        labels = {HOME_LABEL: str(self._engine.home), GROUP_LABEL: key(group_id)}
        with self._engine.talking(f"create volume '{volume}'") as client:
            client.volumes.create(self.name(group_id, volume), labels=labels)

    def _write(self, folder: Path, files: tuple[tuple[str, bytes], ...]) -> None:
        self._make_private(folder.parent)
        folder.mkdir(mode=0o755, exist_ok=True)
        for old in {each.name for each in folder.iterdir()} - {n for n, _ in files}:
            (folder / old).unlink()
        for name, content in files:
            (folder / name).write_bytes(content)
            (folder / name).chmod(0o644)

    def _make_private(self, folder: Path) -> None:
        for each in (folder.parent, folder):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)

    def mounts(self, group_id: str, group: Group, container: Container) -> list[Mount]:
        """In Docker's form, for the container's volumeMounts."""
        found = []
        for mount in container.mounts:
            volume = group.volume(mount.volume)
            assert volume is not None, "the rules let no unknown volume through"
            if volume.files is not None:
                source = str(self.folder(group_id) / volume.name)
                found.append(Mount(mount.path, source, type="bind", read_only=True))
            else:
                source = self.name(group_id, volume.name)
                read_only = mount.read_only
                empty = Mount(mount.path, source, read_only=read_only, no_copy=True)
                found.append(empty)
        return found

    def open_up(
        self, made: EngineContainer, container: Container, group: Group
    ) -> None:
        """Let every user write to an emptyDir, as in Azure; Docker's are root's."""
        for mount in container.mounts:
            volume = group.volume(mount.volume)
            if volume is not None and volume.files is None and not mount.read_only:
                with self._engine.talking(f"prepare volume '{mount.volume}'"):
                    made.put_archive("/", _writable(mount.path))

    def remove(self, group_id: str) -> None:
        shutil.rmtree(self.folder(group_id), ignore_errors=True)
        labels = [f"{HOME_LABEL}={self._engine.home}", f"{GROUP_LABEL}={key(group_id)}"]
        with self._engine.talking("remove volumes") as client:
            for volume in client.volumes.list(filters={"label": labels}):
                volume.remove(force=True)

    def groups(self) -> set[str]:
        """The ids (as keys) of the groups that have volumes on the engine."""
        label = f"{HOME_LABEL}={self._engine.home}"
        with self._engine.talking("list volumes") as client:
            found = client.volumes.list(filters={"label": label})
        return {each.attrs["Labels"][GROUP_LABEL] for each in found}

    def folder(self, group_id: str) -> Path:
        return self._engine.home / "instances" / self._short(group_id)

    def name(self, group_id: str, volume: str) -> str:
        return f"acr-lab-{self._short(group_id)}-{volume}"

    def _short(self, group_id: str) -> str:
        text = f"{self._engine.home}\n{key(group_id)}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def _writable(path: str) -> bytes:
    """An archive of one folder. Docker passes over ``.``, so it starts at the root."""
    folder = tarfile.TarInfo(path.strip("/"))
    folder.type, folder.mode = tarfile.DIRTYPE, 0o777
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        tar.addfile(folder)
    return buffer.getvalue()
