"""Steps that fail: what is kept, what goes on, and what error hooks decide."""

from __future__ import annotations

from typing import Any

Lab = Any


def test_a_failed_step_keeps_what_was_done_and_a_later_update_goes_on(
    lab: Lab,
) -> None:
    text = """
    one = Thing("one", "a")
    Thing("two", one.size, fail="{}")
    pulumi.export("done", one.size)
    """
    failed = lab.run("up", text.format("create"))
    assert not failed.result.succeeded
    assert failed.events.failures == {"two": "the thing refuses to create"}
    assert lab.things() == ["one-1"]
    assert "two" not in lab.resources()
    assert lab.up(text.format("")).ops == {"two": "create"}


def test_a_failure_does_not_wipe_the_outputs_of_the_stack(lab: Lab) -> None:
    lab.up('pulumi.export("kept", "x")\npulumi.export("also", "y")')
    failed = lab.run("up", 'pulumi.export("kept", "z")\nraise ValueError("boom")')
    assert not failed.result.succeeded
    assert failed.result.outputs == {"kept": "z", "also": "y"}
    assert "ValueError: boom" in failed.text


def test_a_half_created_resource_is_in_the_state_and_mended_by_an_update(
    lab: Lab,
) -> None:
    failed = lab.run("up", 'Thing("one", "a", fail="partial")')
    assert not failed.result.succeeded
    assert lab.resources()["one"]["initErrors"] == ["it is not well"]
    assert lab.up('Thing("one", "a")').ops == {"one": "update"}
    assert "initErrors" not in lab.resources()["one"]


def test_a_failed_update_keeps_the_old_inputs(lab: Lab) -> None:
    lab.up('Thing("one", "a")')
    assert not lab.run("up", 'Thing("one", "b", fail="update")').result.succeeded
    assert lab.resources()["one"]["inputs"]["value"] == "a"


def test_a_failed_delete_keeps_the_resource_and_what_it_needs(lab: Lab) -> None:
    lab.up('one = Thing("one", "a")\nThing("two", one.size, fail="delete")')
    assert not lab.run("destroy").result.succeeded
    assert {"one", "two"} <= set(lab.resources())


def test_an_error_hook_decides_whether_a_failed_create_is_retried(lab: Lab) -> None:
    text = """
    def again(arguments):
        return "NotYet" in arguments.errors[0] and len(arguments.errors) < 3

    hook = pulumi.ErrorHook("again", again)
    binding = pulumi.ResourceHookBinding(on_error=[hook])
    Thing("one", "a", fail="{}", opts=pulumi.ResourceOptions(hooks=binding))
    """
    lab.up(text.format("once"))
    assert lab.calls() == ["create one", "create one"]
    failed = lab.run("up", text.format("create").replace('"one"', '"two"'))
    assert not failed.result.succeeded
    assert lab.calls().count("create two") == 1


HOOKED = """
def again(arguments):
    return arguments.failed_operation == "delete" and len(arguments.errors) < 3

hook = pulumi.ErrorHook("again", again)
binding = pulumi.ResourceHookBinding(on_error=[hook])
options = pulumi.ResourceOptions(hooks=binding)
"""


def hooked(*things: str) -> str:
    return HOOKED + "".join(
        f'Thing("{one}", "a", fail="once deleted", opts=options)\n' for one in things
    )


def test_an_error_hook_decides_about_deletions_at_the_end_of_an_update(
    lab: Lab,
) -> None:
    lab.up(hooked("one"))
    assert lab.resources()["one"]["resourceHooks"] == {"OnError": ["again"]}
    lab.forget_calls()
    assert lab.up(hooked()).ops == {"one": "delete"}
    assert lab.calls() == ["delete one-1", "delete one-1"]


def test_a_destroy_that_runs_the_program_has_its_error_hooks(lab: Lab) -> None:
    lab.up(hooked("one"))
    lab.forget_calls()
    done = lab.run("destroy", hooked("one", "never"), run_program=True)
    assert done.result.succeeded, done.text
    assert lab.calls() == ["delete one-1", "delete one-1"]
    assert lab.resources() == {}


def test_a_destroy_that_runs_no_program_fails_as_the_provider_does(lab: Lab) -> None:
    lab.up(hooked("one"))
    failed = lab.run("destroy")
    assert not failed.result.succeeded
    assert "Code=NotYet" in failed.text
    assert lab.run("destroy").result.succeeded
