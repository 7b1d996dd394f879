"""A report as Markdown: what it shows, and that it fits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import comment, report
from pipeline.comment import Source
from pipeline.events import Change, Finding, Told
from pipeline.report import Phase, Report

Log = Any
URN = "urn:pulumi:dev::acr-lab::a:b:Parent$azure-native:x:Registry::acrlab"


def step(op: str, urn: str = URN, *paths: str) -> tuple[str, dict[str, Any]]:
    type_ = urn.split("::")[2].rpartition("$")[2]
    body = {
        "op": op,
        "urn": urn,
        "type": type_,
        "detailedDiff": {path: {} for path in paths},
    }
    return "resourcePreEvent", {"metadata": body}


def finding(level: str, rule: str, message: str) -> tuple[str, dict[str, Any]]:
    return "policyEvent", {
        "resourceUrn": URN,
        "policyName": rule,
        "enforcementLevel": level,
        "message": message,
    }


def body(log: str, words: str = "", source: Source | None = None) -> str:
    files = {"preview.events": log, "preview.txt": words}
    return comment.body(report.of_files("dev", files), source)


def test_the_marker_of_the_stack_is_the_first_line(write_log: Log) -> None:
    assert body(write_log()).startswith(comment.marker("dev") + "\n")
    assert comment.marker("dev") != comment.marker("dev2")


def test_counts_and_time_are_in_the_table_of_commands(write_log: Log) -> None:
    text = body(write_log(resourceChanges={"same": 9, "create": 2, "replace": 1}))
    assert "| preview | ✅ passed | 2 create, 1 replace, 9 same | 3 |" in text
    assert "### ✅ Stack `dev`: preview passed" in text


def test_changes_are_listed_with_the_paths_that_differ(write_log: Log) -> None:
    change = step("update", URN, "sku.name")
    half, same = step("create-replacement"), step("same")
    text = body(write_log(change, half, same))
    assert "| `~ update` | `azure-native:x:Registry` | `acrlab` | `sku.name` |" in text
    assert "What changes: 1 resources" in text


def test_findings_come_worst_first_and_once(write_log: Log) -> None:
    mild, bad = finding("advisory", "mild", "m"), finding("mandatory", "bad", "b")
    text = body(write_log(mild, bad, bad))
    assert text.count("`bad`") == 1
    assert text.index("| ❌ mandatory | `bad`") < text.index("| ⚠️ advisory | `mild`")


def test_kept_policies_are_told_too(write_log: Log) -> None:
    text = body(write_log(PolicyPacks={"acr-lab|local|/home/x/policy": "0.1.0"}))
    assert "✅ Policies: `acr-lab v0.1.0`" in text


def test_errors_of_a_failed_command_are_told(write_log: Log) -> None:
    error = {"severity": "error", "message": "no room in the region\n", "urn": URN}
    text = body(write_log(("diagnosticEvent", error), result="failed"))
    assert "### ❌ Stack `dev`: preview failed" in text
    assert "acrlab: no room in the region" in text


@pytest.mark.parametrize("files", [{}, {"preview.txt": "no room left on device"}])
def test_a_command_that_never_began_is_no_success(files: dict[str, str]) -> None:
    text = comment.body(report.of_files("dev", files))
    assert "### ❌ Stack `dev`: preview did not begin" in text


def test_a_log_without_its_end_is_no_success(write_log: Log) -> None:
    cut_off = write_log(step("create")).splitlines()[0]
    assert "❌ failed" in body(cut_off)


def test_the_local_stack_is_told_as_three_commands(write_log: Log) -> None:
    names = ("preview.events", "up.events", "destroy.events")
    files = dict.fromkeys(names, write_log())
    text = comment.body(report.of_files("local", files))
    assert "### ✅ Stack `local`: preview, up and destroy passed" in text
    del files["destroy.events"]
    assert "destroy did not begin" in comment.body(report.of_files("local", files))


def test_the_source_is_named_and_a_fork_is_called_one(write_log: Log) -> None:
    source = Source("abcdef0123456789", "https://github.com/a/b/actions/runs/1")
    text = body(write_log(), source=source)
    assert (
        "Commit `abcdef012345`, [the run](https://github.com/a/b/actions/runs/1)."
        in text
    )
    assert "fork" not in text
    fork = Source(source.commit, source.url, fork=True)
    assert "Told by the fork's own code" in body(write_log(), source=fork)


def test_the_full_text_is_folded_away(write_log: Log) -> None:
    text = body(write_log(), "Previewing update (dev)\n@octocat ``` </details>")
    assert "<summary>All that <code>preview</code> said</summary>" in text
    assert "````text\nPreviewing update (dev)\n@octocat ``` </details>\n````" in text


def test_no_secret_is_shown_wherever_it_stands(write_log: Log) -> None:
    secret = "ghp_" + "a" * 36
    error = ("diagnosticEvent", {"severity": "error", "message": secret})
    events = (
        error,
        finding("mandatory", secret, secret),
        step("create", f"{URN}{secret}"),
    )
    text = body(write_log(*events, result="failed"), f"words {secret}")
    assert secret not in text
    assert text.count("[secret]") >= 4


def test_it_fits_however_long_the_report_is(write_log: Log) -> None:
    findings = [finding("mandatory", f"rule-{i}", "é|`" * 300) for i in range(300)]
    steps = [step("create", f"{URN}{i}") for i in range(2000)]
    error = ("diagnosticEvent", {"severity": "error", "message": "ü" * 99999})
    log = write_log(*findings, *steps, error, result="failed")
    words = "first line\n" + "`" * 500 + "€" * 200_000 + "\nlast line"
    names = ("preview", "up", "destroy")
    files = {f"{one}.events": log for one in names}
    files |= {f"{one}.txt": words for one in names}
    text = comment.body(report.of_files("local", files))
    assert 50_000 < len(text.encode()) <= comment.LONGEST
    for one in names:
        assert f"All that <code>{one}</code> said" in text
    assert text.count("first line") == text.count("last line") == 3
    assert "more | | |" in text


@given(st.binary() | st.text().map(str.encode), st.text())
def test_any_log_makes_a_comment(log: bytes, words: str) -> None:
    body(log.decode(errors="replace"), words)


EVENTS = ["resourcePreEvent", "policyEvent", "summaryEvent", "diagnosticEvent"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.sampled_from(EVENTS), JSON)
def test_events_of_any_form_make_a_comment(name: str, value: Any) -> None:
    keys = ("metadata", "op", "urn", "type", "message", "severity", "enforcementLevel")
    sums = ("result", "resourceChanges", "PolicyPacks", "durationSeconds")
    event = dict.fromkeys((*keys, *sums, "detailedDiff"), value)
    for one in (value, event, {"metadata": event}):
        body(json.dumps({name: one}))


@pytest.mark.parametrize("name", ["", "../x", "a b", "-->", "x" * 101, "ü", "-a"])
def test_a_stack_s_name_is_a_name(name: str) -> None:
    with pytest.raises(report.StackNameRefused):
        report.of_files(name, {})


PROJECT = Path(__file__).resolve().parents[2]


def test_the_example_of_the_documents_is_what_a_comment_looks_like() -> None:
    group = "azure-native:containerinstance:ContainerGroup"
    told = Told(
        result="succeeded",
        seconds=9,
        counts={"update": 2, "same": 9},
        changes=(
            Change("update", "docker:index/image:Image", "app", ("imageName",)),
            Change("update", group, "acr-lab", ("containers",)),
        ),
        findings=(
            Finding("advisory", "tags-required", "acrlab", "There is no tag 'owner'."),
        ),
    )
    phase = Phase("preview", told, "Previewing update (dev):")
    run = "https://github.com/OWNER/REPOSITORY/actions/runs/1"
    made = comment.body(Report("dev", (phase,)), Source("0f1e2d3c4b5a", run))
    page = (PROJECT / "docs" / "real-azure.md").read_text()
    assert f"````markdown\n{made}````\n" in page
