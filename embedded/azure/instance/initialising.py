"""Init containers: one after the other, each must end with 0 before the next begins."""

from __future__ import annotations

import threading

from docker.models.containers import Container as EngineContainer

from embedded.azure.instance.engine import DockerEngine
from embedded.azure.instance.failures import GroupDeleted, InitContainerFailed
from embedded.azure.instance.spec import Container, Group

#: How often one is tried where the restart policy allows it. Azure goes on until the
#: deployment's own limit of 30 minutes.
ATTEMPTS = 5
POLL = 0.05


def run(
    engine: DockerEngine,
    made: EngineContainer,
    container: Container,
    group: Group,
    given_up: threading.Event,
) -> None:
    """Raises InitContainerFailed, or GroupDeleted once ``given_up`` is set."""
    attempts = 1 if group.restart_policy == "Never" else ATTEMPTS
    code = 0
    for attempt in range(attempts):
        if given_up.wait(0.2 * attempt):
            raise GroupDeleted(group.name)
        with engine.talking(f"run init container '{container.name}'"):
            made.start()
            code = _wait(made, group, given_up)
        if code == 0:
            return
    raise InitContainerFailed(container.name, group.name, code)


def _wait(made: EngineContainer, group: Group, given_up: threading.Event) -> int:
    """The exit code. ``docker wait`` would not notice that the group is given up."""
    while True:
        made.reload()
        if made.status == "exited":
            return int(made.attrs["State"]["ExitCode"])
        if given_up.wait(POLL):
            raise GroupDeleted(group.name)
