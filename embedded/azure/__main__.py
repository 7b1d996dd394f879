"""``python -m embedded.azure --home DIR --port N``: the local Azure in the foreground.

When it answers it prints one JSON line, ``{"ready": true, "url": …}``. SIGTERM ends it.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import logging
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from embedded.azure.server import Azure, listen, make_server
from embedded.azure.service import Settings
from embedded.azure.store import StoreDamaged

#: Exit code where the records cannot be read; otherwise it is 0 or 1.
STORE_DAMAGED = 4


def main() -> int:
    options = _options()
    settings = _settings(options)
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for name in ("httpx", "httpcore", "urllib3", "docker", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.home / "lock").open("w") as lock:
        if not _is_ours(lock):
            sys.stderr.write(
                f"error: another local Azure uses {settings.home}. Stop it first, or "
                "give this one another --home.\n"
            )
            return 1
        try:
            sockets = listen(settings.port)
        except OSError as error:
            sys.stderr.write(
                f"error: port {settings.port} cannot be used: {error.strerror}. Stop "
                "what listens there, or give another --port.\n"
            )
            return 1
        try:
            asyncio.run(_serve(settings, sockets, options.starting))
        except StoreDamaged as error:
            sys.stderr.write(f"error: {error}\n")
            return STORE_DAMAGED
        except Exception as error:
            logging.exception("it ends")
            sys.stderr.write(f"error: {type(error).__name__}: {error}\n")
            return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m embedded.azure")
    parser.add_argument("--home", type=Path, required=True, help="all that it keeps")
    parser.add_argument("--port", type=int, default=4747)
    for delay in ("role", "principal", "lock"):
        option = f"--{delay}-delay"
        parser.add_argument(option, type=float, default=0.0, metavar="SECONDS")
    parser.add_argument(
        "--starting", type=int, metavar="FD", help="is closed when it answers"
    )
    return parser.parse_args()


def _settings(options: argparse.Namespace) -> Settings:
    return Settings(
        options.home.resolve(),
        options.port,
        options.role_delay,
        options.principal_delay,
        options.lock_delay,
    )


def _is_ours(lock: IO[str]) -> bool:
    """Whether no other process works on the same home."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


async def _serve(
    settings: Settings, sockets: list[socket.socket], starting: int | None
) -> None:
    azure = Azure(settings)
    server = make_server(azure, lambda: _announce(settings, starting))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, setattr, server, "should_exit", True)
    await azure.start()
    azure.write_connection()
    await server.serve(sockets)
    await azure.stop()


def _announce(settings: Settings, starting: int | None) -> None:
    """Whoever started it may be gone: that is no reason to end."""
    if starting is not None:
        os.close(starting)
    line = json.dumps({"ready": True, "url": settings.base_url})
    with suppress(BrokenPipeError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
