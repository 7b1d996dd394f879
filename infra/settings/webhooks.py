"""The key ``webhooks``: who is told of what happens in the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra import rules
from infra.settings import structure
from infra.settings.reader import Reader
from infra.settings.structure import Entry

NAME = rules.text("[a-zA-Z0-9]{5,50}", "5 to 50 letters and digits")
URI = rules.text(r"https?://[^\s/]+(/\S*)?", "an http or https address")
ACTIONS = rules.texts(
    rules.words("push", "delete", "quarantine", "chart_push", "chart_delete"), 5
)
SCOPE = rules.text(
    r"([\w./-]+(:(\*|[\w.-]+))?)?",
    "empty for all, REPOSITORY:* for all its tags, or REPOSITORY:TAG; a REPOSITORY "
    "alone means its tag latest",
)
HEADERS = rules.headers()
STATUS = rules.words("enabled", "disabled")


@dataclass(frozen=True)
class Webhook:
    """``uri`` and ``headers`` may hold secrets."""

    name: str
    uri: str = field(repr=False)
    actions: tuple[str, ...]
    scope: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    status: str = "enabled"


def read(reader: Reader) -> tuple[Webhook, ...]:
    found = structure.rows(reader, "webhooks", _webhook)
    structure.refuse_twins(reader, "webhooks", [one.name for one in found])
    return found


def _webhook(entry: Entry) -> Webhook:
    return Webhook(
        name=entry.need("name", NAME, ""),
        uri=entry.need("uri", URI, "", secret=True),
        actions=entry.take("actions", ACTIONS, ("push",)),
        scope=entry.take("scope", SCOPE, ""),
        headers=entry.take("headers", HEADERS, {}, secret=True),
        status=entry.take("status", STATUS, "enabled"),
    )
