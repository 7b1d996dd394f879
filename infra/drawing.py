"""``python -m infra.drawing FILE README.md``: the stack as a drawing in a document.

FILE is the graph of a stack as the CLI tells it (`pulumi stack graph FILE.dot`),
or the state itself (`python -m embedded stack export`), of which the CLI makes that
graph. Both give the same drawing, in Mermaid, which GitHub shows as a picture.

https://github.com/pulumi/pulumi: pkg/cmd/pulumi/stack/stack_graph.go
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

BEGIN = "<!-- drawing: made by `python -m infra.drawing FILE README.md` -->"
END = "<!-- end of drawing -->"
#: What every stack has, and no drawing needs.
PLUMBING = ("pulumi:pulumi:Stack", "pulumi:providers:")
VERTEX = re.compile(r'^ *(\w+) \[label="(.+)"\];$', re.M)
EDGE = re.compile(r'^ *(\w+) -> (\w+) \[color = "(#\w+)"', re.M)
#: The colour of an edge from a child to its parent; the others are dependencies.
PARENT = "#AA6639"


@dataclass(frozen=True)
class Graph:
    """Resources by URN; ``parents``: child -> parent; ``needs``: (needed, needing)."""

    resources: frozenset[str]
    parents: Mapping[str, str]
    needs: frozenset[tuple[str, str]]


def of_dot(text: str) -> Graph:
    """The graph in a file that `pulumi stack graph` wrote."""
    urns = dict(VERTEX.findall(text))
    edges = [(urns[a], urns[b], color) for a, b, color in EDGE.findall(text)]
    return _drawn(
        urns.values(),
        {child: parent for child, parent, color in edges if color == PARENT},
        ((needed, needing) for needed, needing, color in edges if color != PARENT),
    )


def of_state(text: str) -> Graph:
    """The graph of an exported state."""
    rows = json.loads(text)["deployment"].get("resources") or []
    return _drawn(
        [row["urn"] for row in rows],
        {row["urn"]: row["parent"] for row in rows if row.get("parent")},
        ((one, row["urn"]) for row in rows for one in row.get("dependencies") or ()),
    )


def mermaid(graph: Graph) -> Iterator[str]:
    """A box for each component, with what it is made of; an arrow from what is needed
    to what needs it. What is needed by way of something else has no arrow of its own.
    """
    yield "flowchart LR"
    for urn in sorted(graph.resources - set(graph.parents), key=_label):
        yield from _box(urn, graph, "    ")
    for needed, needing in sorted(_direct(graph.needs), key=_names):
        yield f"    {_name(needed)} --> {_name(needing)}"


def rewritten(document: str, graph: Graph) -> str:
    """A document with the drawing between the two marks."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    lines = "\n".join(mermaid(graph))
    return f"{before}{BEGIN}\n```mermaid\n{lines}\n```\n{END}{after}"


Edges = Iterator[tuple[str, str]]


def _drawn(urns: Iterable[str], parents: Mapping[str, str], needs: Edges) -> Graph:
    kept = frozenset(one for one in urns if not _type(one).startswith(PLUMBING))
    return Graph(
        kept,
        {a: b for a, b in parents.items() if a in kept and b in kept},
        frozenset((a, b) for a, b in needs if a in kept and b in kept),
    )


def _box(urn: str, graph: Graph, indent: str) -> Iterator[str]:
    children = [one for one, parent in graph.parents.items() if parent == urn]
    if not children:
        yield f'{indent}{_name(urn)}["{_label(urn)}"]'
        return
    yield f'{indent}subgraph {_name(urn)} ["{_label(urn)}"]'
    for child in sorted(children, key=_label):
        yield from _box(child, graph, f"{indent}    ")
    yield f"{indent}end"


def _direct(needs: frozenset[tuple[str, str]]) -> Edges:
    """Those edges to whose end no longer way leads."""
    after: dict[str, set[str]] = {}
    for needed, needing in needs:
        after.setdefault(needed, set()).add(needing)

    def reaches(start: str, end: str) -> bool:
        nexts = after.get(start, set())
        return end in nexts or any(reaches(one, end) for one in nexts)

    for needed, needing in needs:
        if not any(reaches(one, needing) for one in after[needed] - {needing}):
            yield needed, needing


def _type(urn: str) -> str:
    """Of ``urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME``."""
    return urn.split("::")[2].rpartition("$")[2]


def _label(urn: str) -> str:
    return f"{_type(urn).rpartition(':')[2]}<br>{urn.split('::')[3]}"


def _name(urn: str) -> str:
    return re.sub(r"\W+", "_", _label(urn).replace("<br>", "_"))


def _names(edge: tuple[str, str]) -> tuple[str, str]:
    return _name(edge[0]), _name(edge[1])


if __name__ == "__main__":
    source, document = Path(sys.argv[1]), Path(sys.argv[2])
    made = (of_dot if source.suffix == ".dot" else of_state)(source.read_text())
    document.write_text(rewritten(document.read_text(), made))
