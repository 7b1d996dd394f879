"""Which failures are tried again, and how often."""

from __future__ import annotations

import asyncio

import pulumi
import pytest

from infra.retries import LOCK, PRINCIPAL, PULL, Passing, Retries

PASSING = 'Status=400 Code="InaccessibleImage" Message="…"'
LOCKED = 'Status=409 Code="ScopeLocked" Message="…"'
MISSING = 'Status=400 Code="PrincipalNotFound" Message="…"'


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is logged, with no engine to log to."""
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "info", said.append)
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    return said


def decide(
    *errors: str,
    limit: int = 2,
    passing: Passing = PULL,
    operation: str = "create",
) -> bool:
    failure = pulumi.ErrorHookArgs(
        "urn", "", "n", "t", failed_operation=operation, errors=list(errors)
    )
    return asyncio.run(Retries(passing, limit, 0)(failure))


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


def test_a_new_identity_that_is_not_found_is_waited_for(quiet: list[str]) -> None:
    assert decide(MISSING, passing=PRINCIPAL)
    assert "the new identity is not found everywhere yet; try 1 of 2" in quiet[0]
    assert not decide(PASSING, passing=PRINCIPAL)
    assert not decide(MISSING, MISSING, MISSING, passing=PRINCIPAL)
    assert "roleRetries" in quiet[-1]


def test_a_lock_that_was_taken_off_is_waited_for_by_deletions_alone(
    quiet: list[str],
) -> None:
    assert decide(LOCKED, passing=LOCK, operation="delete")
    assert "still counts; try 1 of 2" in quiet[0]
    assert not decide(LOCKED, passing=LOCK, operation="update")
    assert not decide(LOCKED, LOCKED, passing=LOCK, operation="delete", limit=1)
    assert "lockRetries" in quiet[-1]


def test_no_error_is_no_reason_to_try_again() -> None:
    assert not decide()
