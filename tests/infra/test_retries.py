"""Which failures are tried again, and how often."""

from __future__ import annotations

import asyncio

import pulumi
import pytest

from infra.retries import PullRetries

PASSING = 'Status=400 Code="InaccessibleImage" Message="…"'


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is logged, with no engine to log to."""
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", said.append)
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    return said


def decide(*errors: str, limit: int = 2) -> bool:
    failure = pulumi.ErrorHookArgs("urn", "", "n", "t", errors=list(errors))
    return asyncio.run(PullRetries(limit, 0)(failure))


def test_a_role_that_is_on_its_way_is_waited_for(quiet: list[str]) -> None:
    assert decide(PASSING)
    assert "try 1 of 2" in quiet[0]


def test_the_newest_error_decides() -> None:
    assert not decide("Code=QuotaReached", PASSING)
    assert decide(PASSING, "something before")


def test_after_the_limit_it_gives_up_and_names_the_role(quiet: list[str]) -> None:
    assert not decide(PASSING, PASSING, PASSING)
    assert "AcrPull" in quiet[-1]


def test_no_retries_means_none() -> None:
    assert not decide(PASSING, limit=0)
