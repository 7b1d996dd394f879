"""Passwords of the pull token: when another one is made, and how long each lives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import arm
from infra.pull_token import DAY, PasswordProvider, Term

MOMENTS = st.floats(0, 4e9)
DAYS = st.integers(1, 365)
TOKEN = "/subscriptions/s/registries/r/tokens/puller"


def end(term: Term) -> float:
    return datetime.fromisoformat(term.expiry).timestamp()


@given(MOMENTS, DAYS)
def test_a_password_lives_for_one_to_two_terms(now: float, days: int) -> None:
    left = end(Term.at(now, days)) - now
    assert days * DAY <= left <= 2 * days * DAY


@given(MOMENTS, DAYS)
def test_the_next_password_is_the_other_one_and_the_last_still_counts(
    now: float, days: int
) -> None:
    one, next_ = Term.at(now, days), Term.at(now + days * DAY, days)
    assert one.password != next_.password
    assert end(one) > now + days * DAY


@given(MOMENTS, DAYS)
def test_within_a_term_nothing_changes(now: float, days: int) -> None:
    term = Term.at(now, days)
    start = term.number * term.seconds
    assert Term.at(start, days) == term


@pytest.mark.parametrize(
    ("change", "replaces"),
    [
        ({}, []),
        ({"armToken": "newer"}, []),
        ({"expiry": "2028"}, ["expiry"]),
        ({"token": "/other", "password": "password2"}, ["password", "token"]),
    ],
)
def test_only_another_token_or_term_makes_another_password(
    change: dict[str, str], replaces: list[str]
) -> None:
    old = {"expiry": "2027", "password": "password1", "token": TOKEN}
    found = PasswordProvider().diff("id", old, {**old, "armToken": "new", **change})
    assert found.changes is bool(replaces)
    assert found.replaces == replaces


def test_the_password_that_was_asked_for_is_the_one_that_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[Any, ...]] = []

    def post(*arguments: Any) -> Any:
        asked.append(arguments)
        rows = [{"name": "password1"}, {"name": "password2", "value": "sesame"}]
        return {"passwords": rows}

    monkeypatch.setattr(arm, "post", post)
    props = {"expiry": "2027", "password": "password2", "token": TOKEN}
    made = PasswordProvider().create({**props, "armToken": "mine"})
    assert made.outs == {**props, "value": "sesame"}
    ((path, _, body, token),) = asked
    assert path == "/subscriptions/s/registries/r/generateCredentials"
    assert body == {"tokenId": TOKEN, "name": "password2", "expiry": "2027"}
    assert token == "mine"
