"""Property values on the wire, in the state, on the screen."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from embedded.engine.values import (
    SECRET,
    SIGNATURE,
    UNKNOWN,
    Asset,
    ResourceReference,
    Secret,
    equal,
    from_json,
    from_struct,
    mark_secrets,
    mask,
    to_json,
    to_struct,
    unwrap,
)

PLAIN = st.none() | st.booleans() | st.floats(-1e9, 1e9) | st.text(max_size=8)
KEYS = st.text(max_size=5).filter(lambda key: key != SIGNATURE)
MARKERS = (
    st.just(UNKNOWN)
    | st.builds(Secret, PLAIN)
    | st.builds(ResourceReference, st.text(max_size=5), st.text(max_size=3))
    | st.just(Asset((("text", "x"),)))
)
VALUES = st.recursive(
    PLAIN | MARKERS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
    ),
    max_leaves=8,
)


def encrypt(text: str) -> str:
    return text[::-1]


@given(st.dictionaries(KEYS, VALUES))
def test_the_wire_gives_back_what_it_was_given(properties: dict[str, Any]) -> None:
    assert from_struct(to_struct(properties)) == properties


@given(st.dictionaries(KEYS, VALUES))
def test_the_state_gives_back_what_it_was_given(properties: dict[str, Any]) -> None:
    text = json.dumps(to_json(properties, encrypt))
    assert from_json(json.loads(text), encrypt) == properties


@given(VALUES)
def test_nothing_secret_is_left_when_it_is_masked(value: Any) -> None:
    shown = json.dumps(mask({"a": Secret("hunter2"), "b": value}))
    assert "hunter2" not in shown


@given(VALUES)
def test_secrecy_is_no_difference(value: Any) -> None:
    assert equal(Secret(value), value)
    assert unwrap(Secret(value)) == unwrap(value)


def test_without_secrets_the_wire_carries_the_bare_value() -> None:
    struct = to_struct({"a": [Secret("x")]}, keep_secrets=False)
    assert from_struct(struct) == {"a": ["x"]}


def test_whole_numbers_are_written_without_a_fraction() -> None:
    assert json.dumps(to_json({"n": 3.0, "f": 0.5}, encrypt)) == '{"n": 3, "f": 0.5}'


def test_a_secret_s_plaintext_is_its_json() -> None:
    body = to_json(Secret({"a": 1.0}), encrypt)
    assert body == {SIGNATURE: SECRET, "ciphertext": encrypt('{"a":1}')}


def test_what_went_in_secret_comes_out_secret_at_the_same_place() -> None:
    inputs = {"map": {"k": Secret("x"), "p": 1.0}, "plain": 2.0}
    outputs = {"map": {"k": "x", "p": 1.0, "new": 3.0}, "plain": 2.0}
    marked = mark_secrets(outputs, inputs)
    assert marked == {"map": {"k": Secret("x"), "p": 1.0, "new": 3.0}, "plain": 2.0}


def test_a_list_with_a_secret_in_it_comes_out_secret_as_a_whole() -> None:
    inputs = {"list": [{"k": Secret("x")}, {"p": 1.0}]}
    outputs = {"list": [{"k": "x"}, {"p": 1.0}]}
    assert mark_secrets(outputs, inputs) == {"list": Secret(outputs["list"])}
    assert mark_secrets(outputs, outputs) == outputs
