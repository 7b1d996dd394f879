"""Policy packs: a real pack in its own process, over real gRPC."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from embedded.engine.errors import PolicyConfigInvalid, PolicyPackInvalid
from embedded.engine.finding import Finding
from embedded.engine.policy_settings import PackSource, load

Lab = Any
PACK = Path(__file__).with_name("fakes") / "pack"
CHILD = Path(__file__).parents[3] / "embedded/engine/pack_child.py"
Judged = Callable[..., Any]


@pytest.fixture
def judged(lab: Lab, tmp_path: Path) -> Judged:
    """A lab under the pack, configured by the keywords (``_`` for ``-``)."""

    def make(**config: Any) -> Lab:
        file = tmp_path / "config.json"
        rules = {name.replace("_", "-"): one for name, one in config.items()}
        file.write_text(json.dumps(rules))
        lab.packs = load([str(PACK)], [str(file)])
        return lab

    return make


def findings(done: Any) -> dict[str, Finding]:
    """Rule -> its last finding."""
    return {one.policy: one for one in done.result.review.findings}


def test_a_mandatory_violation_stops_before_the_resource_is_made(
    judged: Judged,
) -> None:
    lab = judged()
    done = lab.run("up", 'one = Thing("one", "a")\nThing("two", "big", about=one.size)')
    assert not done.result.succeeded
    assert "no-big" in done.events.failures["two"]
    found = findings(done)["no-big"]
    assert (found.pack, found.level, found.severity) == (
        "fake-pack@v1.2.3",
        "mandatory",
        "high",
    )
    assert found.message == "Nothing is big.\nbig is not allowed"
    assert found.urn.endswith("fake:index:Thing::two")
    assert lab.things() == ["one-1"]


def test_an_advisory_violation_is_told_and_stops_nothing(judged: Judged) -> None:
    lab = judged()
    done = lab.up('Thing("one", "odd")')
    assert findings(done)["no-odd"].level == "advisory"
    assert lab.things() == ["one-1"]


def test_where_nothing_is_wrong_the_packs_that_were_asked_are_told(
    judged: Judged,
) -> None:
    review = judged().up('Thing("one", "a")').result.review
    assert (review.packs, review.findings) == (("fake-pack@v1.2.3",), ())


def test_a_preview_tells_every_violation_touches_nothing_and_fails(
    judged: Judged,
) -> None:
    lab = judged()
    done = lab.run("preview", 'Thing("one", "big")\nThing("two", "odd")')
    assert not done.result.succeeded
    assert set(findings(done)) == {"no-big", "no-odd"}
    assert done.ops["two"] == "create"
    assert not lab.things()


def test_what_a_preview_does_not_know_is_told_and_stops_nothing(
    judged: Judged,
) -> None:
    text = 'one = Thing("one", "a")\nThing("two", one.size.apply(str))'
    done = judged().run("preview", text)
    assert done.result.succeeded
    found = findings(done)["no-big"]
    assert found.level == "advisory"
    assert "can't run policy 'no-big'" in found.message


@pytest.mark.parametrize("change", ['"big"', 'None, fixed="b", number=4'])
def test_a_violation_leaves_the_resource_as_it_was(judged: Judged, change: str) -> None:
    lab = judged()
    lab.up('Thing("one", "a", fixed="a")')
    before = lab.resources()["one"]
    assert not lab.run("up", f'Thing("one", {change})').result.succeeded
    assert lab.things() == ["one-1"]
    assert lab.resources()["one"]["inputs"] == before["inputs"]


def test_a_resource_that_does_not_change_is_judged_too(
    lab: Lab, judged: Judged
) -> None:
    lab.up('Thing("one", "big")')
    assert not judged().run("up").result.succeeded


def test_components_and_the_stack_are_judged(judged: Judged) -> None:
    text = 'pulumi.ComponentResource("lab:index:Part", "part")'
    done = judged(off="advisory").up(text)
    urns = [one.urn.rsplit("::", 1)[-1] for one in done.result.review.findings]
    assert urns == ["lab-test", "part"]


def test_a_configured_level_wins_over_the_packs_own(judged: Judged) -> None:
    lab = judged(no_big="advisory", no_odd="mandatory")
    assert lab.run("up", 'Thing("one", "big")').result.succeeded
    assert not lab.run("up", 'Thing("one", "odd")').result.succeeded


def test_all_sets_the_level_of_every_rule_and_a_rules_own_wins(judged: Judged) -> None:
    lab = judged(all="disabled", no_odd="mandatory")
    assert lab.run("up", 'Thing("one", "big")').result.succeeded
    assert not lab.run("up", 'Thing("one", "odd")').result.succeeded


def test_properties_have_defaults_and_can_be_configured(judged: Judged) -> None:
    text = 'Thing("one", number=4)'
    assert not judged().run("preview", text).result.succeeded
    lab = judged(at_most={"most": 4})
    assert lab.run("preview", text).result.succeeded
    lab = judged(at_most={"enforcementLevel": "advisory"})
    assert findings(lab.up(text))["at-most"].message == "Few.\n4 is above 3"


def test_a_configuration_that_a_rule_does_not_take_is_wrong_use(judged: Judged) -> None:
    lab = judged(at_most={"most": 0}, few_things={"most": "x"})
    with pytest.raises(PolicyConfigInvalid) as caught:
        lab.run("up", 'Thing("one", "a")')
    assert [one.split(":")[0] for one in caught.value.mistakes] == [
        "at-most",
        "few-things",
    ]
    assert caught.value.code == 2
    assert not lab.things()


def test_a_rule_that_the_pack_does_not_have_is_warned_of(judged: Judged) -> None:
    done = judged(no_bug="advisory").up('Thing("one", "a")')
    said = [text for severity, text in done.events.messages if severity == "warning"]
    assert said == ["fake-pack@v1.2.3 has no rule 'no-bug'; its setting is ignored"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"no-big": "strict"}', 'no-big: "strict" is no level'),
        ('{"no-big": 3}', "no-big: 3 is no level"),
        ('{"environments": ["a"]}', "`environments` need Pulumi Cloud"),
        ("[]", "must be a map of rules"),
        ("{", "cannot read"),
    ],
)
def test_a_config_file_that_is_none_is_told(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "config.json"
    file.write_text(text)
    with pytest.raises(PolicyConfigInvalid) as caught:
        load([str(PACK)], [str(file)])
    assert said in str(caught.value)


def test_an_empty_config_file_sets_nothing(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text("")
    (source,) = load([str(PACK)], [str(file)])
    assert source.settings == {}


def test_there_are_no_more_config_files_than_packs() -> None:
    with pytest.raises(PolicyConfigInvalid):
        load([], ["config.json"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "No such file"),
        ("runtime: nodejs", "its runtime is nodejs"),
        ("- a", "is no map of keys"),
        (
            "runtime: {name: python, options: {virtualenv: none}}",
            "its virtual environment none is not there",
        ),
    ],
)
def test_a_folder_that_is_no_pack_is_told(
    tmp_path: Path, text: str | None, said: str
) -> None:
    if text is not None:
        (tmp_path / "PulumiPolicy.yaml").write_text(text)
    with pytest.raises(PolicyPackInvalid) as caught:
        PackSource.load(tmp_path)
    assert said in str(caught.value)
    assert caught.value.code == 2


def test_a_pack_can_have_an_interpreter_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "venv").symlink_to(sys.prefix)
    text = "runtime: {name: python, options: {virtualenv: venv}}"
    (tmp_path / "PulumiPolicy.yaml").write_text(text)
    source = PackSource.load(tmp_path)
    assert source.python == tmp_path / "venv/bin/python"


def test_a_remedy_changes_what_the_provider_gets_and_keeps_secrets(
    judged: Judged,
) -> None:
    lab = judged()
    text = 'Thing("one", "huge", password=pulumi.Output.secret("hush"))'
    done = lab.up(text)
    assert findings(done)["cap"].level == "remediate"
    made = json.loads((lab.world / "one-1.json").read_text())
    assert made["value"] == "capped"
    assert "hush" not in lab.state_file.read_text()
    assert "ciphertext" in lab.resources()["one"]["inputs"]["password"]
    assert lab.up().ops == {}


def test_a_rule_is_told_options_provider_and_plain_values(judged: Judged) -> None:
    text = """
    top = pulumi.ComponentResource("lab:index:Part", "part")
    Thing("one", "tell", password=pulumi.Output.secret("hush"),
        opts=pulumi.ResourceOptions(
            parent=top, protect=True, ignore_changes=["fixed"],
            delete_before_replace=True,
            custom_timeouts=pulumi.CustomTimeouts(create="2m")))
    """
    found = findings(judged().up(text))["tell"]
    assert json.loads(found.message.removeprefix("It tells.\n")) == {
        "type": "fake:index:Thing",
        "name": "one",
        "protect": True,
        "ignore": ["fixed"],
        "first": True,
        "parent": "urn:pulumi:test::lab::lab:index:Part::part",
        "provider": "pulumi:providers:fake",
        "create": 120,
        "password": "hush",
    }


def test_the_stack_is_judged_at_the_end_with_outputs_and_dependencies(
    judged: Judged,
) -> None:
    lab = judged(few_things={"most": 1})
    text = 'one = Thing("one", "a")\nThing("two", one.size)'
    done = lab.run("up", text)
    assert not done.result.succeeded
    found = findings(done)["few-things"]
    assert found.message == "Few.\n2 things, the last after ['one']"
    assert found.urn.endswith("::two")
    assert lab.things() == ["one-1", "two-1"]


def test_what_is_deleted_is_no_part_of_the_stack_that_is_judged(
    judged: Judged,
) -> None:
    lab = judged(few_things={"most": 1})
    lab.run("up", 'Thing("one", "a")\nThing("two", "a")')
    assert lab.run("up", 'Thing("one", "a")').result.succeeded


def test_a_stack_that_was_not_deployed_well_is_not_judged(judged: Judged) -> None:
    lab = judged(few_things={"most": 1})
    text = 'Thing("one")\nThing("two")\nThing("three", "a", fail="create")'
    assert "few-things" not in findings(lab.run("up", text))


def test_a_rule_that_fails_stops_the_deployment_and_is_named(judged: Judged) -> None:
    lab = judged()
    done = lab.run("up", 'Thing("one", "crash")')
    assert not done.result.succeeded
    assert "fake-pack@v1.2.3 failed at urn:pulumi:test" in done.events.failures["one"]
    assert "the rule is broken" in done.events.failures["one"]
    assert not lab.things()


def test_a_pack_that_does_not_start_is_told_with_what_it_said(
    lab: Lab, tmp_path: Path
) -> None:
    (tmp_path / "PulumiPolicy.yaml").write_text("runtime: python")
    (tmp_path / "__main__.py").write_text("raise ValueError('no such thing')")
    lab.packs = [PackSource.load(tmp_path)]
    done = lab.run("up", 'Thing("one", "a")')
    assert not done.result.succeeded
    assert "did not start" in done.text
    assert "no such thing" in done.text
    assert not lab.things()


def test_two_packs_are_both_asked(judged: Judged, tmp_path: Path) -> None:
    lab = judged()
    other = tmp_path / "other"
    other.symlink_to(PACK)
    lab.packs.append(replace(lab.packs[0], directory=other, version="2.0.0"))
    done = lab.up('Thing("one", "odd")')
    packs = [one.pack for one in done.result.review.findings]
    assert packs == ["fake-pack@v1.2.3", "fake-pack@v2.0.0"]


def test_no_pack_outlives_its_deployment(judged: Judged, tmp_path: Path) -> None:
    lab = judged()
    mine = tmp_path / "a-pack-of-my-own"
    mine.symlink_to(PACK)
    lab.packs = [replace(lab.packs[0], directory=mine)]
    lab.up('Thing("one", "a")')
    listed = subprocess.check_output(["ps", "-eo", "args"], text=True)
    assert str(mine) not in listed


def test_a_pack_ends_when_its_engine_is_killed(tmp_path: Path) -> None:
    pack = [sys.executable, "-u", "-P", str(CHILD), "127.0.0.1:1", str(PACK)]
    engine = tmp_path / "engine.py"
    engine.write_text(
        f"import subprocess, time\np = subprocess.Popen({pack!r})\n"
        "print(p.pid, flush=True)\ntime.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, str(engine)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as lines:
        pid = int(lines.readline())
        assert int(lines.readline()) > 0  # the port: the pack is up
        process.send_signal(signal.SIGKILL)
        process.wait()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and is_running(pid):
        time.sleep(0.1)
    assert not is_running(pid)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat").read_text()
    return status.rpartition(")")[2].split()[0] != "Z"
