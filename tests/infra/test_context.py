"""The tag of the image: the same for the same content, and for nothing else."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra import context
from infra.context import ContextInvalid, File

NAMES = st.text("abc./", min_size=1, max_size=6).filter(lambda n: n.strip("/."))
PATHS = st.lists(
    st.text(
        st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=4
    ).filter(lambda name: name not in (".", "..", ".git")),
    min_size=1,
    max_size=3,
).map("/".join)
MODES = st.sampled_from([context.PLAIN, context.EXECUTABLE, context.LINK])
FILES = st.dictionaries(NAMES, st.builds(File.of, st.binary(max_size=8), MODES))


def build(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"Dockerfile": "FROM scratch\n", **files}.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def tag(folder: Path, **options: str) -> str:
    return context.tag(context.read(folder), options)


def revision(folder: Path) -> str:
    return context.revision(context.read(folder))


def git(folder: Path, *arguments: str) -> str:
    """Without the user's own settings."""
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ("-c", "user.name=n", "-c", "user.email=e@x.example")
    command = ["git", "-C", str(folder), *who, *arguments]
    environment = {**os.environ, **nobody}
    return subprocess.check_output(command, env=environment, text=True).strip()


def committed(folder: Path) -> Path:
    git(folder, "init", "--quiet")
    git(folder, "add", "--force", ".")
    git(folder, "commit", "--quiet", "--message", "one")
    return folder


def test_equal_content_elsewhere_and_later_has_the_same_names(tmp_path: Path) -> None:
    one = build(tmp_path / "one", a="x", sub__b="y")
    other = build(tmp_path / "deep/other", sub__b="y", a="x")
    (other / "empty").mkdir()
    for file in other.rglob("*"):
        os.utime(file, (1, 1))
        if file.is_file():
            file.chmod(0o664)
    assert (tag(one), revision(one)) == (tag(other), revision(other))


def test_a_shallow_clone_has_the_same_names_as_what_was_committed(
    tmp_path: Path,
) -> None:
    app = build(tmp_path / "work/app", a="x", **{"web-1__b": "y", "web__c": "z"})
    (app / "web/run").write_text("#!")
    (app / "web/run").chmod(0o700)
    (app / "link").symlink_to("web/run")
    committed(app.parent)
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{app.parent}", "clone")
    clone = tmp_path / "clone/app"
    assert tag(clone) == tag(app)
    assert revision(clone) == revision(app) == git(app, "rev-parse", "HEAD:app")


def test_a_revision_leads_to_the_commits_that_have_it(tmp_path: Path) -> None:
    # As docs/image.md tells it.
    app = build(tmp_path / "app", a="x")
    commit = git(committed(tmp_path), "rev-parse", "HEAD")
    (app / "a").write_text("y")
    git(tmp_path, "commit", "--quiet", "--all", "--message", "two")
    first = git(tmp_path, "rev-parse", f"{commit}:app")
    found = git(tmp_path, "log", "-t", "--format=%H", f"--find-object={first}")
    assert found.splitlines()[-1] == commit


@given(st.dictionaries(PATHS, st.binary(max_size=8), max_size=6))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_the_revision_is_the_tree_that_git_would_write(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = build(Path(parent) / "app")
        for name, content in files.items():
            path = folder / name
            if not path.exists() and not any(one.is_file() for one in path.parents):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        git(folder.parent, "init", "--quiet")
        git(folder.parent, "-c", "core.autocrlf=false", "add", "--force", ".")
        tree = git(folder.parent, "write-tree", "--prefix=app")
        assert revision(folder) == tree


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


def test_options_of_the_build_are_part_of_it(tmp_path: Path) -> None:
    folder = build(tmp_path)
    assert len({tag(folder), tag(folder, A="1"), tag(folder, A="2")}) == 3


def test_ignored_files_do_not_count(tmp_path: Path) -> None:
    folder = build(tmp_path, **{".dockerignore": "*.md\n.dockerignore\n"}, a="x")
    before = tag(folder)
    build(folder, **{"notes.md": "anything"})
    assert tag(folder) == before
    build(folder, **{"Dockerfile.dockerignore": "nothing\n"})
    assert tag(folder) != before


def test_what_is_always_sent_counts_even_where_it_is_ignored(tmp_path: Path) -> None:
    folder = build(tmp_path, **{".dockerignore": "*\n"}, a="x")
    assert set(context.read(folder)) == {"Dockerfile", ".dockerignore"}


def test_the_app_s_own_context_is_what_its_image_copies() -> None:
    names = set(context.read(Path(__file__).parents[2] / "app"))
    assert {name.split("/")[0] for name in names} == {*context.ALWAYS, "web"}
    assert not any("__pycache__" in name for name in names)


@given(FILES, FILES)
def test_other_files_have_another_tag(
    one: dict[str, File], other: dict[str, File]
) -> None:
    assert (context.tag(one, {}) == context.tag(other, {})) == (one == other)


def test_a_folder_without_a_dockerfile_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContextInvalid, match="Dockerfile"):
        context.read(tmp_path)


def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = build(tmp_path, a="x")

    def locked(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", locked)  # root may read everything
    with pytest.raises(ContextInvalid, match=r"Dockerfile cannot be read .*ignore it"):
        context.read(folder)
