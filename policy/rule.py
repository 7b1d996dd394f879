"""What one rule is made of, and how it becomes a policy of Pulumi's SDK.

A rule looks at one thing at a time (a registry, a container, …) and yields a sentence
for each thing that is wrong. What is not known in a preview is no violation: the rule
looks again in the update.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from .kinds import Kind

#: Property name -> value, as the program wrote it or as the engine checked it.
Properties = Mapping[str, Any]
#: Configuration of one rule; all that is not set has its default.
Config = Mapping[str, Any]
#: Config key -> its JSON schema, with ``default`` and ``description``.
Schema = dict[str, dict[str, Any]]
Check = Callable[[Properties, Config], Iterable[str]]
Policy = ResourceValidationPolicy | StackValidationPolicy

ADVISORY = EnforcementLevel.ADVISORY
MANDATORY = EnforcementLevel.MANDATORY
DISABLED = EnforcementLevel.DISABLED


@dataclass(frozen=True)
class Rule:
    """What a rule says of itself.

    ``description``: what holds where the rule is kept; ``change``: what to change
    where it is not; ``source``: who says so.
    """

    name: str
    description: str
    change: str
    source: str
    level: EnforcementLevel = MANDATORY
    severity: Severity = Severity.MEDIUM
    config: Schema = field(default_factory=dict)

    def about(
        self,
        kinds: Sequence[Kind],
        check: Check,
        each: Callable[[Properties], Iterable[Properties]] = lambda one: [one],
    ) -> ResourceValidationPolicy:
        """The policy that checks all that ``each`` finds in a resource."""

        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            if not any(kind.matches(args.resource_type) for kind in kinds):
                return
            config = self._settings(args.get_config())
            known = _known(each, args.props)
            for one in known:
                for finding in _known(lambda it: check(it, config), one):
                    report(f"{finding} {self.change}", None)

        return ResourceValidationPolicy(validate=validate, **self._fields())

    def across(
        self,
        check: Callable[[Sequence[PolicyResource], Config], Iterable[tuple[str, str]]],
    ) -> StackValidationPolicy:
        """The policy that checks the whole stack; findings come with a URN."""

        def validate(args: StackValidationArgs, report: ReportViolation) -> None:
            config = self._settings(args.get_config())
            for finding, urn in _known(
                lambda all_: check(all_, config), args.resources
            ):
                report(f"{finding} {self.change}", urn)

        return StackValidationPolicy(validate=validate, **self._fields())

    def _settings(self, given: Config) -> Config:
        """An engine fills defaults in; a rule that is called by hand has them too."""
        defaults = {key: schema["default"] for key, schema in self.config.items()}
        return {**defaults, **given}

    def _fields(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "description": self.description,
            "enforcement_level": self.level,
            "config_schema": PolicyConfigSchema(self.config) if self.config else None,
            "remediation_steps": self.change,
            "severity": self.severity,
            "url": self.source,
        }


def _known(find: Callable[[Any], Iterable[Any]], where: Any) -> Iterator[Any]:
    """What is found before something is not known yet."""
    try:
        yield from find(where)
    except UnknownValueError:
        return


def texts(default: Sequence[str], description: str) -> dict[str, Any]:
    """The schema of a list of texts."""
    return {
        "type": "array",
        "items": {"type": "string"},
        "default": list(default),
        "description": description,
    }


def number(default: float, description: str) -> dict[str, Any]:
    """The schema of a number that is not negative."""
    return {
        "type": "number",
        "minimum": 0,
        "default": default,
        "description": description,
    }
