"""What is begun before it is known whether it is needed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from embedded.engine import ahead
from embedded.engine.errors import WrongPassphrase
from tests.embedded.engine.conftest import Lab


def children(word: str) -> list[str]:
    """The command lines of this process's children that have the word in them."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
                line = (folder / "cmdline").read_bytes().decode()
            except OSError:
                continue
            if int(parent) == os.getpid() and word in line:
                found.append(line)
    return found


def test_a_host_that_is_told_nothing_runs_nothing_and_ends(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text("open('ran', 'w')")
    with ahead.host(Path(sys.executable), tmp_path, {}):
        assert children("child.py")
    assert not children("child.py")
    assert not (tmp_path / "ran").exists()


def test_a_program_does_not_run_under_a_wrong_passphrase(lab: Lab) -> None:
    lab.up("Thing('one')")
    lab.settings["PULUMI_CONFIG_PASSPHRASE"] = "another"
    ran = lab.folder / "ran"
    with pytest.raises(WrongPassphrase):
        lab.run("up", f"open({str(ran)!r}, 'w')")
    assert not ran.exists()
    assert not children("child.py")


def test_a_provider_that_nobody_asked_for_ends_with_the_deployment(lab: Lab) -> None:
    lab.up("Thing('one')")
    done = lab.run("up", "raise ValueError('before anything is declared')")
    assert not done.result.succeeded
    assert not children("provider.py")


def test_a_provider_of_the_state_that_is_missing_stops_who_needs_it_only(
    lab: Lab,
) -> None:
    lab.up("Thing('one')")
    (lab.folder / "bin" / "pulumi-resource-fake").unlink()
    done = lab.run("preview", "pulumi.export('a', 1)")
    assert done.result.succeeded, done.text


def test_a_step_that_changed_nothing_writes_nothing(lab: Lab) -> None:
    text = """
    aliases = [pulumi.Alias(name="former")]
    Thing("one", opts=pulumi.ResourceOptions(aliases=aliases))
    """
    lab.up(text)
    before = lab.state()["manifest"]["time"]
    lab.up(text)
    kept = lab.state_file.with_name(f"{lab.state_file.name}.bak").read_text()
    assert before in kept, "the state was written once, at the end"
