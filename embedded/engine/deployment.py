"""One deployment of one stack: preview, up, destroy or refresh."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from embedded.engine import urn
from embedded.engine.clock import Clock
from embedded.engine.counting import Counting
from embedded.engine.errors import Cancelled, EngineError, PolicyConfigInvalid
from embedded.engine.events import Events
from embedded.engine.finding import Review
from embedded.engine.hooks import ErrorHooks
from embedded.engine.host import MISCONFIGURED, Host, Program
from embedded.engine.journal import Journal
from embedded.engine.monitor import Monitor
from embedded.engine.policies import Policies
from embedded.engine.policy_pack import Surroundings
from embedded.engine.policy_settings import PackSource
from embedded.engine.provider_registry import ProviderRegistry
from embedded.engine.recall import Recall
from embedded.engine.recovery import Recovery
from embedded.engine.refresh import Refresh
from embedded.engine.registration import Registrar
from embedded.engine.removal import Removal
from embedded.engine.stack import Stack
from embedded.engine.steps import Steps
from embedded.engine.values import Properties

Kind = Literal["preview", "up", "destroy", "refresh"]


@dataclass(frozen=True)
class Request:
    """What to do, and with what.

    ``plugin_path`` folders are searched for providers before PATH; ``python`` runs the
    program; ``environment`` is all that program and providers see of the environment.
    ``run_program``: a destroy runs it, too, for its error hooks.
    ``host`` is where the program will run, if somebody has started it ahead.
    """

    directory: Path
    stack: str
    kind: Kind
    python: Path
    environment: Mapping[str, str]
    plugin_path: Sequence[str] = ()
    parallel: int = 10
    policy_packs: Sequence[PackSource] = ()
    run_program: bool = False
    host: Host | None = None


@dataclass(frozen=True)
class Result:
    """``changes``: how many resources met which step; ``outputs`` as the state has.

    ``phases``: the seconds of each part, in their order; together they are ``seconds``.
    ``misconfigured``: the program refused its configuration.
    """

    succeeded: bool
    changes: Mapping[str, int]
    outputs: Properties
    old_outputs: Properties
    seconds: float
    phases: Mapping[str, float]
    review: Review = field(default_factory=Review)
    misconfigured: bool = False


@dataclass
class _Deployment:
    """The parts of one run, wired together."""

    request: Request
    stack: Stack
    events: Counting
    clock: Clock
    host: Host | None
    cancelled: threading.Event = field(default_factory=threading.Event)
    interrupted: bool = False
    misconfigured: bool = False

    def __post_init__(self) -> None:
        request, stack = self.request, self.stack
        preview = request.kind == "preview"
        snapshot = stack.load()
        self.config = stack.config()
        self.journal = Journal(snapshot, None if preview else stack.save)
        self.hooks = ErrorHooks()
        self.monitor = Monitor(
            stack.name,
            stack.project.name,
            request.directory,
            self.config,
            self.events,
            self.hooks,
            preview=preview,
            parallel=request.parallel,
        )
        self.providers = ProviderRegistry(
            stack.name,
            stack.project.name,
            self.config,
            self.journal,
            lambda: self.monitor.address,
            request.plugin_path,
            request.environment,
            str(request.directory),
        )
        self.steps = Steps(
            self.journal, self.providers, self.events, self.hooks, preview=preview
        )
        around = Surroundings(
            stack.name,
            stack.project.name,
            self.config,
            request.directory,
            request.python,
            request.environment,
            preview,
        )
        self.policies = Policies(
            request.policy_packs, around, self.journal, self.events
        )
        self.removal = Removal(
            self.journal, self.steps, self.events, self.cancelled, request.parallel
        )
        self.old_outputs = self._stack_outputs()
        self._program_outputs: Properties | None = None
        self._connect()

    def _connect(self) -> None:
        registrar = Registrar(
            self.journal,
            self.providers,
            self.steps,
            self.hooks,
            self.events,
            self.cancelled,
            self.request.parallel,
            self.policies,
        )
        self.monitor.register = registrar.register
        self.monitor.default_provider = self.providers.default
        self.monitor.greeted = lambda: self.clock.enter("resources")
        self.monitor.invoke = self._invoke
        self.monitor.outputs = self._set_outputs
        self.monitor.cancel = self.cancelled.set  # type: ignore[method-assign]

    def run(self) -> bool:
        self.monitor.serve()
        self.clock.enter("resources")
        try:
            self.providers.start_ahead()
            self.policies.start(self.monitor.address)
            settled = Recovery(self.journal, self.providers, self.events).run()
            if self.request.kind == "destroy" and not settled:
                return False  # it would take away what is needed to find out
            work = {"destroy": self._destroy, "refresh": self._refresh}
            done = work.get(self.request.kind, self._update)()
            if self.interrupted:
                self.events.message("error", str(Cancelled()))
            return done and not self.cancelled.is_set()
        finally:
            self.policies.stop()
            self.providers.stop()
            self.monitor.stop()
            self.journal.write()

    def stop(self) -> None:
        """Begin no new step; what is under way ends."""
        self.interrupted = True
        if not self.cancelled.is_set():
            self.events.message("warning", "stopping when the steps under way are done")
            self.cancelled.set()
            self.providers.cancel()

    def _update(self) -> bool:
        done = self._declare(self._end_update)
        self._keep_outputs(well=False)
        return done and self.policies.check_stack()

    def _end_update(self) -> bool:
        self._keep_outputs(well=True)
        self.clock.enter("end")
        return self.removal.run(list(self.journal.old))

    def _destroy(self) -> bool:
        if not self.request.run_program:
            return self._remove_all()
        self.monitor.register = Recall(self.journal, self.hooks).register
        self.monitor.outputs = lambda *_: None
        return self._declare(self._remove_all)

    def _remove_all(self) -> bool:
        return self.removal.run([*self.journal.new, *self.journal.old])

    def _declare(self, finish: Callable[[], bool]) -> bool:
        """Run the program, and ``finish`` when it has declared all: it waits for that,
        to serve the error hooks of what is deleted. Whether both went well.
        """
        request, project = self.request, self.stack.project
        program = Program(
            request.directory,
            project.main,
            project.name,
            self.stack.name,
            self.config,
            request.environment,
            request.parallel,
            request.kind == "preview",
        )
        finished: list[bool] = []

        def end() -> None:
            if not self.monitor.failures and not self.cancelled.is_set():
                finished.append(finish())

        self.monitor.declared = end
        self.clock.enter("start of the program")
        assert self.host is not None, "there is one for each program"
        code = self.host.run(program, self.monitor.address, self.events, self.cancelled)
        self.monitor.wait_until_idle()
        self.clock.enter("end")
        self.misconfigured = code == MISCONFIGURED
        if code and not self.monitor.failures and not self.cancelled.is_set():
            self.events.message("error", f"the program ended with exit code {code}")
        if code == 0 and not finished:
            end()
        return code == 0 and finished == [True] and not self.monitor.failures

    def _refresh(self) -> bool:
        return Refresh(
            self.journal,
            self.providers,
            self.steps,
            self.events,
            self.request.parallel,
        ).run()

    def _invoke(self, ref: str, token: str, arguments: Properties) -> Properties:
        return self.providers.get(ref).invoke(token, arguments)

    def _set_outputs(self, name: str, outputs: Properties) -> None:
        if urn.parse(name).type == urn.STACK_TYPE:
            # They are kept when it is known whether the program came to its end.
            self._program_outputs = outputs
        else:
            self.journal.set_outputs(name, outputs)

    def _keep_outputs(self, *, well: bool) -> None:
        """A program that failed has exported some outputs only: the others stay."""
        if self._program_outputs is None:
            return
        before = {} if well else self.old_outputs
        for one in self.journal.new:
            if one.type == urn.STACK_TYPE:
                outputs = {**before, **self._program_outputs}
                self.journal.set_outputs(one.urn, outputs)
        self._program_outputs = None

    def _stack_outputs(self) -> Properties:
        rows = [*self.journal.new, *self.journal.old]
        found = [one.outputs for one in rows if one.type == urn.STACK_TYPE]
        return found[0] if found else {}

    def result(self, *, succeeded: bool) -> Result:
        return Result(
            succeeded,
            dict(self.events.changes),
            self._stack_outputs(),
            self.old_outputs,
            sum(self.clock.phases.values()),
            dict(self.clock.phases),
            self.policies.review,
            self.misconfigured,
        )


def run(request: Request, events: Events) -> Result:
    """Deploy. A failed step is no exception: the result says so, and events why.

    Raises EngineErrors for what stops it before anything is touched: ProjectInvalid,
    ConfigInvalid, WrongPassphrase, StateDamaged, StackLocked, PolicyConfigInvalid.
    """
    with _hosted(request) as host:
        return _run(request, events, host)


@contextmanager
def _hosted(request: Request) -> Iterator[Host | None]:
    """Where the program runs, if this kind of deployment has one run."""
    if request.kind in ("destroy", "refresh") and not request.run_program:
        yield None
        return
    host = request.host or Host(request.python, request.directory, request.environment)
    try:
        yield host
    finally:
        host.close()


def _run(request: Request, events: Events, host: Host | None) -> Result:
    clock = Clock("state and secrets")
    stack = Stack.open(request.directory, request.stack, request.environment)
    locked = stack.backend.lock(stack.project.name, stack.name)
    with nullcontext() if request.kind == "preview" else locked:
        deployment = _Deployment(request, stack, Counting(events), clock, host)
        with _interruptible(deployment):
            succeeded = _guarded(deployment)
        clock.stop()
        result = deployment.result(succeeded=succeeded)
        if request.kind != "preview":
            _record(deployment, result)
    return result


def _guarded(deployment: _Deployment) -> bool:
    try:
        return deployment.run()
    except PolicyConfigInvalid:
        raise  # it is wrong use, and nothing was begun
    except EngineError as error:
        deployment.events.message("error", str(error))
        return False


def _record(deployment: _Deployment, result: Result) -> None:
    """Write the history entry, as the CLI does after each update."""
    stack, now = deployment.stack, int(time.time())
    update = {
        "kind": "update"
        if deployment.request.kind == "up"
        else deployment.request.kind,
        "startTime": now - int(result.seconds),
        "message": "",
        "environment": {},
        "config": {},
        "result": "succeeded" if result.succeeded else "failed",
        "endTime": now,
        "resourceChanges": dict(result.changes),
    }
    body = stack.body(deployment.journal.snapshot)
    stack.backend.record(stack.project.name, stack.name, update, body)


@contextmanager
def _interruptible(deployment: _Deployment) -> Iterator[None]:
    """The first SIGINT or SIGTERM lets steps end, the second stops at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(number: int, frame: object) -> None:  # noqa: ARG001
        if deployment.cancelled.is_set():
            os._exit(1)
        deployment.stop()

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, handle) for number in numbers]
    try:
        yield
    finally:
        for number, old in zip(numbers, before, strict=True):
            signal.signal(number, old)
