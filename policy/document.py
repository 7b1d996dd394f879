"""``python -m policy.document docs/policies.md``: the rules as tables in a document."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from .pack import RULES, SUBJECTS
from .rule import Policy

#: All that follows this line is made of the pack.
MARK = "<!-- made by `python -m policy.document docs/policies.md` -->\n"


def lines() -> Iterator[str]:
    for subject, rules in SUBJECTS.items():
        yield f"## {subject}\n"
        yield "| rule | level | what holds | what to change |"
        yield "| --- | --- | --- | --- |"
        yield from map(_row, rules)
        yield ""
    yield "## Configuration\n"
    yield "| rule | key | default | what it is |"
    yield "| --- | --- | --- | --- |"
    for rule in RULES:
        yield from _keys(rule)


def _row(rule: Policy) -> str:
    level = rule.enforcement_level.value if rule.enforcement_level else ""
    name = f"[`{rule.name}`]({rule.url})"
    cells = (name, level, rule.description, rule.remediation_steps or "")
    return f"| {' | '.join(cells)} |"


def _keys(rule: Policy) -> Iterator[str]:
    keys = rule.config_schema.properties if rule.config_schema else {}
    for key, schema in keys.items():
        default = json.dumps(schema["default"]).replace("|", "\\|")
        yield f"| `{rule.name}` | `{key}` | `{default}` | {schema['description']} |"


def rewritten(document: str) -> str:
    """The document with its words as they are, and its tables as the pack is."""
    return "\n".join([f"{document.split(MARK)[0]}{MARK}", *lines(), ""])


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(rewritten(file.read_text()))
