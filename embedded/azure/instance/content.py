"""Typed reading of a request body; what has the wrong type is refused by its path."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from embedded.azure.instance.errors import InvalidRequestContent, InvalidValue


@dataclass(frozen=True)
class Content:
    """One value of a JSON document and where it stands in it.

    A value that is not there reads as None (or nothing, for a list or an object).
    Every reader raises InvalidRequestContent for a value of another type.
    """

    value: object
    path: str = ""

    def __bool__(self) -> bool:
        return self.value is not None

    def at(self, name: str) -> Content:
        """The value under a key, which may be missing."""
        return Content(self.object().get(name), f"{self.path}.{name}".lstrip("."))

    def object(self) -> dict[str, object]:
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            raise InvalidRequestContent(self.path or "body", "an object")
        return self.value

    def items(self) -> Iterator[Content]:
        """The elements of a list, each with its index in the path."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            raise InvalidRequestContent(self.path, "a list")
        for index, item in enumerate(self.value):
            if not isinstance(item, dict | str):
                raise InvalidRequestContent(f"{self.path}[{index}]", "an object")
            yield Content(item, f"{self.path}[{index}]")

    def text(self) -> str | None:
        if self.value is None:
            return None
        if not isinstance(self.value, str) or "\x00" in self.value:
            raise InvalidRequestContent(self.path, "a string")
        return self.value

    def name(self) -> str:
        """A string that must be there."""
        text = self.text()
        if not text:
            raise InvalidRequestContent(self.path, "a string that is not empty")
        return text

    def texts(self) -> tuple[str, ...]:
        found = (item.text() for item in self.items())
        return tuple(text for text in found if text is not None)

    def number(self) -> float | None:
        """A finite number; digits in a string count, as in Azure's own reader."""
        if self.value is None:
            return None
        try:
            number = float(self.value)  # type: ignore[arg-type]
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if isinstance(self.value, bool) or not math.isfinite(number):
            raise InvalidRequestContent(self.path, "a number")
        return number

    def integer(self) -> int | None:
        number = self.number()
        if number is not None and not number.is_integer():
            raise InvalidRequestContent(self.path, "a whole number")
        return None if number is None else int(number)

    def flag(self) -> bool:
        if self.value not in (None, True, False):
            raise InvalidRequestContent(self.path, "true or false")
        return bool(self.value)

    def word(self, *allowed: str, default: str) -> str:
        """One of the API's words, in the API's spelling. Raises InvalidValue."""
        text = self.text()
        if text is None:
            return default
        for word in allowed:
            if word.lower() == text.lower():
                return word
        raise InvalidValue(self.path, text, ", ".join(allowed))
