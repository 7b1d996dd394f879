"""What the value of a configuration key may be. Sans-I/O.

A rule turns the text of a value into what the program works with, or says what is
allowed. Sources: the naming rules and limits of Azure Container Registry and Container
Instances, and the OCI distribution specification for repositories.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Generic, TypeVar

Value = TypeVar("Value")

#: Names that the program gives to the app itself.
RESERVED = ("APP_DIGEST", "APP_IMAGE", "APP_REGION", "APP_REGISTRY", "HOST", "PORT")


class NotAllowed(ValueError):
    """A value that a rule refuses; ``hint`` goes behind what is allowed."""

    def __init__(self, hint: str = "") -> None:
        super().__init__(hint)
        self.hint = hint


@dataclass(frozen=True)
class Rule(Generic[Value]):
    """``parse`` raises NotAllowed; ``allowed`` ends the sentence "It must be …"."""

    allowed: str
    parse: Callable[[str], Value]


def text(pattern: str, allowed: str, normal: Callable[[str], str] = str) -> Rule[str]:
    """Text that matches a pattern as a whole, after ``normal``."""

    def parse(given: str) -> str:
        value = normal(given)
        if not re.fullmatch(pattern, value, re.ASCII):
            raise NotAllowed
        return value

    return Rule(allowed, parse)


def choice(options: Mapping[str, Value]) -> Rule[Value]:
    """One of some words, in their own spelling."""
    names = list(options)

    def parse(given: str) -> Value:
        if given not in options:
            near = closest(given, names)
            raise NotAllowed(f"did you mean {near}?" if near else "")
        return options[given]

    return Rule(f"one of {', '.join(names)}", parse)


def words(*options: str) -> Rule[str]:
    return choice({option: option for option in options})


def boolean() -> Rule[bool]:
    return choice({"true": True, "false": False})


def texts(rule: Rule[str], most: int) -> Rule[tuple[str, ...]]:
    """A list of texts that each keep a rule, and none of them twice."""

    def parse(given: str) -> tuple[str, ...]:
        try:
            found = json.loads(given or "[]")
        except (ValueError, RecursionError) as error:
            raise NotAllowed from error
        if not isinstance(found, list) or len(found) > most:
            raise NotAllowed
        return tuple(dict.fromkeys(_one(item) for item in found))

    def _one(item: object) -> str:
        try:
            return rule.parse(item if isinstance(item, str) else json.dumps(item))
        except NotAllowed as error:
            raise NotAllowed(error.hint or f"{item!r} is none") from error

    return Rule(f"a list of at most {most}; each is {rule.allowed}", parse)


def command() -> Rule[tuple[str, ...]]:
    """A program and its arguments, each a text of its own: no shell splits them."""

    def parse(given: str) -> tuple[str, ...]:
        try:
            found = json.loads(given or "[]")
        except (ValueError, RecursionError) as error:
            raise NotAllowed from error
        texts = isinstance(found, list) and all(isinstance(one, str) for one in found)
        if not texts or (found and not found[0]) or "\0" in "".join(found):
            raise NotAllowed
        return tuple(found)

    return Rule('a list of texts, such as ["python", "-m", "web"]', parse)


def files() -> Rule[Mapping[str, str]]:
    """Files of a secret volume: a map of names to contents."""
    name = re.compile(r"[A-Za-z0-9_.-]{1,253}")

    def parse(given: str) -> dict[str, str]:
        found = scalars(given)
        for key in found:
            if not name.fullmatch(key) or key in (".", ".."):
                raise NotAllowed(f"{key!r} is no such name")
        return found

    return Rule(
        "a map of files; a name has 1 to 253 letters, digits, '_', '.' and '-'", parse
    )


def addresses() -> Rule[str]:
    """An IPv4 address or range that the internet could route, as ACR takes them."""

    def parse(given: str) -> str:
        try:
            found = ipaddress.IPv4Network(given.strip())
        except ValueError as error:
            raise NotAllowed(str(error)) from error
        return given.strip() if found.prefixlen < 32 else str(found.network_address)

    return Rule("an IPv4 address or a range such as 203.0.113.0/24", parse)


def integer(least: int, most: int) -> Rule[int]:
    def parse(given: str) -> int:
        value = _number(given)
        if value != value.to_integral_value() or not least <= value <= most:
            raise NotAllowed
        return int(value)

    return Rule(f"a whole number from {least} to {most}", parse)


def number(least: str, most: str, step: str) -> Rule[float]:
    """A number in steps: decimal, so that 0.3 is a multiple of 0.1."""

    def parse(given: str) -> float:
        value = _number(given)
        if not Decimal(least) <= value <= Decimal(most) or value % Decimal(step):
            raise NotAllowed
        return float(value)

    return Rule(f"a number from {least} to {most}, in steps of {step}", parse)


def variables(reserved: Collection[str] = ()) -> Rule[Mapping[str, str]]:
    """Environment variables: a map of names to texts, numbers or booleans."""
    name = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")

    def parse(given: str) -> dict[str, str]:
        found = scalars(given)
        for key in found:
            if not name.fullmatch(key):
                raise NotAllowed(f"{key!r} is no such name")
            if key in reserved:
                raise NotAllowed(f"{key!r} is set by the program")
        return found

    return Rule(
        "a map of variables; a name has 1 to 63 letters, digits and '_', no digit "
        "first; a value is a text, a number, true or false",
        parse,
    )


def tags(most: int) -> Rule[Mapping[str, str]]:
    def parse(given: str) -> dict[str, str]:
        found = scalars(given)
        if len(found) > most:
            raise NotAllowed(f"there are {len(found)}")
        for key, value in found.items():
            if not 1 <= len(key) <= 512 or re.search(r"[<>%&\\?/]", key):
                raise NotAllowed(f"{key!r} is no such name")
            if len(value) > 256:
                raise NotAllowed(f"the value of {key!r} has {len(value)} characters")
        return found

    return Rule(
        f"a map of at most {most} tags; a name has 1 to 512 characters, none of "
        "<>%&\\?/; a value has at most 256",
        parse,
    )


def headers() -> Rule[Mapping[str, str]]:
    """HTTP headers: a map of names to texts without line ends."""

    def parse(given: str) -> dict[str, str]:
        found = scalars(given)
        for key, value in found.items():
            if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}", key):
                raise NotAllowed(f"{key!r} is no such name")
            if re.search(r"[\r\n]", value):
                raise NotAllowed(f"the value of {key!r} has a line end")
        return found

    return Rule("a map of HTTP headers", parse)


def closest(given: str, names: list[str]) -> str:
    """The name that was meant, where this is a near miss, whatever its case."""
    lower = {name.lower(): name for name in names}
    close = get_close_matches(given.lower(), lower, n=1, cutoff=0.6)
    return lower[close[0]] if close else ""


def _number(given: str) -> Decimal:
    # Decimal also knows NaN, 1_000 and digits of other scripts.
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", given.strip(), re.ASCII):
        raise NotAllowed
    try:
        return Decimal(given.strip())
    except InvalidOperation as error:
        raise NotAllowed from error


def scalars(given: str) -> dict[str, str]:
    """A map of names to texts; numbers and booleans as JSON writes them."""
    try:
        found = json.loads(given)
    except (ValueError, RecursionError) as error:
        raise NotAllowed from error
    if not isinstance(found, dict):
        raise NotAllowed
    return {key: _scalar(key, value) for key, value in found.items()}


def _scalar(key: str, value: object) -> str:
    if isinstance(value, str) and "\0" not in value:
        return value
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise NotAllowed(f"the value of {key!r} is none of these")
