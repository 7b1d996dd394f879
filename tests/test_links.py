"""The pages form one whole: every link leads somewhere, and every page is found."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from embedded import cli

PROJECT = Path(__file__).resolve().parent.parent
PAGES = [
    "README.md",
    "embedded/README.md",
    *sorted(f"docs/{one.name}" for one in (PROJECT / "docs").glob("*.md")),
]


def text(page: str) -> str:
    return (PROJECT / page).read_text()


def prose(page: str) -> str:
    """The page without its blocks of code, in which nothing is a link or a heading."""
    return re.sub(r"^(`{3,})[^`\n]*\n.*?^\1$", "", text(page), flags=re.S | re.M)


def links(page: str) -> Iterator[str]:
    """Those to files of the project, with what follows ``#``."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if not re.match(r"[a-z]+:", target):
            yield target


def anchor(heading: str) -> str:
    """As GitHub makes it: https://docs.github.com/get-started (section links)."""
    words = re.sub(r"\[([^]]*)]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def anchors(page: str) -> set[str]:
    return {anchor(one) for one in re.findall(r"^#+ (.*)$", prose(page), re.M)}


def commands(page: str) -> Iterator[str]:
    """What a block of the console has after its prompt."""
    for block in re.findall(r"^```console\n(.*?)^```$", text(page), re.S | re.M):
        yield from re.findall(r"^\$ (.*)$", block, re.M)


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_heading_of_it(page: str) -> None:
    for target in links(page):
        name, _, part = target.partition("#")
        file = ((PROJECT / page).parent / name).resolve() if name else PROJECT / page
        assert file.exists(), target
        if part:
            assert part in anchors(str(file.relative_to(PROJECT))), target


def test_the_readme_leads_to_every_page() -> None:
    found = {target.partition("#")[0] for target in links("README.md")}
    assert set(PAGES) - {"README.md"} <= found


@pytest.mark.parametrize("page", PAGES)
def test_every_key_that_is_told_is_one_of_the_program(page: str) -> None:
    keys = yaml.safe_load(text("Pulumi.yaml"))["config"]
    told = set(re.findall(r"\bacr-lab:(\w+)(?![\w:])", text(page)))
    assert told <= {*keys, "index"}


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_our_own_is_one_that_is_there(page: str) -> None:
    targets = re.findall(r"^(\w+):", text("Makefile"), re.M)
    for line in commands(page):
        words = shlex.split(line.partition(" | ")[0], comments=True)
        if words[0] == "make":
            assert words[1] in targets, line
        if words[1:3] == ["-m", "embedded"]:
            cli.parser().parse_args(words[3:])
