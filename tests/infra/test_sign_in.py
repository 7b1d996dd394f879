"""Signing in at a registry that does not answer is no question of roles."""

from __future__ import annotations

import socket

import pytest

from infra.sign_in import RegistrySilent, exchange


def test_a_registry_that_is_gone_is_told_with_a_way_out() -> None:
    with socket.socket() as probe:  # bound, and nobody listens
        probe.bind(("127.0.0.1", 0))
        server = f"127.0.0.1:{probe.getsockname()[1]}"
        with pytest.raises(RegistrySilent, match=f"{server} does not answer") as caught:
            exchange(server, "token")
    assert "`refresh` finds out" in str(caught.value)
    assert "AcrPush" not in str(caught.value)
