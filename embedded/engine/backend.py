"""The state of stacks in files, laid out as the CLI's file backend does.

pulumi/pulumi, pkg/backend/diy: ``.pulumi/meta.yaml``, ``stacks/<project>/<stack>.json``
with ``.bak``, ``history/…``, ``backups/…`` and ``locks/organization/…``.
"""

from __future__ import annotations

import getpass
import json
import os
import socket
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embedded.engine import features
from embedded.engine.errors import ProjectInvalid, StackLocked, StateDamaged
from embedded.engine.values import dump

Json = dict[str, Any]


@dataclass(frozen=True)
class FileBackend:
    """All stacks below one folder. ``url`` is ``file://`` and an absolute path."""

    root: Path

    @classmethod
    def open(cls, url: str) -> FileBackend:
        """Raises ProjectInvalid for a backend that is not made of files."""
        if not url.startswith("file://"):
            raise ProjectInvalid(
                f"The embedded engine keeps state in files, and PULUMI_BACKEND_URL is "
                f"{url!r}. Use file://… or the Pulumi CLI."
            )
        path = Path(url.removeprefix("file://")).expanduser()
        return cls(path / ".pulumi")

    def stack_file(self, project: str, stack: str) -> Path:
        return self.root / "stacks" / project / f"{stack}.json"

    def load(self, project: str, stack: str) -> Json | None:
        """The ``deployment`` object; None for a new stack. Raises StateDamaged,
        StateUnsupported.
        """
        file = self.stack_file(project, stack)
        if not file.exists():
            return None
        try:
            body = json.loads(file.read_text())
            latest: Json = dict(body["checkpoint"].get("latest") or {})
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise self.damaged(project, stack, error) from error
        features.require(body, f"The state file {file}")
        return latest

    def damaged(self, project: str, stack: str, reason: object) -> StateDamaged:
        """What to say of a state file that no engine has written."""
        file = self.stack_file(project, stack)
        return StateDamaged(
            f"The state file {file} is damaged ({reason}). The state before the last "
            f"change is {file}.bak: copy it over the damaged file, and run `refresh`. "
            "Nothing was touched."
        )

    def save(self, project: str, stack: str, deployment: Json) -> None:
        """Replace the state as a whole, and keep the one before as ``.bak``."""
        file = self.stack_file(project, stack)
        self._prepare(file.parent)
        if file.exists():
            _keep(file, file.with_name(f"{file.name}.bak"))
        _write(file, _checkpoint(project, stack, deployment))

    def record(self, project: str, stack: str, update: Json, deployment: Json) -> None:
        """Add an update to the stack's history."""
        stamp = f"{stack}-{time.time_ns()}"
        folder = self.root / "history" / project / stack
        self._prepare(folder)
        _write(folder / f"{stamp}.history.json", dump(update))
        text = _checkpoint(project, stack, deployment)
        _write(folder / f"{stamp}.checkpoint.json", text)

    @contextmanager
    def lock(self, project: str, stack: str) -> Iterator[None]:
        """Nobody else changes the stack meanwhile. Raises StackLocked.

        As the CLI does it: write a lock of one's own, look whether there are others,
        and step back if so. A lock of a process of this machine that is gone is no
        lock any more.
        """
        folder = self.root / "locks" / "organization" / project / stack
        self._prepare(folder)
        own = folder / f"{uuid.uuid4()}.json"
        _write(own, dump(_holder()))
        try:
            for other in folder.glob("*.json"):
                if other != own:
                    _respect(other, stack)
            self._tidy(project, stack)
            yield
        finally:
            own.unlink(missing_ok=True)

    def _tidy(self, project: str, stack: str) -> None:
        """Remove what others who are gone have half written. Who only tries to get the
        lock writes too, and is there."""
        file = self.stack_file(project, stack)
        history = self.root / "history" / project / stack
        locks = self.root / "locks" / "organization" / project / stack
        patterns = (
            (file.parent, f".{file.name}.*"),
            (history, f".{stack}-*"),
            (locks, ".*.json.*"),
        )
        for folder, pattern in patterns:
            for one in folder.glob(pattern):
                if not _is_being_written(one):
                    one.unlink(missing_ok=True)

    def _prepare(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        meta = self.root / "meta.yaml"
        if not meta.exists():
            _write(meta, "version: 1\n")


def _checkpoint(project: str, stack: str, deployment: Json) -> str:
    name = f"organization/{project}/{stack}"
    checkpoint = {"stack": name, "latest": deployment}
    return dump({**features.header(deployment), "checkpoint": checkpoint})


def _holder() -> Json:
    return {
        "pid": os.getpid(),
        "username": _user(),
        "hostname": socket.gethostname(),
        "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "started": _start_of(os.getpid()),  # ours; the CLI has no such key
    }


def _user() -> str:
    """Its number where it has no name, as in a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _respect(lock: Path, stack: str) -> None:
    """Raise StackLocked unless the lock's process is known to be gone."""
    try:
        body = json.loads(lock.read_text())
        pid, host = int(body["pid"]), body["hostname"]
    except FileNotFoundError:
        return
    except (ValueError, KeyError, TypeError) as error:
        nobody = "a lock that does not say whose it is"
        raise StackLocked(stack, nobody, str(lock)) from error
    if host == socket.gethostname() and not _lives(pid, body.get("started")):
        lock.unlink(missing_ok=True)
        return
    who = f"{body.get('username')}@{host} (pid {pid}) since {body.get('timestamp')}"
    raise StackLocked(stack, who, str(lock))


def _lives(pid: int, started: str | None) -> bool:
    """Whether that very process is there: pids are used again."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return started is None or _start_of(pid) == started


def _start_of(pid: int) -> str | None:
    """The boot and the tick in which a process began; None if it has ended, or where
    there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    return None if fields[0] == "Z" else f"{boot} {fields[19]}"


def _is_being_written(part: Path) -> bool:
    """Whether the process whose number is in the name is there, and not this one."""
    number = part.name.split(".")[-2]
    if not number.isdigit() or int(number) == os.getpid():
        return False
    return _lives(int(number), None)


def _keep(file: Path, backup: Path) -> None:
    """The file under another name, too: it is replaced and never written to."""
    part = backup.with_name(f".{file.name}.{os.getpid()}.bak")
    part.unlink(missing_ok=True)
    try:
        os.link(file, part)
    except OSError:  # a file system without hard links
        _write(backup, file.read_text())
    else:
        part.replace(backup)


def _write(file: Path, text: str) -> None:
    """All or nothing, also when the machine stops in the middle."""
    prefix = f".{file.name}.{os.getpid()}."
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=prefix)
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(name, file)  # noqa: PTH105 (a name, not a Path)
    except OSError as error:  # a full disk does not say of which file
        Path(name).unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(file)) from error
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
