"""One registration of the program, from goal to settled resource.

The order of questions is the CLI's (pulumi/pulumi, step_generator.go): options from the
parent, old state by URN or alias, check, diff, decision; then the step.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass

from embedded.engine import graph, paths, plan, urn
from embedded.engine.errors import Cancelled, EngineError, Protected
from embedded.engine.events import Events, Step
from embedded.engine.hooks import ErrorHooks
from embedded.engine.journal import Journal
from embedded.engine.plan import Decision, Diff, Goal
from embedded.engine.policies import Policies
from embedded.engine.provider import Provider
from embedded.engine.provider_registry import (
    PREFIX,
    ProviderRegistry,
    versioned,
)
from embedded.engine.state import Resource
from embedded.engine.steps import Steps
from embedded.engine.values import UNKNOWN, Properties


@dataclass(frozen=True)
class Planned:
    """A decided step that only has to be run."""

    run: Callable[[], Resource]


class Registrar:
    """Decides one registration at a time and runs up to ``parallel`` steps at once."""

    def __init__(
        self,
        journal: Journal,
        providers: ProviderRegistry,
        steps: Steps,
        hooks: ErrorHooks,
        events: Events,
        cancelled: threading.Event,
        parallel: int,
        policies: Policies,
    ) -> None:
        self._journal = journal
        self._providers = providers
        self._steps = steps
        self._hooks = hooks
        self._events = events
        self._cancelled = cancelled
        self._policies = policies
        self._planning = threading.Lock()
        self._slots = threading.Semaphore(parallel)
        self._goals: dict[str, Goal] = {}
        #: Deleted ahead of the replacement of something that they depend on.
        self._recreating: set[str] = set()

    def register(self, goal: Goal) -> Resource:
        """The settled resource. Raises EngineErrors; Cancelled once it is too late."""
        with self._planning:
            if self._cancelled.is_set():
                raise Cancelled
            try:
                planned = self._plan(goal)
            except EngineError as error:
                step = Step("create", goal.urn, goal.type, goal.name)
                self._events.failed(step, str(error))
                raise
        with self._slots:
            if self._cancelled.is_set():
                raise Cancelled
            return planned.run()

    def _plan(self, goal: Goal) -> Planned:
        if goal.urn in self._goals:
            raise EngineError(
                f"{goal.urn} is declared twice: give one of the two another name."
            )
        goal = plan.inherit(goal, self._goals.get(goal.parent))
        self._goals[goal.urn] = goal
        self._hooks.require(goal.error_hooks, goal.urn)
        old = self._find_old(goal)
        if goal.type.startswith(PREFIX):
            return self._plan_provider(goal)
        if not goal.custom:
            return self._plan_component(goal, old)
        return self._plan_custom(goal, old)

    def _find_old(self, goal: Goal) -> Resource | None:
        for name in (goal.urn, *goal.aliases):
            for one in self._journal.old:
                if one.urn == name and not one.delete:
                    return self._journal.rename(one, goal.urn)
        return None

    def _plan_provider(self, goal: Goal) -> Planned:
        inputs = versioned(goal.inputs, goal.version)
        wanted = plan.record(goal, None, self._policies.check(goal, inputs))
        return Planned(lambda: self._providers.register(wanted))

    def _plan_component(self, goal: Goal, old: Resource | None) -> Planned:
        inputs = self._policies.check(goal, goal.inputs)
        new = plan.record(goal, old, inputs)
        if old is None:
            return Planned(lambda: self._steps.create_component(new))
        if goal.type != urn.STACK_TYPE and plan.differences(old.inputs, inputs):
            return Planned(lambda: self._steps.update_component(old, new))
        return Planned(lambda: self._steps.same(old, new))

    def _plan_custom(self, goal: Goal, old: Resource | None) -> Planned:
        provider = self._providers.get(goal.provider)
        seed = os.urandom(32)
        inputs = goal.inputs
        fresh = old is None or old.pending_replacement or old.external
        if old is not None and not fresh:
            inputs = paths.reset(old.inputs, inputs, goal.ignore_changes)
        before = old.inputs if old is not None and not fresh else None
        checked = provider.check(goal.urn, before, inputs, seed)
        checked = self._policies.check(goal, checked)
        if old is None or fresh:
            return self._creation(goal, old, checked)
        diff = provider.diff(old, checked, goal.ignore_changes)
        decision = plan.decide(goal, old, checked, diff)
        new = plan.record(goal, old, checked)
        if decision.op == "same":
            return Planned(lambda: self._steps.same(old, new))
        if decision.op == "update":
            hooks = goal.error_hooks
            return Planned(lambda: self._steps.update(old, new, hooks, decision))
        if old.protect:
            raise Protected(goal.urn, "replaced")
        anew = provider.check(goal.urn, None, inputs, seed)
        anew = self._policies.check(goal, anew)
        return self._replacement(goal, old, anew, decision)

    def _creation(
        self, goal: Goal, old: Resource | None, inputs: Properties
    ) -> Planned:
        new = plan.record(goal, None, inputs)
        hooks = goal.error_hooks
        again = goal.urn in self._recreating

        def run() -> Resource:
            return self._steps.create(
                new,
                hooks,
                lambda made: self._journal.settle(old, made),
                op="replace" if again else "create",
                old=old if again else None,
            )

        return Planned(run)

    def _replacement(
        self, goal: Goal, old: Resource, inputs: Properties, decision: Decision
    ) -> Planned:
        new = plan.record(goal, None, inputs)
        hooks = goal.error_hooks
        if not decision.delete_first:
            return Planned(
                lambda: self._steps.create(
                    new,
                    hooks,
                    lambda made: self._journal.supersede(old, made),
                    op="replace",
                    old=old,
                    decision=decision,
                )
            )
        chain = self._dragged(old)
        for one in chain:
            if one.protect:
                raise Protected(one.urn, "replaced")
        self._recreating |= {one.urn for one in chain}

        def run() -> Resource:
            for one in chain:
                self._delete_ahead(one)
            waiting = self._delete_ahead(old)
            return self._steps.create(
                new,
                hooks,
                lambda made: self._journal.settle(waiting, made),
                op="replace",
                old=old,
                decision=decision,
            )

        return Planned(run)

    def _delete_ahead(self, old: Resource) -> Resource:
        waiting: list[Resource] = []
        self._steps.delete(
            old,
            lambda: waiting.append(self._journal.await_replacement(old)),
            "delete-replaced",
        )
        return waiting[0]

    def _dragged(self, old: Resource) -> list[Resource]:
        """Dependents that must be deleted first, outermost first.

        Those are the ones whose provider asks for a replacement when the properties
        made of the replaced resource are unknown.
        """
        result: list[Resource] = []
        for one in graph.property_dependents(old.urn, list(self._journal.old)):
            if one.delete or not one.custom or one in result:
                continue
            if self._must_follow(one, old.urn):
                inner = self._dragged(one)
                result += [each for each in inner if each not in result]
                result.append(one)
        return result

    def _must_follow(self, dependent: Resource, replaced: str) -> bool:
        provider: Provider = self._providers.get(dependent.provider)
        unknown = {
            key: UNKNOWN
            for key, urns in dependent.property_dependencies.items()
            if replaced in urns and key in dependent.inputs
        }
        diff: Diff = provider.diff(dependent, {**dependent.inputs, **unknown})
        return bool(diff.replaces)
