"""The section "Policies" of what a deployment shows: lines that read like the CLI's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.markup import escape

from embedded.engine import urn
from embedded.engine.finding import Finding, Review

MARKS = {"mandatory": "❌", "advisory": "⚠️", "": "✅"}
STYLES = {"mandatory": "red", "advisory": "yellow"}
SEVERITIES = ("critical", "high", "medium", "low", "")


def lines(review: Review) -> list[str]:
    """In rich's markup; none where no pack was asked."""
    if not review.packs:
        return []
    found = ["", "[bold]Policies:[/bold]"]
    for pack in review.packs:
        mine = [one for one in review.findings if one.pack == pack]
        found += [f"    {_mark(mine)} {escape(pack)}", *_remedies(mine)]
        violations = [one for one in mine if one.level != "remediate"]
        for one in sorted(violations, key=_rank):
            found += _violation(one)
    return found


def as_json(review: Review) -> list[dict[str, str]]:
    return [
        {
            "policyPack": one.pack,
            "policy": one.policy,
            "enforcementLevel": one.level,
            "severity": one.severity,
            "urn": one.urn,
            "message": one.message,
        }
        for one in review.findings
    ]


def _mark(findings: Sequence[Finding]) -> str:
    levels = {one.level for one in findings}
    return MARKS[next((one for one in STYLES if one in levels), "")]


def _remedies(findings: Sequence[Finding]) -> list[str]:
    counts = Counter(one.policy for one in findings if one.level == "remediate")
    return [
        f"        - [cyan]\\[remediate]  {escape(policy)}[/cyan]  "
        f"({count} {'resource' if count == 1 else 'resources'})"
        for policy, count in sorted(counts.items())
    ]


def _rank(one: Finding) -> tuple[int, int, str, str]:
    level = list(STYLES).index(one.level)
    return level, SEVERITIES.index(one.severity), one.policy, one.urn


def _violation(one: Finding) -> list[str]:
    style = STYLES[one.level]
    severity = f" \\[severity: {one.severity}]" if one.severity else ""
    head = f"[{style}]\\[{one.level}]{severity}  {escape(one.policy)}[/{style}]"
    where = f"  {escape(_resource(one.urn))}" if one.urn else ""
    text = [f"          {escape(line)}" for line in one.message.splitlines()]
    return [f"        - {head}{where}", *text]


def _resource(name: str) -> str:
    """``(type: name)`` of a URN."""
    parts = urn.parse(name)
    return f"({parts.type}: {parts.name})"
