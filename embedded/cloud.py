"""The embedded Azure as a process: start, stop, ask, empty it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from embedded.errors import (
    AzureDidNotStart,
    PortTaken,
    ResetIncomplete,
    StoreDamaged,
    VariableInvalid,
)
from embedded.home import PROJECT, Home

#: Seconds that it gets to end its work in.
STOP_LIMIT = 30.0
#: Exit code of the process where it cannot read its own records.
STORE_DAMAGED = 4
#: Option of the process -> variable that sets it: what takes a while in Azure.
DELAYS = {
    "--role-delay": "EMBEDDED_ROLE_DELAY",
    "--principal-delay": "EMBEDDED_PRINCIPAL_DELAY",
    "--lock-delay": "EMBEDDED_LOCK_DELAY",
}


@dataclass(frozen=True)
class Connection:
    """What ``connection.json`` says: how a client signs in."""

    arm_endpoint: str
    metadata_host: str
    tenant_id: str
    subscription_id: str
    client_id: str
    client_secret: str
    ca_file: Path
    pid: int

    @classmethod
    def read(cls, file: Path) -> Connection | None:
        """None where the file is not there or not whole."""
        try:
            body = json.loads(file.read_text())
            return cls(
                body["armEndpoint"],
                body["metadataHost"],
                body["tenantId"],
                body["subscriptionId"],
                body["clientId"],
                body["clientSecret"],
                Path(body["caFile"]),
                int(body["pid"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None


class LocalAzure:
    """The one process of one home folder, wherever it was started from."""

    def __init__(self, home: Home, environment: Mapping[str, str] = os.environ) -> None:
        self._home = home
        self._port = _port(environment.get("EMBEDDED_PORT") or "4747")
        self._delays = {
            option: _seconds(name, environment.get(name) or "0")
            for option, name in DELAYS.items()
        }

    @property
    def connection(self) -> Connection | None:
        """The running process's; None if it does not run."""
        found = Connection.read(self._home.azure / "connection.json")
        return found if found is not None and self._runs(found.pid) else None

    def start(self, *, automatic: bool) -> Connection:
        """Start it unless it runs. ``automatic``: `destroy` may stop it when empty.

        Raises PortTaken, AzureDidNotStart.
        """
        with self._alone() as lock:
            running = self.connection
            if running is not None and not self._stopping.exists():
                return running
            if running is not None:  # whoever stopped it was killed meanwhile
                self._end(running.pid)
            self._require_port()
            self._stopping.unlink(missing_ok=True)
            mark = self._home.root / "automatic"
            mark.touch() if automatic else mark.unlink(missing_ok=True)
            self._spawn(lock)
        started = self.connection
        if started is None:
            raise AzureDidNotStart("it ended at once", self._home.log("azure"))
        return started

    @property
    def started_automatically(self) -> bool:
        return (self._home.root / "automatic").exists()

    def stop(self) -> bool:
        """End it and wait until it is gone; whether it ran. Its data stays."""
        with self._alone():
            running = self.connection
            if running is None:
                return False
            self._stopping.touch()
            self._end(running.pid)
        return True

    @property
    def _stopping(self) -> Path:
        """Is there from before the process is told to end until the next one starts:
        a process that is ending may look like one that serves."""
        return self._home.root / "stopping"

    def groups(self) -> list[str]:
        """The names of all resource groups in it."""
        from embedded import contents  # with a client that few commands need

        return contents.groups(self.connection or self.start(automatic=False))

    def reset(self) -> None:
        """Delete all resources, stop it, and remove what it kept.

        Raises ResetIncomplete, and keeps its records, if something cannot be deleted.
        """
        if not self._home.azure.exists():
            return
        from embedded import contents

        failures = contents.delete_all(self.start(automatic=False))
        if failures:
            raise ResetIncomplete(failures)
        self.stop()
        shutil.rmtree(self._home.azure)

    def environment(self) -> dict[str, str]:
        """What az, the Azure SDKs, azure-native and docker need to reach it."""
        known = self.connection or self.start(automatic=False)
        bundle = str(self._bundle(known))
        return {
            "ARM_CLIENT_ID": known.client_id,
            "ARM_CLIENT_SECRET": known.client_secret,
            "ARM_TENANT_ID": known.tenant_id,
            "ARM_SUBSCRIPTION_ID": known.subscription_id,
            "ARM_METADATA_HOSTNAME": known.metadata_host,
            "ARM_DISABLE_INSTANCE_DISCOVERY": "true",
            "AZURE_AUTHORITY_HOST": known.arm_endpoint,
            "AZURE_CORE_INSTANCE_DISCOVERY": "false",
            "EMBEDDED_ARM_ENDPOINT": known.arm_endpoint,
            "REQUESTS_CA_BUNDLE": bundle,
            "SSL_CERT_FILE": bundle,
        }

    @contextmanager
    def _alone(self) -> Iterator[IO[str]]:
        """Two commands at once must not start two of it.

        The process that is started keeps the lock until it answers, also if the
        command that started it is gone by then.
        """
        self._home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._home.root / "azure.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield lock

    def _require_port(self) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self._port))
            except OSError as error:
                raise PortTaken(self._port) from error

    def _spawn(self, lock: IO[str]) -> None:
        log = self._home.log("azure")
        command = [sys.executable, "-m", "embedded.azure"]
        command += ["--home", str(self._home.azure), "--port", str(self._port)]
        command += ["--starting", str(lock.fileno())]
        for option, seconds in self._delays.items():
            command += [option, seconds]
        tools = self._home.packages / "usr" / "bin"
        path = f"{tools}:{os.environ.get('PATH', '')}"
        before = len(log.read_text(errors="replace")) if log.exists() else 0
        with log.open("ab") as errors:
            process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env={**os.environ, "PATH": path},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                pass_fds=[lock.fileno()],
                start_new_session=True,
            )
        assert process.stdout is not None
        with process.stdout as ready:
            line = ready.readline()
        if b"ready" not in line:
            said = log.read_text(errors="replace")[before:]
            if process.wait() == STORE_DAMAGED:
                raise StoreDamaged(said.strip().removeprefix("error: "))
            raise AzureDidNotStart(said, log)

    def _end(self, pid: int) -> None:
        """Tell the process to end, and wait until it is gone."""
        end = time.monotonic() + STOP_LIMIT
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
            while self._runs(pid):
                if time.monotonic() > end:
                    os.kill(pid, signal.SIGKILL)
                time.sleep(0.05)

    def _runs(self, pid: int) -> bool:
        """Whether the process lives and is this home's local Azure: pids are used
        again, after a restart of the machine perhaps by another clone's."""
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[-1].split()[0]
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        ours = {b"embedded.azure", os.fsencode(self._home.azure)}
        return state != "Z" and ours <= set(words)

    def _bundle(self, known: Connection) -> Path:
        """The system's CAs and the local one, in one file."""
        import ssl  # only to know where the system has its own

        bundle = known.ca_file.with_name("bundle.pem")
        system = ssl.get_default_verify_paths().cafile
        texts = [Path(system).read_text()] if system and Path(system).exists() else []
        text = "\n".join([*texts, known.ca_file.read_text()])
        if not bundle.exists() or bundle.read_text() != text:
            bundle.write_text(text)
        return bundle


def _port(text: str) -> int:
    """Raises VariableInvalid."""
    if not text.isdecimal() or len(text) > 5 or not 0 < int(text) < 65536:
        raise VariableInvalid("EMBEDDED_PORT", text, "a port, from 1 to 65535")
    return int(text)


def _seconds(name: str, text: str) -> str:
    """Raises VariableInvalid."""
    whole, _, part = text.partition(".")
    if not whole.isdecimal() or (part and not part.isdecimal()):
        raise VariableInvalid(name, text, "a number of seconds")
    return text
