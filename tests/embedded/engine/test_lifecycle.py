"""The life of resources, run by real programs and a real provider process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from embedded.engine.backend import FileBackend
from embedded.engine.errors import EngineError, WrongPassphrase

Lab = Any

TWO = """
one = Thing("one", "a")
two = Thing("two", one.size.apply(lambda n: n * 2))
pulumi.export("size", two.size)
"""


def test_an_update_creates_in_the_order_of_dependencies_and_exports(lab: Lab) -> None:
    done = lab.up(TWO)
    assert lab.calls() == ["create one", "create two"]
    assert done.result.outputs == {"size": 3.0}
    assert lab.resources()["two"]["dependencies"] == [lab.resources()["one"]["urn"]]


def test_a_second_update_changes_nothing(lab: Lab) -> None:
    lab.up(TWO)
    before = lab.resources()
    done = lab.up()
    assert done.ops == {}
    assert lab.calls() == ["create one", "create two"]
    assert lab.resources() == before


def test_a_preview_touches_nothing_and_knows_what_would_come(lab: Lab) -> None:
    done = lab.run("preview", TWO)
    assert done.ops == {"lab-test": "create", "one": "create", "two": "create"}
    assert not lab.things()
    assert not lab.state_file.exists()


def test_a_changed_value_is_an_update_in_place(lab: Lab) -> None:
    lab.up('Thing("one", "a")')
    done = lab.up('Thing("one", "b")')
    assert done.ops == {"one": "update"}
    assert done.events.details["one"] == {"value": "update"}
    assert lab.things() == ["one-1"]


def test_a_replacement_is_created_before_the_old_one_is_deleted(lab: Lab) -> None:
    lab.up('Thing("one", fixed="a")')
    lab.forget_calls()
    done = lab.up('Thing("one", fixed="b")')
    assert done.result.changes["replace"] == 1
    assert lab.calls() == ["create one", "delete one-1"]
    assert lab.things() == ["one-2"]


def test_delete_before_replace_takes_dependents_that_must_follow_along(
    lab: Lab,
) -> None:
    text = """
    one = Thing("one", fixed="{}", first=True)
    two = Thing("two", fixed=one.size, first=True)
    Thing("three", opts=pulumi.ResourceOptions(depends_on=[one]))
    """
    lab.up(text.format("a"))
    lab.forget_calls()
    lab.up(text.format("b"))
    assert lab.calls() == ["delete two-1", "delete one-1", "create one", "create two"]


def test_the_option_delete_before_replace_wins_over_the_provider(lab: Lab) -> None:
    text = """
    options = pulumi.ResourceOptions(delete_before_replace=True)
    Thing("one", fixed="{}", opts=options)
    """
    lab.up(text.format("a"))
    lab.forget_calls()
    lab.up(text.format("b"))
    assert lab.calls() == ["delete one-1", "create one"]


def test_replace_on_changes_turns_an_update_into_a_replacement(lab: Lab) -> None:
    text = """
    options = pulumi.ResourceOptions(replace_on_changes=["value"])
    Thing("one", "{}", other="{}", opts=options)
    """
    lab.up(text.format("a", "a"))
    assert lab.up(text.format("a", "b")).ops == {"one": "update"}
    assert lab.up(text.format("b", "b")).result.changes["replace"] == 1


def test_a_replacement_trigger_replaces_what_has_not_changed(lab: Lab) -> None:
    text = """
    options = pulumi.ResourceOptions({}delete_before_replace=True)
    Thing("one", "a", opts=options)
    """
    trigger = 'replacement_trigger="{}", '
    lab.up(text.format(""))
    assert lab.up(text.format(trigger.format("x"))).ops == {}
    assert lab.resources()["one"]["replacementTrigger"] == "x"
    assert lab.up(text.format(trigger.format("x"))).ops == {}
    lab.forget_calls()
    assert lab.up(text.format(trigger.format("y"))).result.changes["replace"] == 1
    assert lab.calls() == ["delete one-1", "create one"]
    assert lab.up(text.format("")).ops == {}


def test_ignored_changes_keep_the_old_input(lab: Lab) -> None:
    text = """
    options = pulumi.ResourceOptions(ignore_changes=["value"])
    Thing("one", "{}", opts=options)
    """
    lab.up(text.format("a"))
    assert lab.up(text.format("b")).ops == {}
    assert lab.resources()["one"]["inputs"]["value"] == "a"


def test_what_is_no_longer_declared_is_deleted_dependents_first(lab: Lab) -> None:
    lab.up(TWO)
    lab.forget_calls()
    done = lab.up("")
    assert lab.calls() == ["delete two-1", "delete one-1"]
    assert done.ops == {"one": "delete", "two": "delete"}


def test_a_destroy_leaves_no_resource_in_the_state(lab: Lab) -> None:
    lab.up(TWO)
    done = lab.run("destroy")
    assert done.result.succeeded
    assert lab.things() == []
    assert lab.resources() == {}


def test_a_protected_resource_is_neither_deleted_nor_replaced(lab: Lab) -> None:
    text = 'Thing("one", fixed="{}", opts=pulumi.ResourceOptions(protect=True))'
    lab.up(text.format("a"))
    for failed in (lab.run("destroy"), lab.run("up", text.format("b"))):
        assert not failed.result.succeeded
        assert "protect" in failed.text
    assert lab.things() == ["one-1"]


def test_a_retained_resource_leaves_the_state_only(lab: Lab) -> None:
    lab.up('Thing("one", opts=pulumi.ResourceOptions(retain_on_delete=True))')
    lab.up("")
    assert "one" not in lab.resources()
    assert lab.things() == ["one-1"]


def test_an_alias_keeps_the_resource_under_its_new_name(lab: Lab) -> None:
    lab.up('Thing("old", "a")')
    lab.forget_calls()
    text = """
    options = pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")])
    Thing("new", "b", opts=options)
    """
    assert lab.up(text).ops == {"new": "update"}
    assert lab.things() == ["old-1"]
    assert "old" not in lab.resources()


def test_components_hold_their_children_and_outputs(lab: Lab) -> None:
    text = """
    class Pair(pulumi.ComponentResource):
        def __init__(self, name):
            super().__init__("lab:index:Pair", name)
            own = pulumi.ResourceOptions(parent=self)
            self.one = Thing(f"{name}-one", "a", opts=own)
            self.register_outputs({"size": self.one.size})

    pulumi.export("size", Pair("pair").one.size)
    """
    lab.up(text)
    assert lab.resources()["pair"]["outputs"] == {"size": 3}
    child = lab.resources()["pair-one"]
    assert child["urn"].split("::")[2] == "lab:index:Pair$fake:index:Thing"
    assert child["parent"] == lab.resources()["pair"]["urn"]
    assert lab.up().ops == {}


def test_secrets_are_nowhere_in_the_state_in_plain_text(lab: Lab) -> None:
    text = """
    hidden = pulumi.Output.secret("hunter2")
    one = Thing("one", hidden, opts=pulumi.ResourceOptions(
        additional_secret_outputs=["size"]))
    pulumi.export("hidden", hidden)
    pulumi.export("size", one.size)
    """
    lab.up(text)
    folder = lab.folder / "state"
    texts = [file.read_text() for file in folder.rglob("*.json")]
    assert texts
    assert not any("hunter2" in one for one in texts)
    assert "ciphertext" in lab.resources()["one"]["outputs"]["size"]
    before = lab.resources()
    assert lab.up().ops == {}
    assert lab.resources() == before


def test_a_settings_file_that_was_lost_gets_the_salt_of_the_state(lab: Lab) -> None:
    program = 'Thing("one", pulumi.Output.secret("hunter2"))'
    lab.up(program)
    file = lab.project / "Pulumi.test.yaml"
    before = file.read_text()
    file.unlink()
    assert lab.up(program).ops == {}
    assert file.read_text() == before


def test_a_refresh_drops_what_is_gone_and_takes_over_what_changed(lab: Lab) -> None:
    lab.up('Thing("one", "a")\nThing("two", "b")')
    (lab.world / "one-1.json").unlink()
    (lab.world / "two-1.json").write_text('{"value": "changed"}')
    done = lab.run("refresh")
    assert done.ops == {"one": "delete", "two": "refresh"}
    assert "one" not in lab.resources()
    assert lab.up().ops == {"one": "create", "two": "update"}


def test_a_provider_that_dies_is_named(lab: Lab) -> None:
    failed = lab.run("up", 'Thing("one", fail="die")')
    assert not failed.result.succeeded
    assert "'fake' ended with code 9" in failed.text


def test_what_was_written_after_a_step_does_not_call_it_unfinished(lab: Lab) -> None:
    states: list[Any] = []
    original = FileBackend.save

    def save(*arguments: Any) -> None:
        states.append(arguments[-1])
        original(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FileBackend, "save", save)
        lab.up('Thing("one", "a")')
    for body in states:
        there = {one["urn"] for one in body.get("resources", [])}
        pending = {o["resource"]["urn"] for o in body.get("pending_operations", [])}
        assert not there & pending
    assert any(body.get("pending_operations") for body in states)


def test_a_check_failure_names_property_and_reason(lab: Lab) -> None:
    failed = lab.run("up", 'Thing("one", "bad")')
    assert not failed.result.succeeded
    assert "value: it is bad" in failed.text


def test_an_invoke_answers_and_its_failure_is_the_program_s(lab: Lab) -> None:
    text = """
    answer = pulumi.runtime.invoke("fake:index:f", {{"text": "{}"}}).value
    pulumi.export("x", answer["shout"])
    """
    assert lab.up(text.format("hi")).result.outputs == {"x": "HI"}
    failed = lab.run("up", text.format("bad"))
    assert "text: it is bad" in failed.text


@pytest.mark.parametrize(
    ("option", "named"),
    [
        ("import_='x'", "import_"),
        ("plugin_download_url='http://x'", "plugin_download_url"),
    ],
)
def test_an_unsupported_option_is_refused_by_name(
    lab: Lab, option: str, named: str
) -> None:
    failed = lab.run("up", f'Thing("one", opts=pulumi.ResourceOptions({option}))')
    assert not failed.result.succeeded
    assert f"does not support the option `{named}`" in failed.text
    assert lab.things() == []


def test_a_name_that_is_used_twice_is_an_error(lab: Lab) -> None:
    failed = lab.run("up", 'Thing("one")\nThing("one")')
    assert not failed.result.succeeded
    assert "declared twice" in failed.text


def test_an_explicit_provider_gets_its_own_configuration(lab: Lab) -> None:
    text = """
    class Fake(pulumi.ProviderResource):
        def __init__(self, name, **inputs):
            super().__init__("fake", name, inputs)

    Thing("one", "a", opts=pulumi.ResourceOptions(provider=Fake("mine", place="x")))
    """
    lab.up(text)
    calls = (lab.world / "calls").read_text()
    assert '"fake:config:place": "x"' in calls
    assert "::mine::" in lab.resources()["one"]["provider"]
    assert lab.up().ops == {}
    assert lab.run("destroy").result.succeeded


def test_configuration_reaches_program_and_provider(lab: Lab) -> None:
    (lab.project / "Pulumi.test.yaml").write_text(
        "config:\n  lab:word: hello\n  fake:place: here\n"
    )
    lab.up('pulumi.export("word", pulumi.Config().require("word"))')
    lab.up('Thing("one")')
    assert '"fake:config:place": "here"' in (lab.world / "calls").read_text()


def test_a_wrong_passphrase_touches_nothing(lab: Lab) -> None:
    lab.up('Thing("one", "a")')
    before = lab.state_file.read_text()
    lab.settings["PULUMI_CONFIG_PASSPHRASE"] = "wrong"
    with pytest.raises(WrongPassphrase, match="PULUMI_CONFIG_PASSPHRASE"):
        lab.run("up")
    assert lab.state_file.read_text() == before


def test_a_missing_provider_is_named_with_the_folders(lab: Lab) -> None:
    (lab.folder / "bin/pulumi-resource-fake").unlink()
    failed = lab.run("up", 'Thing("one")')
    assert not failed.result.succeeded
    assert "pulumi-resource-fake" in failed.text


def test_a_damaged_state_file_is_named_and_left_alone(lab: Lab) -> None:
    lab.up('Thing("one", "a")')
    lab.state_file.write_text("{")
    with pytest.raises(EngineError, match=r"test\.json is damaged"):
        lab.run("up")
    assert lab.state_file.read_text() == "{"
    assert Path(f"{lab.state_file}.bak").exists()
