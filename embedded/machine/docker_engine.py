"""The Docker Engine: the one that runs, else Debian's, which is started."""

from __future__ import annotations

import contextlib
import grp
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from embedded.home import Home
from embedded.machine import engine_api, packages
from embedded.machine.command import as_root, run, say
from embedded.machine.errors import DockerDidNotStart, DockerUnreachable, NotPermitted

#: Seconds that a fresh dockerd gets until it must answer.
START_LIMIT = 60.0
#: dockerd lives in sbin, which is not on every user's PATH.
SBIN = "/usr/sbin:/sbin:/usr/local/sbin"


def prepare(home: Home) -> None:
    """An engine answers after this. Raises MachineErrors that say what is missing."""
    host = engine_api.address()
    if engine_api.answers(host):
        return
    if host != engine_api.DEFAULT_HOST:
        raise DockerUnreachable(host, "DOCKER_HOST names it, and nothing is there")
    if find_daemon() is None:
        packages.install(["docker.io"], home)
    if engine_api.answers(host):
        return
    _start(home)
    _wait(host, home)


def find_daemon() -> str | None:
    """The path of dockerd."""
    return shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:{SBIN}")


def stop(home: Home) -> None:
    """End the dockerd that this set-up started, unless somebody still uses it."""
    pid_file = home.root / "dockerd.pid"
    if not pid_file.exists() or engine_api.running_containers(engine_api.address()):
        return
    pid = pid_file.read_text().strip()
    if os.geteuid() == 0:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGTERM)
        return
    command = as_root(["kill", pid])
    if command is not None:
        subprocess.run(command, check=False)


def _start(home: Home) -> None:
    if Path("/run/systemd/system").is_dir():
        say("Starting the Docker Engine (systemctl start docker)")
        command = as_root(["systemctl", "start", "docker"])
        if command is None:
            raise NotPermitted(["docker.io"])
        run(command, home.log("machine"))
        return
    say("Starting the Docker Engine (dockerd)")
    _spawn(home)


def _spawn(home: Home) -> None:
    daemon = find_daemon()
    group = grp.getgrgid(os.getgid()).gr_name
    pid_file = home.root / "dockerd.pid"
    arguments = ["--group", group, "--pidfile", str(pid_file)]
    command = as_root([daemon or "dockerd", *arguments])
    if command is None:
        raise NotPermitted(["docker.io"])
    pid_file.unlink(missing_ok=True)
    with home.log("dockerd").open("ab") as log:
        subprocess.Popen(  # it outlives us, and holds none of our pipes
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _wait(host: str, home: Home) -> None:
    end = time.monotonic() + START_LIMIT
    while not engine_api.answers(host):
        if time.monotonic() > end:
            log = home.log("dockerd")
            raise DockerDidNotStart(log.read_text(errors="replace"), log)
        time.sleep(0.2)
