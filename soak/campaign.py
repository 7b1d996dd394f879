"""A campaign: rounds of up, update and destroy, with kills in them."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
from docker.errors import DockerException

from soak import attempt, invariants, moments, processes, report, telling, tree
from soak.arm import Arm
from soak.docker_engine import PrivateDocker, connect
from soak.invariants import Filters, Scene
from soak.moments import Moment, Phase, Round, Victim, Window
from soak.processes import Place
from soak.report import Outcome
from soak.state import Names, State, Unreadable, read
from soak.tree import HOME_LABEL, IMAGE_LABEL, Done
from soak.witness import GROUP, Witness

UP = ("up", "--yes")
DESTROY = ("destroy", "--yes")
COMMANDS: Mapping[Phase, tuple[str, ...]] = {
    "up": UP,
    "update": UP,
    "destroy": DESTROY,
}
#: Container sizes: every other update changes it, and so replaces the group.
SIZES = ("1", "0.5")


class Broken(Exception):
    """An invariant does not hold: the round ends here."""

    def __init__(self, violations: list[str]) -> None:
        super().__init__("\n".join(violations))
        self.violations = violations


class NotCalm(Exception):
    """Already without a kill something is wrong: there is nothing to compare with."""


@dataclass
class Campaign:
    """``docker`` None: the machine's own engine, which is never killed."""

    folder: Path
    docker: PrivateDocker | None
    say: Callable[[str], None]
    logs: Path
    seed: int
    windows: dict[Phase, dict[Victim, Window]] = field(default_factory=dict)
    whole: Names = frozenset()
    outcomes: list[Outcome] = field(default_factory=list)
    _marks: int = 0
    _mark: str = ""

    def learn(self) -> None:
        """Each phase once without a kill. Raises NotCalm."""
        with self._scene() as scene:
            for phase in COMMANDS:
                self._edit(scene, phase, 0)
                done, windows = attempt.watch(
                    scene.tree, self._place(scene), COMMANDS[phase]
                )
                self.windows[phase] = windows
                self.whole = self.whole or read(scene.tree.state_file).names
                found = self._end_of(scene, phase) if done.code == 0 else [done.said]
                if found:
                    raise NotCalm("\n".join(found))
                self.say(f"{phase} without a kill takes {done.seconds:.1f} s")

    def run(self, rounds: list[Round]) -> None:
        """Each from nothing to nothing, in one tree for as long as nothing breaks."""
        left = list(rounds)
        while left:
            with self._scene() as scene:
                while left and self._live(scene, left.pop(0), left):
                    pass

    def _live(self, scene: Scene, life: Round, left: list[Round]) -> bool:
        """One round; False if it broke and the tree is not to be used again.

        A moment that came too late gets another round.
        """
        for phase in COMMANDS:
            moment = life.moment(phase)
            if phase == "update" and moment is None:
                continue
            self._edit(scene, phase, life.number)
            outcome = Outcome(moment or Moment(life.victim, phase, -1, 0, 0, False))
            try:
                self._phase(scene, phase, moment, outcome)
            except Broken as broken:
                outcome.violations = broken.violations
            except (OSError, httpx.HTTPError, DockerException, Unreadable) as error:
                outcome.violations = [f"{type(error).__name__}: {error}"]
            again = moments.earlier(moment) if moment and outcome.missed else None
            if again is not None:
                left.insert(0, again)
            elif moment is not None or outcome.violations:
                self._tell(scene, outcome)
            if outcome.violations:
                return False
        return True

    def _phase(
        self, scene: Scene, phase: Phase, moment: Moment | None, outcome: Outcome
    ) -> None:
        if moment is None:
            _require(_well(scene.tree.run(*COMMANDS[phase])))
        else:
            self._crash(scene, moment, outcome)
            self._recover(scene, moment)
        _require(self._end_of(scene, phase))

    def _crash(self, scene: Scene, moment: Moment, outcome: Outcome) -> None:
        """The kill, and all that must hold right after it."""
        window = self.windows[moment.phase].get(moment.victim, Window(0, 0))
        arguments = COMMANDS[moment.phase]
        with Witness(scene.tree.home / "azure") as witness:
            if moment.phase == "destroy":  # it would keep the local Azure from ending
                witness.close()
            hit = attempt.kill_within(
                scene.tree, self._place(scene), arguments, moment, window
            )
        outcome.second, outcome.code = hit.second, hit.done.code
        if hit.done.code is None:
            raise Broken(["the command hung after the kill"])
        if self.docker is not None:
            self.docker.restart_if_dead()
        _require(list(invariants.readable_state(scene)))
        _require(list(invariants.stray_processes(scene)))
        outcome.pending = tuple(map(str, read(scene.tree.state_file).pending))
        self._next_start(scene, witness)

    def _next_start(self, scene: Scene, witness: Witness) -> None:
        """A preview starts what is dead: nothing acknowledged may be lost then."""
        before = read(scene.tree.state_file)
        done = scene.tree.run("preview")
        _require([*_well(done), *telling.unnamed(before.pending, done.said)])
        with Arm(scene.tree.home / "azure") as arm:
            lost = witness.lost(arm)
            arm.delete_group(GROUP)
        _require([lost] if lost else [])
        _require(list(invariants.nothing_lost(scene)))

    def _recover(self, scene: Scene, moment: Moment) -> None:
        """The way on: `up` and at the end `destroy`, now and then the other way."""
        before = read(scene.tree.state_file)
        if moment.phase == "destroy":
            if moment.detour:
                self._again(scene, before)
            _require(_well(scene.tree.run(*DESTROY)))
        elif moment.detour and moment.phase == "up":
            _require(_well(scene.tree.run(*DESTROY)))
            _require(self._end_of(scene, "destroy"))
            self._again(scene, State())
        else:
            self._again(scene, before)

    def _again(self, scene: Scene, before: State) -> None:
        done = scene.tree.run(*UP)
        _require([*_well(done), *telling.unnamed(before.pending, done.said)])
        _require(self._end_of(scene, "up"))
        done = scene.tree.run(*UP)
        calm = "there was nothing to do" in done.said
        _require(_well(done))
        _require([] if calm else ["a second `up` still changes something:", done.said])

    def _end_of(self, scene: Scene, phase: Phase) -> list[str]:
        if phase == "destroy":
            return [
                *invariants.empty_azure(scene),
                *invariants.nothing_left(scene),
                *self._left_images(),
            ]
        return list(invariants.in_place(scene, self._mark, self.whole))

    def _left_images(self) -> Iterator[str]:
        """On an engine of our own nothing but the base image may be left."""
        if self.docker is None:
            return
        with connect(self.docker.host) as client:
            for one in client.api.images(all=True):
                if tree.base_image() not in (one["RepoTags"] or ()):
                    yield f"an image is left: {one['RepoTags']} {one['Id']}"
            for each in client.containers.list(all=True, ignore_removed=True):
                yield f"container {each.name} is left ({each.status})"

    def _edit(self, scene: Scene, phase: Phase, number: int) -> None:
        if phase == "destroy":
            return
        self._marks += 1
        self._mark = f"mark {self._marks}"
        replace_it = phase == "update" and number % 2 == 1
        scene.tree.edit(self._mark, cpu=SIZES[replace_it])

    def _place(self, scene: Scene) -> Place:
        return replace(scene.place, dockerd=self.docker.pid if self.docker else None)

    def _tell(self, scene: Scene, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self.say(report.line(outcome))
        if not outcome.violations:
            return
        kept = self.logs / f"{len(self.outcomes):03}-{outcome.moment.victim}"
        _keep_logs(scene, self.docker, kept)
        self.say(report.violation(outcome, self.seed, str(kept)))

    @contextmanager
    def _scene(self) -> Iterator[Scene]:
        """A tree of its own; at the end nothing of it is left, whatever happened."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        host = self.docker.host if self.docker else None
        environment = {"DOCKER_HOST": host} if host else {}
        scene = Scene(tree.make(folder, environment, tree.base_image()), host)
        try:
            yield scene
        finally:
            _clear(scene)
            if self.docker is not None:
                _empty(self.docker)
            shutil.rmtree(folder, ignore_errors=True)


def _require(violations: list[str]) -> None:
    if violations:
        raise Broken(violations)


def _well(done: Done) -> list[str]:
    return [] if done.code == 0 else [f"exit code {done.code}:", done.said]


def _keep_logs(scene: Scene, docker: PrivateDocker | None, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    state = scene.tree.state_file
    home = scene.tree.home
    logs = [scene.tree.log, state, state.with_name(f"{state.name}.bak")]
    logs += [*home.glob("logs/*"), *home.glob("azure/registries/*/distribution.log")]
    logs += [docker.log] if docker else []
    for file in logs:
        with suppress(OSError):
            shutil.copy2(file, target / file.name)


def _clear(scene: Scene) -> None:
    """Take away by force what a broken round left."""
    rows = processes.of_tree(scene.place, processes.table())
    for row in rows:
        processes.kill(row.pid)
    processes.wait_for_end([row.pid for row in rows], 10)
    home: Filters = {"label": f"{HOME_LABEL}={scene.tree.home / 'azure'}"}
    built = {"label": f"{IMAGE_LABEL}={scene.tree.root}"}
    with suppress(DockerException), connect(scene.docker_host) as client:
        for one in client.containers.list(all=True, filters=home, ignore_removed=True):
            one.remove(force=True, v=True)
        for volume in client.volumes.list(filters=home):
            volume.remove(force=True)
        for image in client.api.images(all=True, filters=built):
            with suppress(DockerException):
                client.images.remove(image["Id"], force=True)
    time.sleep(0.1)


def _empty(docker: PrivateDocker) -> None:
    """What one round has left on an engine of our own is not the next one's."""
    with suppress(DockerException), connect(docker.host) as client:
        for one in client.containers.list(all=True, ignore_removed=True):
            one.remove(force=True, v=True)
        for image in client.images.list():
            if tree.base_image() not in image.tags:
                client.images.remove(image.id or "", force=True)
        client.images.prune({"dangling": True})
    docker.end_strays()
