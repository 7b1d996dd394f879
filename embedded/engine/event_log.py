"""``--event-log``: what a deployment tells, as the lines of JSON that the CLI writes.

A subset of `sdk/go/common/apitype/events.go`: what was said, which resource met which
step, what the policies found, the sum. Values of resources are not in it.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Mapping
from typing import Any, TextIO

from embedded.engine import policy_report
from embedded.engine.deployment import Kind, Result
from embedded.engine.events import Events, Severity, Step


class EventLog:
    """Passes events on to ``inner``, and writes each of them to ``file``."""

    def __init__(self, inner: Events, file: TextIO, kind: Kind) -> None:
        self._inner = inner
        self._file = file
        self._kind = kind
        self._lock = threading.Lock()
        self._sequence = itertools.count()

    def started(self, step: Step) -> None:
        self._write("resourcePreEvent", {"metadata": _metadata(step)})
        self._inner.started(step)

    def finished(self, step: Step, seconds: float) -> None:
        self._write("resOutputsEvent", {"metadata": _metadata(step)})
        self._inner.finished(step, seconds)

    def failed(self, step: Step, message: str) -> None:
        self._write("resOpFailedEvent", {"metadata": _metadata(step)})
        self._write("diagnosticEvent", _diagnostic("error", message, step.urn))
        self._inner.failed(step, message)

    def message(
        self, severity: Severity, text: str, urn: str = "", *, ephemeral: bool = False
    ) -> None:
        body = _diagnostic(severity, text, urn)
        if ephemeral:
            body["ephemeral"] = True
        self._write("diagnosticEvent", body)
        self._inner.message(severity, text, urn, ephemeral=ephemeral)

    def output(self, line: str) -> None:
        self._write("diagnosticEvent", _diagnostic("info#err", line, ""))
        self._inner.output(line)

    def close(self, result: Result) -> None:
        """The findings of the policies, and the sum."""
        for finding in policy_report.as_json(result.review):
            self._write("policyEvent", _policy(finding))
        self._write("summaryEvent", self._summary(result))
        self._write("cancelEvent", {})

    def _summary(self, result: Result) -> Mapping[str, Any]:
        packs = dict(one.rpartition("@v")[::2] for one in result.review.packs)
        return {
            "maybeCorrupt": False,
            "durationSeconds": round(result.seconds),
            "resourceChanges": dict(result.changes),
            "PolicyPacks": packs,
            "isPreview": self._kind == "preview",
            "result": "succeeded" if result.succeeded else "failed",
        }

    def _write(self, name: str, body: Mapping[str, Any]) -> None:
        with self._lock:
            head = {"sequence": next(self._sequence), "timestamp": int(time.time())}
            self._file.write(json.dumps({**head, name: body}) + "\n")
            self._file.flush()


def _metadata(step: Step) -> dict[str, Any]:
    body: dict[str, Any] = {"op": step.op, "urn": step.urn, "type": step.type}
    details = {path: {"diffKind": kind} for path, kind in step.details.items()}
    return {**body, "detailedDiff": details or None}


def _diagnostic(severity: str, text: str, urn: str) -> dict[str, Any]:
    body = {"urn": urn} if "::" in urn else {}
    return {**body, "message": f"{text}\n", "color": "never", "severity": severity}


def _policy(finding: Mapping[str, str]) -> Mapping[str, Any]:
    name, _, version = finding["policyPack"].rpartition("@v")
    body = {
        "resourceUrn": finding["urn"],
        "message": f"{finding['message']}\n",
        "color": "never",
        "policyName": finding["policy"],
        "policyPackName": name,
        "policyPackVersion": version,
        "enforcementLevel": finding["enforcementLevel"],
        "severity": finding["severity"],
    }
    return {key: value for key, value in body.items() if value}
