"""A dockerd of the campaign's own, to be killed: never the one that others use.

It has its own folders, socket, bridge and containerd namespace, and touches no firewall
rule: published ports are served by its own proxies, on loopback.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import docker
from docker.errors import DockerException

from soak.processes import Process, descendants, kill, table, wait_for_end

#: Seconds for a start and for an end.
LIMIT = 60.0
#: A killed dockerd's containerd may be there for a moment: then the next one fails.
ATTEMPTS, PAUSE = 5, 2.0
#: What stands between containerd and one container.
SHIM = "containerd-shim"
SBIN = "/usr/sbin:/sbin:/usr/local/sbin"


class DockerdFailed(Exception):
    """It does not start, or does not end."""


def why_not() -> str | None:
    """Why there can be no private dockerd here; None if there can."""
    if os.geteuid() != 0:
        return "a private dockerd needs root"
    for tool in ("dockerd", "ip"):
        if _which(tool) is None:
            return f"there is no `{tool}`"
    return None


class PrivateDocker:
    """``start`` and ``stop`` may be called again and again; ``remove`` once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._bridge = f"soak{os.getpid() % 10**8}"
        self._process: subprocess.Popen[bytes] | None = None
        self._add_bridge()

    @property
    def host(self) -> str:
        return f"unix://{self._folder / 'docker.sock'}"

    @property
    def log(self) -> Path:
        return self._folder / "dockerd.log"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """As a service manager does it: again if need be. Raises DockerdFailed."""
        for _ in range(ATTEMPTS - 1):
            with contextlib.suppress(DockerdFailed):
                return self._start()
            time.sleep(PAUSE)
        return self._start()

    def _start(self) -> None:
        pid_file = self._folder / "docker.pid"
        pid_file.unlink(missing_ok=True)
        self._forget_containerd()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(_which("dockerd")), *self._options(pid_file)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    def _forget_containerd(self) -> None:
        """Its number may be another process's by now, which dockerd takes for it."""
        file = self._folder / "exec/containerd/containerd.pid"
        if not any(Path(p.words[0]).name == "containerd" for p in self._own()):
            file.unlink(missing_ok=True)

    def restart_if_dead(self) -> None:
        if self._process is None or self._process.poll() is not None:
            self.start()

    def load(self, name: str, source: docker.DockerClient) -> None:
        """Bring an image here from another engine."""
        stream = source.images.get(name).save(named=True)
        with connect(self.host) as client:
            client.images.load(b"".join(stream))

    def remove(self) -> None:
        """End it, and leave neither process, mount nor bridge behind."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(LIMIT)
        self._end_leftovers()
        for point in _mounts(self._folder):
            subprocess.run(["umount", "--lazy", point], check=False)
        self._drop_bridge()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _drop_bridge(self) -> None:
        command = [_ip(), "link", "delete", self._bridge]
        subprocess.run(command, check=False, capture_output=True)

    def _end_leftovers(self) -> None:
        """The containerd and the shims of a daemon that was killed."""
        ours = [p.pid for p in self._own()]
        for pid in ours:
            kill(pid)
        wait_for_end(ours, LIMIT)

    def end_strays(self) -> None:
        """Containers that the daemon lost in a kill run on, and keep their addresses.

        For when it holds none any more.
        """
        shims = [p.pid for p in self._own() if SHIM in Path(p.words[0]).name]
        left = wait_for_end(shims, 1)
        inner = [one.pid for pid in left for one in descendants(table(), pid)]
        for pid in [*left, *inner]:
            kill(pid)

    def _own(self) -> list[Process]:
        """Processes of this daemon: those with its folder in their words."""
        inside = f"{self._folder}/"
        return [p for p in table() if any(inside in word for word in p.words)]

    def _options(self, pid_file: Path) -> list[str]:
        name = self._bridge
        return [
            f"--data-root={self._folder / 'data'}",
            f"--exec-root={self._folder / 'exec'}",
            f"--pidfile={pid_file}",
            f"--host={self.host}",
            f"--config-file={self._folder / 'daemon.json'}",
            f"--bridge={name}",
            f"--containerd-namespace={name}",
            f"--containerd-plugins-namespace={name}-plugins",
            "--iptables=false",
            "--ip-masq=false",
            "--ip-forward=false",
        ]

    def _wait(self) -> None:
        end = time.monotonic() + LIMIT
        while not answers(self.host):
            assert self._process is not None
            if time.monotonic() > end or self._process.poll() is not None:
                log = self.log.read_text(errors="replace")
                raise DockerdFailed("\n".join(log.splitlines()[-5:]))
            time.sleep(0.1)

    def _add_bridge(self) -> None:
        self._folder.mkdir(parents=True)
        (self._folder / "daemon.json").write_text("{}\n")
        third = os.getpid() % 250
        commands = (
            ["link", "add", "name", self._bridge, "type", "bridge"],
            ["address", "add", f"10.213.{third}.1/24", "dev", self._bridge],
            ["link", "set", self._bridge, "up"],
        )
        for command in commands:
            done = subprocess.run([_ip(), *command], check=False, capture_output=True)
            if done.returncode:
                self._drop_bridge()
                raise DockerdFailed(done.stderr.decode(errors="replace").strip())


@contextlib.contextmanager
def connect(host: str | None) -> Iterator[docker.DockerClient]:
    """A client of that engine; None for the machine's own."""
    client = (
        docker.DockerClient(base_url=host, timeout=60)
        if host
        else docker.from_env(timeout=60)
    )
    try:
        yield client
    finally:
        client.close()


def answers(host: str | None) -> bool:
    if host and not Path(host.removeprefix("unix://")).exists():
        return False
    try:
        with connect(host) as client:
            return bool(client.ping())
    except (DockerException, OSError):
        return False


def _mounts(folder: Path) -> list[str]:
    """Mount points below a folder, the innermost first."""
    lines = Path("/proc/mounts").read_text().splitlines()
    points = [line.split()[1] for line in lines]
    return sorted((p for p in points if p.startswith(f"{folder}/")), reverse=True)


def _which(tool: str) -> str | None:
    return shutil.which(tool, path=f"{os.environ.get('PATH', '')}:{SBIN}")


def _ip() -> str:
    return str(_which("ip"))
