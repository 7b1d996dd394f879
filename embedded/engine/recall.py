"""What a program finds that a destroy runs: the resources of the state, as they are.

Nothing is created or changed. The program is run for its error hooks, which decide
whether a failed deletion is tried again (`pulumi destroy --run-program`).
"""

from __future__ import annotations

from embedded.engine import plan
from embedded.engine.errors import Skipped
from embedded.engine.hooks import ErrorHooks
from embedded.engine.journal import Journal
from embedded.engine.plan import Goal
from embedded.engine.state import Resource


class Recall:
    """Answers registrations out of the state."""

    def __init__(self, journal: Journal, hooks: ErrorHooks) -> None:
        self._journal = journal
        self._hooks = hooks

    def register(self, goal: Goal) -> Resource:
        """Raises Skipped for what the state does not know, OptionUnsupported."""
        self._hooks.require(goal.error_hooks, goal.urn)
        for name in (goal.urn, *goal.aliases):
            known = self._journal.current(name)
            if known is not None:
                return known
        if goal.custom:
            raise Skipped(goal.urn)
        return plan.record(goal, None, goal.inputs)
