"""The policy packs of one deployment: every resource passes them before its step.

Order and meaning are the CLI's (pulumi/pulumi, step_generator.go): remedies one after
the other, then all rules; a mandatory one that is violated stops an update at that
resource, and a preview at its end. The whole stack is judged when all went well.
"""

from __future__ import annotations

from collections.abc import Sequence

from embedded.engine import plan
from embedded.engine.errors import PolicyViolated
from embedded.engine.events import Events
from embedded.engine.finding import Finding, Review
from embedded.engine.journal import Journal
from embedded.engine.plan import Goal
from embedded.engine.policy_messages import Subject
from embedded.engine.policy_pack import PolicyPack, Remedy, Surroundings
from embedded.engine.policy_settings import PackSource
from embedded.engine.state import Resource
from embedded.engine.values import Properties, mark_secrets


class Policies:
    """Starts the packs, asks them, and keeps what they say."""

    def __init__(
        self,
        sources: Sequence[PackSource],
        around: Surroundings,
        journal: Journal,
        events: Events,
    ) -> None:
        self._sources = sources
        self._around = around
        self._journal = journal
        self._events = events
        self._packs: list[PolicyPack] = []
        self._first: dict[str, bool | None] = {}
        #: In order, each once: a resource may be looked at twice.
        self._findings: dict[Finding, None] = {}

    def start(self, engine: str) -> None:
        """Raises PluginFailed, PolicyPackFailed, PolicyConfigInvalid."""
        for source in self._sources:
            pack = PolicyPack.start(source, engine, self._around)
            self._packs.append(pack)
            for rule in pack.unknown:
                text = f"{pack.name} has no rule {rule!r}; its setting is ignored"
                self._events.message("warning", text)

    def stop(self) -> None:
        for pack in self._packs:
            pack.stop()

    @property
    def review(self) -> Review:
        packs = tuple(pack.name for pack in self._packs)
        return Review(packs, tuple(self._findings))

    @property
    def violated(self) -> bool:
        return any(one.level == "mandatory" for one in self._findings)

    def check(self, goal: Goal, inputs: Properties) -> Properties:
        """The inputs, perhaps remedied. Raises PolicyViolated in an update."""
        self._first[goal.urn] = goal.delete_before_replace
        for pack in self._packs:
            inputs = self._remedied(pack, goal, inputs)
        subject = self._subject(goal, inputs)
        found = [one for pack in self._packs for one in pack.analyze(subject)]
        self._findings |= dict.fromkeys(found)
        broken = [one.policy for one in found if one.level == "mandatory"]
        if broken and not self._around.preview:
            raise PolicyViolated(goal.urn, broken)
        return inputs

    def check_stack(self) -> bool:
        """Whether the stack as a whole keeps the mandatory rules."""
        subjects = [
            Subject(
                one, one.outputs, self._provider(one.provider), self._first.get(one.urn)
            )
            for one in self._journal.new
        ]
        found = [one for pack in self._packs for one in pack.analyze_stack(subjects)]
        self._findings |= dict.fromkeys(found)
        return not self.violated

    def _remedied(self, pack: PolicyPack, goal: Goal, inputs: Properties) -> Properties:
        for remedy in pack.remediate(self._subject(goal, inputs)):
            self._findings[_told(pack, goal, remedy)] = None
            if not remedy.problem:
                # A rule reads secrets as plain values, and gives them back as such.
                inputs = mark_secrets(remedy.inputs, inputs)
        return inputs

    def _subject(self, goal: Goal, inputs: Properties) -> Subject:
        resource = plan.record(goal, None, inputs)
        provider = self._provider(goal.provider)
        return Subject(resource, inputs, provider, goal.delete_before_replace)

    def _provider(self, ref: str) -> Resource | None:
        urn = ref.rpartition("::")[0]
        rows = (*self._journal.new, *self._journal.old)
        return next((one for one in rows if urn and one.urn == urn), None)


def _told(pack: PolicyPack, goal: Goal, remedy: Remedy) -> Finding:
    if remedy.problem:
        return Finding(pack.name, remedy.policy, "advisory", remedy.problem, goal.urn)
    return Finding(pack.name, remedy.policy, "remediate", remedy.description, goal.urn)
