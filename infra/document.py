"""``python -m infra.document docs/configuration.md``: its tables, made of the program.

Keys come from ``Pulumi.yaml``, names of outputs from ``__main__.py``. What an output is
stays as the document has it; a new one is to be described there.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

PROJECT = Path(__file__).resolve().parent.parent
#: All that follows this line is made anew.
MARK = "<!-- made by `python -m infra.document docs/configuration.md` -->\n"
#: What an output says of itself until somebody has described it.
UNTOLD = "TO BE DESCRIBED"


def keys() -> Mapping[str, Mapping[str, Any]]:
    """Key -> what ``Pulumi.yaml`` declares of it."""
    project = yaml.safe_load((PROJECT / "Pulumi.yaml").read_text())
    declared: Mapping[str, Mapping[str, Any]] = project["config"]
    return declared


def outputs() -> list[str]:
    """The names that ``__main__.py`` exports, in its order."""
    program = ast.parse((PROJECT / "__main__.py").read_text())
    return [
        str(call.args[0].value)
        for call in ast.walk(program)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "pulumi.export"
        and isinstance(call.args[0], ast.Constant)
    ]


def rewritten(document: str) -> str:
    """The document with its words as they are, and its tables as the program is."""
    head, _, tail = document.partition(MARK)
    told = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|$", tail, re.MULTILINE))
    lines = [*_configuration(), "", *_outputs(told)]
    return f"{head}{MARK}\n" + "\n".join(lines) + "\n"


def _configuration() -> Iterator[str]:
    yield "## Keys\n"
    yield "| key | type | default | what it is |"
    yield "| --- | --- | --- | --- |"
    for name, one in keys().items():
        default = _shown(one.get("default"))
        words = _cell(str(one.get("description", "")))
        kind = f"{_type(one)}, secret" if one.get("secret") else _type(one)
        yield f"| `{name}` | {kind} | {default} | {words} |"


def _type(declared: Mapping[str, Any]) -> str:
    """``string``, ``array of string``."""
    items = declared.get("items") or {}
    kind = str(declared.get("type", "string"))
    return f"{kind} of {items['type']}" if "type" in items else kind


def _outputs(told: Mapping[str, str]) -> Iterator[str]:
    yield "## Outputs\n"
    yield "| output | what it is |"
    yield "| --- | --- |"
    for name in outputs():
        yield f"| `{name}` | {told.get(name, UNTOLD)} |"


def _shown(default: object) -> str:
    if default in (None, "", {}, []):
        return ""
    text = default if isinstance(default, str) else json.dumps(default)
    return f"`{_cell(text)}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(rewritten(file.read_text()))
