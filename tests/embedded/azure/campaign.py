"""Requests made from an OpenAPI description: valid ones, and as many that are not."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

Json = dict[str, Any]
#: For a longer campaign, or another one.
SEED = int(os.environ.get("OPENAPI_SEED") or 1)
#: Requests of each operation, of each mode.
EXAMPLES = int(os.environ.get("OPENAPI_EXAMPLES") or 6)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: Headers that are not made up: who asks is known, and with an odd word for how its
#: body is sent a request is none, which the HTTP server says before anybody looks.
TAKEN = ("Authorization", "Transfer-Encoding")

#: Sends one case; half of the cases shall be about what is known to be there.
Ask = Callable[[Any, bool], requests.Response]


def operations(description: Json) -> Iterator[tuple[str, str, Json]]:
    for path, row in description["paths"].items():
        for method, operation in row.items():
            yield method.upper(), path, operation


def failures(
    description: Json,
    ask: Ask,
    mend: Callable[[], None],
    examples: Callable[[str], int],
) -> list[str]:
    """What the checks found.

    ``mend`` puts back what is known to be there, ``examples`` is given an operation's
    label.
    """
    found: list[str] = []
    for operation, mode, changed in _attacks(description):
        if changed:
            mend()
        try:
            _attack(operation, mode, ask, examples(operation.label))
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 (any)
            kind = f"{type(error).__name__}: {error}"
            found.append(f"{operation.label} ({mode}):\n{kind}")
    return found


def _attacks(description: Json) -> Iterator[tuple[Any, GenerationMode, bool]]:
    """Each operation and mode, and whether something may have changed before it."""
    changed = True
    for one in schemathesis.openapi.from_dict(description).get_all_operations():
        assert isinstance(one, Ok), one
        operation = one.ok()
        for mode in MODES:
            if mode is GenerationMode.POSITIVE or _has_input(operation):
                yield operation, mode, changed
                changed = not operation.label.startswith(("GET", "HEAD"))


def _attack(operation: Any, mode: GenerationMode, ask: Ask, examples: int) -> None:
    @seed(SEED)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode), known=st.booleans())
    def run(case: Any, known: bool) -> None:
        for name in TAKEN:
            case.headers.pop(name, None)
        case.validate_response(ask(case, known), checks=CHECKS)

    run()


def _has_input(operation: Any) -> bool:
    return bool(operation.body) or any(True for _ in operation.iter_parameters())
