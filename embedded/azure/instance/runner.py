"""Container groups on the Docker Engine: deploy, look at, stop, repair, remove.

Everything is synchronous and runs in a thread. Containers are found by their labels
alone, so a process that was killed loses none of them.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from docker.models.containers import Container as EngineContainer

from embedded.azure.errors import ArmError
from embedded.azure.instance import arguments, containers, initialising, sandbox
from embedded.azure.instance.arguments import Arguments, Place
from embedded.azure.instance.engine import (
    CONTAINER_LABEL,
    GROUP_LABEL,
    ROLE_LABEL,
    SPEC_LABEL,
    DockerEngine,
    label,
)
from embedded.azure.instance.failures import EngineRefused, GroupDeleted, PortInUse
from embedded.azure.instance.pulling import Images, Pulled
from embedded.azure.instance.signin import SignIn
from embedded.azure.instance.spec import Container, Group
from embedded.azure.instance.volumes import Volumes

CONTAINER, INIT = "container", "init"
BUSY = ("already in use", "already allocated", "address in use")

#: (container, event name, message, Normal or Warning)
Report = Callable[[str, str, str, str], None]


@dataclass(frozen=True)
class Order:
    """What is to run. ``fresh``: make the containers anew even if nothing changed.

    ``pull``: ask the registry again, also for an image that is here.
    """

    group_id: str
    group: Group
    address: str | None
    sign_ins: Mapping[str, SignIn] = field(default_factory=dict)
    fresh: bool = False
    pull: bool = True


@dataclass(frozen=True)
class Outcome:
    pulled: tuple[Pulled, ...]
    kept: bool


class Runner:
    """Runs the groups of one home on one engine."""

    def __init__(self, engine: DockerEngine, images: Images, volumes: Volumes) -> None:
        self._engine = engine
        self._images = images
        self._volumes = volumes

    def deploy(
        self, order: Order, report: Report, given_up: threading.Event
    ) -> Outcome:
        """Bring the group to what the order says. Raises an ArmError."""
        pulled = self._pull(order, report, given_up)
        plan = self._plan(
            order, {image: each.image_id for image, each in pulled.items()}
        )
        outcome = tuple(pulled.values())
        if not order.fresh and self._runs(order, plan.fingerprint):
            return Outcome(outcome, kept=True)
        if order.fresh:
            self.clear(order.group_id)
        _check_wanted(order, given_up)
        try:
            with self._replacing(order.group_id):
                self._start(order, plan, given_up)
        except GroupDeleted:
            # Whoever gave it up removes it, or takes it up again.
            raise
        except ArmError:
            self.halt(order.group_id)
            raise
        return Outcome(outcome, kept=False)

    def _pull(
        self, order: Order, report: Report, given_up: threading.Event
    ) -> dict[str, Pulled]:
        """By image, as the containers name them."""
        pulled: dict[str, Pulled] = {}
        for container in order.group.all_containers:
            image = container.image
            if image not in pulled:
                _check_wanted(order, given_up)
                pulled[image] = self._bring(order, container, report, given_up)
        return pulled

    def _bring(
        self,
        order: Order,
        container: Container,
        report: Report,
        given_up: threading.Event,
    ) -> Pulled:
        image, name = container.image, container.name
        present = None if order.pull else self._images.present(image)
        if present is not None:
            return Pulled(image, present, new_name=False, new_image=False)
        report(name, "Pulling", f'pulling image "{image}"', "Normal")
        sign_in = order.sign_ins.get(image, SignIn())
        try:
            pulled = self._images.pull(image, order.group.name, sign_in, given_up)
        except ArmError as error:
            report(
                name, "Failed", f'Failed to pull image "{image}": {error}', "Warning"
            )
            raise
        report(name, "Pulled", f'Successfully pulled image "{image}"', "Normal")
        return pulled

    def _plan(self, order: Order, image_ids: Mapping[str, str]) -> Plan:
        group = order.group
        made = {}
        for container in group.all_containers:
            mounts = self._volumes.mounts(order.group_id, group, container)
            made[container.name] = arguments.of(group, container, mounts)
        with self._engine.talking("say how many CPUs it has") as client:
            place = Place(order.address, int(client.info()["NCPU"]))
        whole = {
            each.name: {**made[each.name], **arguments.placed(group, each, place)}
            for each in group.all_containers
        }
        images = {each.name: image_ids[each.image] for each in group.all_containers}
        return Plan(made, place, arguments.fingerprint(group, whole, images))

    def _runs(self, order: Order, fingerprint: str) -> bool:
        found = self._engine.containers(order.group_id)
        by_role = containers.by_role(found)
        running = {
            label(each, CONTAINER_LABEL)
            for each in by_role.get(CONTAINER, [])
            if each.status in ("running", "restarting")
            and label(each, SPEC_LABEL) == fingerprint
        }
        if running != {each.name for each in order.group.containers}:
            return False
        if len(running) < len(by_role[CONTAINER]):
            return False  # a replacement was cut off: some are still to be removed
        return _has_network(by_role.get(sandbox.ROLE, []), order.group)

    @contextmanager
    def _replacing(self, group_id: str) -> Iterator[None]:
        """Stop what the group has; it is taken away while the block starts the new."""
        old = self._engine.containers(group_id)
        with self._engine.talking("stop containers"):
            running = [each for each in old if each.status == "running"]
            containers.at_once(running, containers.end)

        def remove() -> None:
            with self._engine.talking("remove containers"):
                containers.at_once(old, containers.remove)

        with ThreadPoolExecutor(1) as pool:
            removal = pool.submit(remove)
            yield
        removal.result()

    def _start(self, order: Order, plan: Plan, given_up: threading.Event) -> None:
        group = order.group
        self._volumes.create(order.group_id, group)
        place = plan.place
        if needs_sandbox(group):
            place = Place(place.address, place.cpus, self._start_sandbox(order))
        for container in group.init_containers:
            _check_wanted(order, given_up)
            made = self._create(order, plan, container, place)
            initialising.run(self._engine, made, container, group, given_up)
        ready = [self._create(order, plan, each, place) for each in group.containers]
        for made in ready:
            _check_wanted(order, given_up)
            self._run(made, order)

    def _start_sandbox(self, order: Order) -> str:
        labels = self._engine.labels(order.group_id, sandbox.NAME, sandbox.ROLE)
        image = sandbox.ensure_image(self._engine)
        with self._engine.talking("create the group's network") as client:
            made = client.containers.create(
                image,
                name=_engine_name(order.group.name, "network"),
                labels=labels,
                restart_policy={"Name": "always"},
                stop_signal="SIGKILL",
                use_config_proxy=False,
                **arguments.network(order.group, order.address),
            )
        self._run(made, order)
        return str(made.id)

    def _create(
        self, order: Order, plan: Plan, container: Container, place: Place
    ) -> EngineContainer:
        role = INIT if container.init else CONTAINER
        labels = self._engine.labels(order.group_id, container.name, role)
        given = plan.arguments[container.name]
        with self._engine.talking(f"create container '{container.name}'") as client:
            made = client.containers.create(
                **given,
                **arguments.placed(order.group, container, place),
                name=_engine_name(order.group.name, container.name),
                labels={**labels, SPEC_LABEL: plan.fingerprint},
            )
        self._volumes.open_up(made, container, order.group)
        return made

    def _run(self, made: EngineContainer, order: Order) -> None:
        try:
            name = label(made, CONTAINER_LABEL)
            with self._engine.talking(f"start container '{name}'"):
                made.start()
        except EngineRefused as error:
            address = order.group.address
            if address is None or not any(word in error.message for word in BUSY):
                raise
            ports = ", ".join(str(port) for port in address.ports)
            raise PortInUse(ports, order.address or "") from error

    def repair(
        self, order: Order, report: Report, given_up: threading.Event
    ) -> Outcome | None:
        """Bring back what should run and does not; None if nothing was amiss."""
        found = containers.by_role(self._engine.containers(order.group_id))
        names = {
            label(each, CONTAINER_LABEL)
            for each in found.get(CONTAINER, [])
            if each.status not in containers.GOING
        }
        networks = found.get(sandbox.ROLE, [])
        whole = names == {each.name for each in order.group.containers}
        if not whole or not _has_network(networks, order.group):
            return self.deploy(order, report, given_up)
        since = max(map(containers.started, networks), default="")
        for container in found[CONTAINER]:
            with self._engine.talking("start a container again"):
                containers.revive(container, order.group.restart_policy, since)
        return None

    def halt(self, group_id: str) -> None:
        """Stop the group's containers for good; what they logged stays readable."""
        found = containers.by_role(self._engine.containers(group_id))
        with self._engine.talking("stop containers"):
            ours = found.get(CONTAINER, []) + found.get(INIT, [])
            containers.at_once(ours, containers.halt)
            containers.at_once(found.get(sandbox.ROLE, []), containers.remove)

    def clear(self, group_id: str) -> None:
        """Remove what the group has; its containers may end by themselves."""
        found = self._engine.containers(group_id)
        with self._engine.talking("remove containers"):
            running = [each for each in found if each.status == "running"]
            containers.at_once(running, containers.end)
            containers.at_once(found, containers.remove)
        self._volumes.remove(group_id)

    def remove(self, group_id: str) -> None:
        """Remove all that the group has on the engine, at once."""
        found = self._engine.containers(group_id)
        with self._engine.talking("remove containers"):
            containers.at_once(found, containers.remove)
        self._volumes.remove(group_id)
        if any(label(each, ROLE_LABEL) == sandbox.ROLE for each in found):
            sandbox.drop_image(self._engine)

    def known(self) -> set[str]:
        """The ids (as keys) of the groups that have something on the engine."""
        found = {label(each, GROUP_LABEL) for each in self._engine.containers()}
        return found | self._volumes.groups()


@dataclass(frozen=True)
class Plan:
    """``arguments`` are by container name, without what depends on the place."""

    arguments: Mapping[str, Arguments]
    place: Place
    fingerprint: str


def needs_sandbox(group: Group) -> bool:
    """Several containers share one network, which then is none of theirs."""
    return len(group.containers) > 1


def _has_network(sandboxes: list[EngineContainer], group: Group) -> bool:
    wanted = ["running"] if needs_sandbox(group) else []
    return [each.status for each in sandboxes] == wanted


def _check_wanted(order: Order, given_up: threading.Event) -> None:
    if given_up.is_set():
        raise GroupDeleted(order.group.name)


def _engine_name(group: str, container: str) -> str:
    """Readable in ``docker ps``, and free also while an older one goes."""
    return f"{group}-{container}-{secrets.token_hex(3)}"
