"""The keys ``scopeMaps`` and ``tokens``: access to some repositories, by password.

https://learn.microsoft.com/azure/container-registry/container-registry-token-based-repository-permissions
"""

from __future__ import annotations

from dataclasses import dataclass

from infra import rules
from infra.settings import structure
from infra.settings.reader import Reader
from infra.settings.structure import Entry

MAP_NAME = rules.text("[a-zA-Z0-9_-]{5,50}", "5 to 50 letters, digits, '-' and '_'")
TOKEN_NAME = rules.text("[a-zA-Z0-9-]{5,50}", "5 to 50 letters, digits and '-'")
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
RIGHT = rules.text(
    rf"repositories/(?:{_PART}(?:/{_PART})*(?:/\*)?|\*)"
    r"/(?:content/(?:read|write|delete)|metadata/(?:read|write))",
    "repositories/NAME/content/read, write or delete, or repositories/NAME/metadata/"
    "read or write; a * may stand behind the last slash of the name, or for all",
)
#: "Actions and repositories per map: 500".
RIGHTS = rules.texts(RIGHT, 500)
TEXT = rules.text(r"[^\x00]{0,256}", "at most 256 characters")
STATUS = rules.words("enabled", "disabled")
#: Scope maps that every registry has.
SYSTEM_MAPS = (
    "_repositories_pull",
    "_repositories_pull_metadata_read",
    "_repositories_push",
    "_repositories_push_metadata_write",
    "_repositories_admin",
)
#: The program's own, for the pull with a token.
OWN = "acr-lab-pull"


@dataclass(frozen=True)
class ScopeMap:
    name: str
    actions: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True)
class Token:
    """``scope_map`` is the name of one."""

    name: str
    scope_map: str
    status: str = "enabled"


def read_maps(reader: Reader) -> tuple[ScopeMap, ...]:
    found = structure.rows(reader, "scopeMaps", _scope_map)
    structure.refuse_twins(reader, "scopeMaps", [OWN, *(one.name for one in found)])
    return found


def read(reader: Reader, maps: tuple[ScopeMap, ...]) -> tuple[Token, ...]:
    """The tokens; each has a scope map that is there."""
    found = structure.rows(reader, "tokens", _token)
    structure.refuse_twins(reader, "tokens", [OWN, *(one.name for one in found)])
    known = [*(one.name for one in maps), *SYSTEM_MAPS]
    for index, one in enumerate(found):
        if one.scope_map and one.scope_map not in known:
            said = f"It must be one of {', '.join(known)}."
            path = f"tokens[{index}].scopeMap"
            reader.refuse_at(path, f'"{one.scope_map}"', said)
    return found


def _scope_map(entry: Entry) -> ScopeMap:
    return ScopeMap(
        name=entry.need("name", MAP_NAME, ""),
        actions=entry.need("actions", RIGHTS, ()),
        description=entry.take("description", TEXT, ""),
    )


def _token(entry: Entry) -> Token:
    return Token(
        name=entry.need("name", TOKEN_NAME, ""),
        scope_map=entry.need("scopeMap", TEXT, ""),
        status=entry.take("status", STATUS, "enabled"),
    )
