"""A report as the Markdown of a comment: counts, policies, changes, the full text."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.events import Change, Diagnostic, Finding
from pipeline.markdown import block, folded, plain, span
from pipeline.report import Phase, Report

#: GitHub refuses a longer body. It counts characters; bytes are on the safe side.
LONGEST = 65536
#: Rows of one table, and their bytes; the full text has the rest.
ROWS, ROWS_SIZE = 60, 12000
#: Bytes of the errors.
ERRORS = 6000
SIGNS = {"create": "+", "update": "~", "delete": "-", "replace": "+-", "same": "="}
LEVELS = {"mandatory": "❌", "advisory": "⚠️"}


@dataclass(frozen=True)
class Source:
    """Where a report comes from. All of it is from GitHub, not from the report."""

    commit: str
    url: str
    fork: bool = False


def marker(stack: str) -> str:
    """The first line of the comment for a stack, which nobody sees."""
    return f"<!-- acr-lab: pull request on stack {stack} -->"


def body(report: Report, source: Source | None = None) -> str:
    """At most ``LONGEST`` bytes. The full text gets what the rest leaves."""
    head = "\n\n".join(filter(None, _head(report, source)))
    texts = [one for one in report.phases if one.words.strip()]
    for index, phase in enumerate(texts):
        # Half of what is left, so that each command has some; the last one has all.
        share = 1 if index == len(texts) - 1 else 2
        left = (LONGEST - _size(head)) // share
        head += _full_text(phase, left)
    return head + "\n"


def _head(report: Report, source: Source | None) -> Iterator[str]:
    yield marker(report.stack)
    yield f"### {_title(report)}"
    if source is not None:
        yield _origin(source)
    yield _commands(report.phases)
    findings = tuple(dict.fromkeys(_all_findings(report)))
    packs = next((one.told.packs for one in report.phases if one.told), ())
    yield _policies(findings, packs)
    first = report.phases[0].told
    yield _changes(first.changes if first else ())
    yield _diagnostics(report)


def _title(report: Report) -> str:
    names = [one.command for one in report.phases]
    listed = f"{', '.join(names[:-1])} and {names[-1]}" if names[1:] else names[0]
    if report.passed:
        return f"✅ Stack {span(report.stack)}: {listed} passed"
    failed = next(one for one in report.phases if not one.passed)
    word = "did not begin" if failed.told is None else "failed"
    return f"❌ Stack {span(report.stack)}: {failed.command} {word}"


def _origin(source: Source) -> str:
    run = f"[the run]({source.url})" if _is_address(source.url) else "the run"
    line = f"Commit {span(source.commit[:12])}, {run}."
    if source.fork:
        line += " Told by the fork's own code, on a machine with no credentials."
    return line


def _commands(phases: Sequence[Phase]) -> str:
    lines = ["| command | result | resources | seconds |", "| --- | --- | --- | --- |"]
    for one in phases:
        if one.told is None:
            lines.append(f"| {one.command} | not begun | | |")
            continue
        result = "✅ passed" if one.passed else "❌ failed"
        counts = ", ".join(_counts(one.told.counts)) or "none"
        lines.append(f"| {one.command} | {result} | {counts} | {one.told.seconds} |")
    return "\n".join(lines)


def _counts(counts: Mapping[str, int]) -> Iterator[str]:
    for op in SIGNS:
        if counts.get(op):
            yield f"{counts[op]} {op}"


def _all_findings(report: Report) -> Iterator[Finding]:
    for one in report.phases:
        found = one.told.findings if one.told else ()
        yield from (finding for finding in found if finding.level in LEVELS)


def _policies(findings: Sequence[Finding], packs: Sequence[str]) -> str:
    if not findings:
        return f"✅ Policies: {span(', '.join(packs))}" if packs else ""
    ranked = sorted(findings, key=lambda one: list(LEVELS).index(one.level))
    rows = [
        f"| {LEVELS[one.level]} {one.level} | {span(one.policy)} "
        f"| {span(one.resource)} | {span(one.message, 600)} |"
        for one in ranked
    ]
    head = ["| policy | rule | resource | what it says |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *_some(rows)])


def _changes(changes: Sequence[Change]) -> str:
    if not changes:
        return ""
    rows = [
        f"| {span(_step(one.op))} | {span(one.type)} "
        f"| {span(one.name)} | {span(', '.join(one.paths))} |"
        for one in changes
    ]
    head = ["| step | type | name | what differs |", "| --- | --- | --- | --- |"]
    title = f"What changes: {len(changes)} resources"
    return folded(title, "\n".join([*head, *_some(rows)]))


def _step(op: str) -> str:
    return f"{SIGNS[op]} {op}" if op in SIGNS else op


def _diagnostics(report: Report) -> str:
    found: list[Diagnostic] = []
    for one in report.phases:
        found += [] if one.passed or one.told is None else one.told.diagnostics
    errors = [one for one in dict.fromkeys(found) if one.severity == "error"]
    if not errors:
        return ""
    text = "\n".join(f"{one.resource or 'stack'}: {one.message}" for one in errors)
    return f"**Errors**\n\n{block(_cut(plain(text), ERRORS))}"


def _full_text(phase: Phase, room: int) -> str:
    """At most ``room`` bytes; empty if that is too little to say anything."""
    title = f"All that <code>{phase.command}</code> said"
    empty = _size("\n\n" + folded(title, block(""))) + 2
    words = plain(phase.words).strip()
    # A fence is as long as the longest row of backticks in it, and one more.
    fences = 2 * max(len(run) for run in [*re.findall("`+", words), ""])
    text = _cut(words, room - empty - fences)
    return f"\n\n{folded(title, block(text))}" if text else ""


def _cut(text: str, room: int) -> str:
    """At most ``room`` bytes: the beginning, and twice as much of the end."""
    if _size(text) <= room:
        return text
    left = room - 60
    if left < 200:
        return ""
    raw = text.encode()
    first = raw[: left // 3].decode(errors="ignore")
    last = raw[len(raw) - 2 * left // 3 :].decode(errors="ignore")
    return f"{first}\n… {len(text) - len(first) - len(last)} characters …\n{last}"


def _some(rows: Sequence[str]) -> list[str]:
    sizes = list(itertools.accumulate(_size(one) for one in rows))
    kept = [one for one, size in zip(rows, sizes, strict=True) if size <= ROWS_SIZE]
    shown = kept[:ROWS]
    left = len(rows) - len(shown)
    return [*shown, f"| … | {left} more | | |"] if left else shown


def _size(text: str) -> int:
    return len(text.encode())


def _is_address(url: str) -> bool:
    return re.fullmatch(r"https://[\w.:/-]+", url) is not None
