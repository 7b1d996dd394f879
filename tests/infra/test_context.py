"""The tag of the image: the same for the same content, and for nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import context
from infra.context import ContextInvalid, File, Ignore

NAMES = st.text("abc./", min_size=1, max_size=6).filter(lambda n: n.strip("/."))
FILES = st.dictionaries(NAMES, st.builds(File, st.binary(max_size=8), st.booleans()))


def build(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"Dockerfile": "FROM scratch\n", **files}.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def tag(folder: Path, **arguments: str) -> str:
    return context.tag(context.read(folder), arguments)


def test_equal_content_elsewhere_and_later_has_the_same_tag(tmp_path: Path) -> None:
    one = build(tmp_path / "one", a="x", sub__b="y")
    other = build(tmp_path / "deep/other", sub__b="y", a="x")
    for file in other.rglob("*"):
        os.utime(file, (1, 1))
        if file.is_file():
            file.chmod(0o664)
    assert tag(one) == tag(other)


@pytest.mark.parametrize(
    "change",
    [
        lambda f: (f / "a").write_text("other"),
        lambda f: (f / "a").rename(f / "c"),
        lambda f: (f / "a").chmod(0o755),
        lambda f: (f / "a").unlink(),
        lambda f: (f / "new").symlink_to("a"),
        lambda f: (f / "Dockerfile").write_text("FROM x\n"),
    ],
)
def test_what_changes_the_image_changes_the_tag(tmp_path: Path, change: object) -> None:
    folder = build(tmp_path, a="x")
    before = tag(folder)
    assert callable(change)
    change(folder)
    assert tag(folder) != before


def test_build_arguments_are_part_of_it(tmp_path: Path) -> None:
    folder = build(tmp_path)
    assert len({tag(folder), tag(folder, A="1"), tag(folder, A="2")}) == 3


def test_ignored_files_do_not_count(tmp_path: Path) -> None:
    folder = build(tmp_path, **{".dockerignore": "*.md\n.dockerignore\n"}, a="x")
    before = tag(folder)
    build(folder, **{"notes.md": "anything"})
    assert tag(folder) == before
    build(folder, **{"Dockerfile.dockerignore": "nothing\n"})
    assert tag(folder) != before


def test_the_app_s_own_context_is_what_its_image_copies() -> None:
    names = set(context.read(Path(__file__).parents[2] / "app"))
    assert "Dockerfile" in names
    assert all(n == "Dockerfile" or n.startswith("web/") for n in names)
    assert not any("__pycache__" in name for name in names)


@given(FILES, FILES)
def test_other_files_have_another_tag(
    one: dict[str, File], other: dict[str, File]
) -> None:
    assert (context.tag(one, {}) == context.tag(other, {})) == (one == other)


@pytest.mark.parametrize(
    ("patterns", "ignored", "kept"),
    [
        ("# a comment\n\n", [], ["a"]),
        ("*/temp*", ["x/temporary.txt", "x/temp"], ["temp", "x/y/temp"]),
        ("*/*/temp*", ["x/y/temporary.txt"], ["x/temp"]),
        ("temp?", ["tempa", "tempb"], ["temp", "tempab"]),
        ("**/*.go", ["a.go", "x/y/a.go"], ["a.gob"]),
        ("*.md\n!README.md", ["a.md"], ["README.md", "x/a.md"]),
        ("*.md\n!README*.md\nREADME-secret.md", ["README-secret.md"], ["README.md"]),
        ("/foo/bar/\nout", ["foo/bar/x", "out/x/y"], ["x/foo/bar", "x/out"]),
        ("*\n!web\n**/__pycache__", ["a", "web/__pycache__/x"], ["web/a.py"]),
        ("[a-c].txt", ["a.txt", "c.txt"], ["d.txt"]),
    ],
)
def test_the_ignore_file_is_read_as_docker_reads_it(
    patterns: str, ignored: list[str], kept: list[str]
) -> None:
    rules = Ignore.parse(patterns)
    assert [name for name in [*ignored, *kept] if rules.excludes(name)] == ignored


def test_a_pattern_that_is_none_is_named() -> None:
    with pytest.raises(ContextInvalid, match=r"\[z-a\]"):
        Ignore.parse("[z-a]\n")


def test_a_folder_without_a_dockerfile_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContextInvalid, match="Dockerfile"):
        context.read(tmp_path)
