"""What one Pulumi command did, read from the log of its events.

The log is that of ``--event-log`` of the CLI (`sdk/go/common/apitype/events.go`) and of
the embedded engine. It may come from a stranger: what is not of the form is left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Steps that change nothing, and the two halves of a replacement.
SILENT = ("same", "read", "refresh", "delete-replaced", "create-replacement")
SEVERITIES = ("error", "warning")


@dataclass(frozen=True)
class Change:
    """One resource and the step that it meets; ``paths`` are those that differ."""

    op: str
    type: str
    name: str
    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """``level``: advisory or mandatory; ``resource`` is empty for the whole stack."""

    level: str
    policy: str
    resource: str
    message: str


@dataclass(frozen=True)
class Diagnostic:
    severity: str
    resource: str
    message: str


@dataclass(frozen=True)
class Told:
    """``result`` is empty when the command did not come to its end."""

    result: str = ""
    seconds: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    packs: tuple[str, ...] = ()


def read(log: str) -> Told:
    """All that the lines of a log tell."""
    events = list(_events(log))
    summary = next((body for name, body in events if name == "summaryEvent"), {})
    return Told(
        result=_text(summary, "result"),
        seconds=_number(summary, "durationSeconds"),
        counts=_counts(summary),
        changes=tuple(dict.fromkeys(_changes(events))),
        findings=tuple(dict.fromkeys(_findings(events))),
        diagnostics=tuple(dict.fromkeys(_diagnostics(events))),
        packs=tuple(_packs(summary)),
    )


Event = tuple[str, Mapping[str, Any]]


def _events(log: str) -> Iterator[Event]:
    for line in log.splitlines():
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict):
            yield from (
                (name, body)
                for name, body in event.items()
                if name.endswith("Event") and isinstance(body, dict)
            )


def _changes(events: list[Event]) -> Iterator[Change]:
    for name, body in events:
        step = _object(body, "metadata")
        op, type_ = _text(step, "op"), _text(step, "type")
        if name != "resourcePreEvent" or not op or op in SILENT:
            continue
        if not type_.startswith("pulumi:providers:"):
            paths = tuple(_object(step, "detailedDiff"))
            yield Change(op, type_, _name(_text(step, "urn")), paths)


def _findings(events: list[Event]) -> Iterator[Finding]:
    for name, body in events:
        if name == "policyEvent":
            yield Finding(
                _text(body, "enforcementLevel"),
                _text(body, "policyName"),
                _name(_text(body, "resourceUrn")),
                _text(body, "message").strip(),
            )


def _diagnostics(events: list[Event]) -> Iterator[Diagnostic]:
    for name, body in events:
        severity, message = _text(body, "severity"), _text(body, "message").strip()
        told = severity in SEVERITIES and body.get("ephemeral") is not True
        if name == "diagnosticEvent" and told and message:
            yield Diagnostic(severity, _name(_text(body, "urn")), message)


def _packs(summary: Mapping[str, Any]) -> Iterator[str]:
    """``acr-lab v0.1.0``; the CLI has the pack's folder behind its name."""
    packs = _object(summary, "PolicyPacks")
    for name in packs:
        yield f"{name.partition('|')[0]} v{_text(packs, name)}"


def _counts(summary: Mapping[str, Any]) -> dict[str, int]:
    changes = _object(summary, "resourceChanges")
    return {op: _number(changes, op) for op in changes if _number(changes, op)}


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _object(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = body.get(key)
    return found if isinstance(found, dict) else {}


def _text(body: Mapping[str, Any], key: str) -> str:
    found = body.get(key)
    return found if isinstance(found, str) else ""


def _number(body: Mapping[str, Any], key: str) -> int:
    found = body.get(key)
    return found if type(found) is int and 0 <= found < 10**9 else 0
