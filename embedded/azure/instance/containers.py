"""What is done to containers of the engine, whichever group they are of."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from docker.errors import APIError, NotFound
from docker.models.containers import Container

from embedded.azure.instance.engine import ROLE_LABEL, label

#: What was being removed when the engine was killed stays dead: nothing starts it.
GOING = ("removing", "dead")
#: Seconds between SIGTERM and SIGKILL when a container is stopped or replaced.
GRACE = 2


def by_role(found: list[Container]) -> dict[str, list[Container]]:
    roles: dict[str, list[Container]] = {}
    for each in found:
        roles.setdefault(label(each, ROLE_LABEL), []).append(each)
    return roles


def started(container: Container) -> str:
    return str(container.attrs["State"]["StartedAt"])


def revive(container: Container, policy: str, since: str) -> None:
    """Start what its policy wants running; ``since``: when its network began."""
    code = container.attrs["State"]["ExitCode"]
    if container.status == "running" and started(container) < since:
        container.restart(timeout=0)
    wanted = policy == "Always" or (policy == "OnFailure" and code != 0)
    if container.status == "created" or (container.status == "exited" and wanted):
        container.start()


def at_once(containers: list[Container], action: Callable[[Container], None]) -> None:
    """All at the same time: a grace period is waited for once, not once for each."""
    if containers:
        with ThreadPoolExecutor(max_workers=min(8, len(containers))) as pool:
            list(pool.map(lambda each: _unless_gone(each, action), containers))


def _unless_gone(container: Container, action: Callable[[Container], None]) -> None:
    """A container that is going already is as good as gone."""
    try:
        action(container)
    except NotFound:
        return
    except APIError as error:
        if error.status_code != 409 or "in progress" not in str(error):
            raise


def halt(container: Container) -> None:
    # The stubs of docker-py do not know the policy "no".
    container.update(restart_policy={"Name": "no"})  # type: ignore[arg-type]
    container.stop(timeout=GRACE)


def end(container: Container) -> None:
    container.stop(timeout=GRACE)


def remove(container: Container) -> None:
    container.remove(force=True, v=True)
