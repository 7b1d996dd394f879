"""Secrets for somebody to sign in with."""

from __future__ import annotations

from embedded.azure.passwords import password


def test_none_of_many_can_be_taken_for_an_option_and_none_is_made_twice() -> None:
    made = {password() for _ in range(1000)}
    assert len(made) == 1000
    assert all(one.isalnum() and one.isascii() and len(one) == 52 for one in made)
