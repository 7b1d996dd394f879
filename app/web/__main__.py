"""``python3 -m web``: serve until SIGTERM or SIGINT."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from web.server import Server, say


def main() -> int:
    """0 after a stop, 1 if the port cannot be used."""
    text = os.environ.get("PORT", "8080")
    try:
        server = Server(("0.0.0.0", int(text)))  # noqa: S104 (its own network)
    except (OSError, ValueError, OverflowError) as error:
        say("failed", port=text, reason=str(error))
        return 1

    def stop(number: int, _: FrameType | None) -> None:
        server.stop(signal.Signals(number).name)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    say("serving", port=server.server_port)
    server.serve_forever(poll_interval=0.02)
    server.server_close()
    say("stopped", answered=server.finish())
    return 0


if __name__ == "__main__":
    sys.exit(main())
