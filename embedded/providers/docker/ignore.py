"""The patterns of a ``.dockerignore``, read as Docker reads them. Sans-I/O.

The program has the same rules in ``infra/ignore.py``: neither may import the other, and
tests hold both of them against Docker's own client.

What a line means: https://docs.docker.com/build/concepts/context/#dockerignore-files
What that page leaves open is as Docker's own clients do it (moby/patternmatcher), such
as which exceptions bring something back out of a folder that is ignored.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from embedded.providers.resource import InputsInvalid

BOM = "\ufeff"
#: What Go takes for white space.
BLANKS = (
    " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008"
    "\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
#: A character inside brackets; a special one stands behind a backslash.
ONE = r"(?:[^\\\]\[*?-]|\\[\W_])"
#: One piece of a pattern.
PIECES = re.compile(
    r"(?P<folders>\*\*/?)|(?P<star>\*)|(?P<one>\?)|\\(?P<escaped>[\W_])"
    rf"|\[(?:(?P<not>\^)|(?!\^))(?P<range>(?:{ONE}(?:-{ONE})?)+)\]"
    r"|(?P<bracket>\])|(?P<plain>[^\\\[])",
    re.DOTALL,
)

Matcher = Callable[[str], bool]


class PatternInvalid(InputsInvalid):
    """A line of the ignore file that Docker refuses, or reads as something else."""

    def __init__(self, line: str, reason: str) -> None:
        super().__init__(
            [("build", f"no pattern in .dockerignore: {line!r} ({reason})")]
        )


@dataclass(frozen=True)
class Pattern:
    """One line; an exception brings back what a line above it has left out."""

    text: str
    exception: bool
    matches: Matcher

    @classmethod
    def parse(cls, line: str) -> Pattern:
        exception = line.startswith("!")
        text = line[1:] if exception else line
        if not text:
            raise PatternInvalid(line, "an exception to nothing")
        return cls(text, exception, _matcher(text))


@dataclass(frozen=True)
class Ignore:
    """All patterns, in their order."""

    patterns: tuple[Pattern, ...]

    @classmethod
    def parse(cls, text: str) -> Ignore:
        """Raises PatternInvalid."""
        return cls(tuple(Pattern.parse(line) for line in _lines(text)))

    def hits(self, path: str, above: Sequence[bool] | None) -> list[bool]:
        """Which patterns match a path, or matched a folder above it.

        Docker skips a pattern that would change nothing: one that ignores what is
        ignored already, an exception for what is not. It does not look at it again
        further down, so a skipped one counts as no match.
        """
        found, ignored = [], False
        for index, pattern in enumerate(self.patterns):
            hit = above[index] if above else False
            if not hit and pattern.exception == ignored:
                hit = pattern.matches(path)
            ignored = not pattern.exception if hit else ignored
            found.append(hit)
        return found

    def ignores(self, hits: Sequence[bool]) -> bool:
        """The last pattern that matches decides."""
        pairs = zip(self.patterns, hits, strict=True)
        last = [pattern for pattern, hit in pairs if hit][-1:]
        return bool(last) and not last[0].exception

    def enters(self, folder: str) -> bool:
        """Whether Docker looks into a folder that is ignored: only where an exception
        begins with its name."""
        return any(
            f"{one.text}/".startswith(f"{folder}/")
            for one in self.patterns
            if one.exception
        )


def _lines(text: str) -> Iterator[str]:
    """Patterns without comments, blanks, needless dots and slashes."""
    for raw in text.removeprefix(BOM).split("\n"):
        line = raw.strip(BLANKS)
        if raw.startswith("#") or not line:
            continue
        mark = "!" if line.startswith("!") else ""
        path = line.removeprefix("!").strip(BLANKS)
        if path:
            path = posixpath.normpath(re.sub("^/+", "/", path))
            path = path[1:] if path[0] == "/" and path != "/" else path
        yield posixpath.normpath(f"{mark}{path}".strip(BLANKS))


def _matcher(text: str) -> Matcher:
    """Raises PatternInvalid."""
    pieces = list(_pieces(text))
    kinds = {piece.lastgroup for piece in pieces}
    if kinds <= {"plain"}:
        return lambda path: path == text
    if kinds == {"plain", "folders"} and _is_alone(pieces[-1], pieces):
        return lambda path: path.startswith(text.rstrip("*"))
    if kinds <= {"plain", "folders"} and _is_alone(pieces[0], pieces):
        end = text[2:]
        return lambda path: path.endswith(end) or f"/{path}" == end
    expression = "".join(_expression(piece) for piece in pieces)
    try:
        compiled = re.compile(expression)
    except re.error as error:
        raise PatternInvalid(text, str(error)) from error
    return lambda path: compiled.fullmatch(path) is not None


def _is_alone(piece: re.Match[str], pieces: Sequence[re.Match[str]]) -> bool:
    folders = [one for one in pieces if one.lastgroup == "folders"]
    return folders == [piece]


def _pieces(text: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(text):
        piece = PIECES.match(text, at)
        if piece is None:
            reason = f"Docker reads {text[at:]!r} as something else, or not at all"
            raise PatternInvalid(text, reason)
        yield piece
        at = piece.end()


def _expression(piece: re.Match[str]) -> str:
    """A regular expression for one piece; ``^`` is one of Docker's too."""
    kind = piece.lastgroup
    if kind == "folders":
        return ".*" if piece.end() == len(piece.string) else "(?:.*/)?"
    if kind == "star":
        return "[^/]*"
    if kind == "one":
        return "[^/]"
    if kind == "range":
        inside = re.sub(r"\\?([&~|])", r"\\\1", piece["range"])
        return f"[{piece['not'] or ''}{inside}]"
    if kind == "escaped":
        return re.escape(piece["escaped"])
    return "^" if piece[0] == "^" else re.escape(piece[0])
