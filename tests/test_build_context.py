"""The build context is what Docker's own client sends: for the program, which names the
image after it, and for the embedded provider, which sends it. Neither knows the other.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embedded.providers.docker import ignore as embedded_ignore
from embedded.providers.docker.context import Context
from infra import context
from infra.ignore import PatternInvalid
from tests import docker_client
from tests.docker_client import Engine

PROJECT = Path(__file__).resolve().parent.parent
#: Each is a run of the client: about a tenth of a second.
EXAMPLES = 40


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with docker_client.keeping_engine() as made:
        yield made


@pytest.mark.docker
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_what_docker_s_client_sends_is_what_counts_and_what_is_sent(
    engine: Engine, data: st.DataObject
) -> None:
    text = data.draw(docker_client.ignore_files())
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / "app"
        docker_client.write(folder, docker_client.TREE, text)
        truth = docker_client.sent(folder, engine)
        assert unless_refused(counted, folder) == truth
        assert unless_refused(sent, folder) == truth


def unless_refused(work: Callable[[Path], set[str]], folder: Path) -> set[str] | None:
    try:
        return work(folder)
    except (PatternInvalid, embedded_ignore.PatternInvalid):
        return None


def counted(folder: Path) -> set[str]:
    return set(context.read(folder))


def sent(folder: Path) -> set[str]:
    found = Context(folder, folder / "Dockerfile").tar()
    with tarfile.open(fileobj=found) as archive:
        return {one.name for one in archive if not one.isdir()}


def test_the_revision_of_this_project_s_app_is_its_tree_in_git(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        return subprocess.check_output(["git", *arguments], text=True).strip()

    clone = tmp_path / "clone"
    git("clone", "--quiet", "--no-hardlinks", str(PROJECT), str(clone))
    tree = git("-C", str(clone), "rev-parse", "HEAD:app")
    assert context.revision(context.read(clone / "app")) == tree
