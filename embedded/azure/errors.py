"""The error that every service raises, and the ARM body it becomes.

Shape: Azure Resource Manager's error envelope, ``{"error": {"code", "message"}}``.
Each service keeps its own subclasses in its own ``errors.py``, one per failure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class ArmError(Exception):
    """A refusal that a client sees as an HTTP status and an ARM error body.

    A subclass sets ``status`` and ``code``; the message says what happened, where,
    and what to do about it.
    """

    status = 400
    code = "BadRequest"

    def __init__(
        self,
        message: str,
        *,
        target: str | None = None,
        details: Sequence[ArmError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.target = target
        self.details = tuple(details)
        self.headers = dict(headers or {})

    def body(self) -> dict[str, Any]:
        """The envelope that goes on the wire."""
        return {"error": self.inner()}

    def inner(self) -> dict[str, Any]:
        """What stands under ``error``."""
        inner: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.target is not None:
            inner["target"] = self.target
        if self.details:
            inner["details"] = [detail.inner() for detail in self.details]
        return inner
