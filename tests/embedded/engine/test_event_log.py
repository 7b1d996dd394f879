"""The log of events: lines of JSON that read like the CLI's."""

from __future__ import annotations

import io
import json
from typing import Any

from embedded.engine.deployment import Result, run
from embedded.engine.display import Quiet
from embedded.engine.event_log import EventLog
from embedded.engine.finding import Finding, Review

Lab = Any


def events(lab: Lab, kind: str = "up", text: str | None = None) -> list[dict[str, Any]]:
    if text is not None:
        lab.program(text)
    file = io.StringIO()
    log = EventLog(Quiet(), file, kind)  # type: ignore[arg-type]
    log.close(run(lab.request(kind), log))
    return [json.loads(line) for line in file.getvalue().splitlines()]


def bodies(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one[kind] for one in found if kind in one]


def test_each_step_is_told_with_its_op_and_urn(lab: Lab) -> None:
    found = events(lab, text="Thing('a', value=1)")
    steps = [one["metadata"] for one in bodies(found, "resOutputsEvent")]
    assert ("create", "fake:index:Thing") in {(one["op"], one["type"]) for one in steps}
    assert [one["sequence"] for one in found] == list(range(len(found)))


def test_a_change_names_its_paths_and_no_values(lab: Lab) -> None:
    lab.up("Thing('a', value='old-value')")
    found = events(lab, "preview", "Thing('a', value='new-value')")
    (step,) = (
        one["metadata"]
        for one in bodies(found, "resOutputsEvent")
        if one["metadata"]["op"] == "update"
    )
    assert step["detailedDiff"] == {"value": {"diffKind": "update"}}
    assert "new-value" not in json.dumps(found)


def test_the_sum_is_the_last_word(lab: Lab) -> None:
    found = events(lab, text="Thing('a', value=1)")
    (summary,) = bodies(found, "summaryEvent")
    assert summary["resourceChanges"] == {"create": 2}
    assert (summary["result"], summary["isPreview"]) == ("succeeded", False)
    assert "cancelEvent" in found[-1]


def test_a_failure_is_told_where_it_happened(lab: Lab) -> None:
    found = events(lab, text="raise ValueError('this one')")
    (summary,) = bodies(found, "summaryEvent")
    assert summary["result"] == "failed"
    said = bodies(found, "diagnosticEvent")
    assert any("this one" in one["message"] for one in said)


def test_findings_of_policies_are_told_as_the_cli_does() -> None:
    finding = Finding("lab@v1.2.0", "no-latest", "advisory", "Pin it.", "urn:x", "low")
    file = io.StringIO()
    log = EventLog(Quiet(), file, "preview")
    log.close(Result(True, {}, {}, {}, 1.0, {}, Review(("lab@v1.2.0",), (finding,))))
    policy, summary = map(json.loads, file.getvalue().splitlines()[:2])
    assert policy["policyEvent"] == {
        "resourceUrn": "urn:x",
        "message": "Pin it.\n",
        "color": "never",
        "policyName": "no-latest",
        "policyPackName": "lab",
        "policyPackVersion": "1.2.0",
        "enforcementLevel": "advisory",
        "severity": "low",
    }
    assert summary["summaryEvent"]["PolicyPacks"] == {"lab": "1.2.0"}
