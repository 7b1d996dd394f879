"""Text of strangers as Markdown that is text and nothing else.

Inside code GitHub renders no links, images or HTML, and notifies nobody who is
@mentioned. So all there is to see to is that nothing gets out of the code: see
"Code spans" and "Fenced code blocks" of the GFM specification.
"""

from __future__ import annotations

import re

from pipeline.redaction import redacted

#: Colours of a terminal, its other commands, and the links that it can show.
ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]"
)
#: Characters that are not seen, or that turn the direction of what is around them.
UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
    r"|[\ud800-\udfff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def plain(text: str) -> str:
    """Only what may be seen, and line feeds: no commands, no secrets."""
    lines = text.replace("\r\n", "\n")
    return redacted(UNSEEN.sub("", ESCAPES.sub("", lines).replace("\r", "\n")))


def span(text: str, longest: int = 300) -> str:
    """One line of code for any place, cells of tables too; empty for empty text."""
    line = " ".join(plain(text).split())
    if len(line) > longest:
        line = f"{line[: longest - 1]}…"
    if not line:
        return ""
    fence = "`" * (_longest_run(line) + 1)
    space = " " if line[0] == "`" or line[-1] == "`" else ""
    return f"{fence}{space}{_cell(line)}{space}{fence}"


def block(text: str) -> str:
    """Lines of code between fences that the text cannot close."""
    body = plain(text).strip("\n")
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}text\n{body}\n{fence}"


def folded(title: str, body: str) -> str:
    """A part that opens with a click. ``title`` must be our own words."""
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _cell(line: str) -> str:
    """A table splits at every bar that has no backslash right before it.

    One that has some already would need no other, and end in a bar of the table.
    """
    return re.sub(r"\\*\|", "\\\\|", line)
