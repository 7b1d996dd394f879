"""Keys are taken one by one; all that is wrong comes in one report."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import pulumi

from infra import rules
from infra.rules import NotAllowed, Rule

NAMESPACE = "acr-lab"
MASK = "[secret]"
#: Keys whose values are never shown, encrypted or not.
SECRET_KEYS = frozenset({"secureEnvironment", "servicePrincipal"})
#: Keys with some secret fields: never shown as a whole.
DELICATE_KEYS = frozenset(
    {
        "buildArguments",
        "buildSecrets",
        "initContainers",
        "livenessProbe",
        "logAnalytics",
        "readinessProbe",
        "sidecars",
        "tasks",
        "volumes",
        "webhooks",
    }
)
#: Keys with what stays a secret in the state.
KEPT_KEYS = SECRET_KEYS | DELICATE_KEYS - {"buildArguments"}
Value = TypeVar("Value")


@dataclass(frozen=True)
class Mistake:
    """A key, its value as it may be shown, and what is allowed."""

    key: str
    value: str
    allowed: str

    def __str__(self) -> str:
        return f"{NAMESPACE}:{self.key} is {self.value}. {self.allowed}"


class SettingsInvalid(pulumi.RunError):
    """The report: a line per mistake."""

    #: The embedded engine ends with another exit code, then.
    is_configuration = True

    def __init__(self, mistakes: list[Mistake]) -> None:
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        lines = "".join(f"\n  {mistake}" for mistake in mistakes)
        super().__init__(
            f"The configuration has {count}; nothing was changed.{lines}\n"
            "Mend each in the stack's file, or with `pulumi config set KEY VALUE`."
        )
        self.mistakes = mistakes


class Reader:
    """Takes one key after the other, and remembers what was wrong."""

    def __init__(self, values: Mapping[str, str], secret: frozenset[str]) -> None:
        self._values = values
        self._secret = secret | SECRET_KEYS
        self._known: dict[str, None] = {}
        self.mistakes: list[Mistake] = []

    def has(self, key: str) -> bool:
        self._known[key] = None
        return key in self._values

    def is_set(self, key: str) -> bool:
        """Whether there is more than the empty text that stands for nothing."""
        return bool(self._values.get(key))

    def take(self, key: str, rule: Rule[Value], default: Value) -> Value:
        """The value; the default where there is none, or a wrong one."""
        if not self.has(key):
            return default
        given = self._values[key]
        try:
            return rule.parse(given)
        except NotAllowed as error:
            hint = f" ({error.hint})" if error.hint else ""
            self.refuse(key, f"It must be {rule.allowed}{hint}.")
            return default

    def optional(self, key: str, rule: Rule[str], default: str | None) -> str | None:
        """The same, where an empty text means none."""
        if self.has(key) and self._values[key] == "":
            return None
        return self.take(key, Rule[str | None](rule.allowed, rule.parse), default)

    def is_secret(self, key: str) -> bool:
        """Whether the value is encrypted in the stack's file, or never shown."""
        return key in self._secret

    def refuse_if_set(self, key: str, said: str) -> None:
        """For a key that there is not, and that somebody may look for."""
        if self.is_set(key):
            self._known[key] = None
            self.refuse(key, said)

    def refuse(self, key: str, allowed: str) -> None:
        given = self._values.get(key)
        value = "not set" if given is None else self._masked(key, json.dumps(given))
        value = MASK if given and key in DELICATE_KEYS else value
        self.mistakes.append(Mistake(key, value, allowed))

    def refuse_at(self, path: str, shown: str, allowed: str) -> None:
        """A mistake inside a structured key; ``path`` begins with the key."""
        key = re.split(r"[.\[]", path)[0]
        self.mistakes.append(Mistake(path, self._masked(key, shown), allowed))

    def finish(self) -> None:
        """Unknown keys are mistakes too. Raises SettingsInvalid if there is any."""
        for key in sorted(set(self._values) - set(self._known)):
            near = rules.closest(key, list(self._known))
            every = f"The keys: {', '.join(self._known)}."
            said = f"Did you mean {near}?" if near else every
            self.mistakes.append(Mistake(key, "no key of this program", said))
        if self.mistakes:
            raise SettingsInvalid(self.mistakes)

    def _masked(self, key: str, shown: str) -> str:
        return MASK if key in self._secret else shown
