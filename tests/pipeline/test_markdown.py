"""A stranger's text is text and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import markdown

#: Much of what Markdown, HTML and a terminal know, so that it meets often.
TEXTS = st.text(st.sampled_from("`|\\\n\r ~<>@#[]()!*_ab\x1b\u202e\u200b-")) | st.text()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "`plain`"),
        ("", ""),
        ("a `b` c", "``a `b` c``"),
        ("`", "`` ` ``"),
        ("two\n\nlines\t here", "`two lines here`"),
        ("@everyone <img src=x>", "`@everyone <img src=x>`"),
        ("a | b", "`a \\| b`"),
        ("a \\| b", "`a \\| b`"),
        ("\x1b[31mred\x1b[0m", "`red`"),
        ("\x1b]8;;https://evil.example\x07click\x1b]8;;\x07", "`click`"),
        ("in\u202evisible\u200b", "`invisible`"),
    ],
)
def test_a_span_is_one_piece_of_code(text: str, shown: str) -> None:
    assert markdown.span(text) == shown


@given(TEXTS)
def test_nothing_gets_out_of_a_span(text: str) -> None:
    shown = markdown.span(text)
    if not shown:
        return
    fence = re.match("`+", shown)
    assert fence is not None
    inside = shown[len(fence[0]) : -len(fence[0])]
    runs = {len(run) for run in re.findall("`+", inside)}
    assert shown.endswith(fence[0])
    assert len(fence[0]) not in runs
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)\|", shown)


@given(TEXTS)
def test_nothing_closes_the_fence_of_a_block(text: str) -> None:
    first, *inside, last = markdown.block(text).split("\n")
    assert first == f"{last}text"
    assert set(last) == {"`"}
    assert len(last) >= 3
    for line in inside:
        assert re.match(rf"\s*`{{{len(last)},}}", line) is None


def test_a_long_line_is_cut() -> None:
    assert markdown.span("x" * 1000, longest=10) == f"`{'x' * 9}…`"


def test_what_a_terminal_overwrites_stays_on_lines_of_its_own() -> None:
    assert markdown.plain("10 %\r20 %\r\ndone") == "10 %\n20 %\ndone"
