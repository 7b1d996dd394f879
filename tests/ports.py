"""Ports for the servers of tests."""

from __future__ import annotations

import random
import socket

#: Below the ports that Linux gives to outgoing connections (from 32768), and apart from
#: those of registries: a port that is free stays so until a test takes it.
RANGE = range(10_000, 20_000)


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on."""
    while True:
        port = random.choice(RANGE)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
