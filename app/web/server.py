"""HTTP: ``/`` the page, ``/api`` the facts as JSON, ``/healthz`` for probes."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from web import facts, page

#: Seconds: a little less than what Docker and Azure give a container to end in.
GRACE = 8.0
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "script-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Handler(BaseHTTPRequestHandler):
    """One request. Every one is logged as a line of JSON."""

    protocol_version = "HTTP/1.1"
    server_version = "acr-lab"
    sys_version = ""
    #: Seconds after which a silent connection is closed.
    timeout = 30

    server: Server

    def do_GET(self) -> None:
        with self.server.answering():
            self._answer()

    def _answer(self) -> None:
        start = time.monotonic()
        status, kind, text = respond(self.path)
        body = text.encode()
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)
        seconds = round(time.monotonic() - start, 6)
        path = self.path.split("?")[0]
        say("request", method=self.command, path=path, status=status, seconds=seconds)

    do_HEAD = do_GET  # noqa: N815 (its base names it)

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
        """What http.server would say by itself: refused requests only."""
        if arguments and isinstance(arguments[0], HTTPStatus):
            say("refused", reason=format % arguments)


class Server(ThreadingHTTPServer):
    """Ends when the requests under way are answered; idle connections do not count."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, Handler)
        self._idle = threading.Condition()
        self._answering = 0

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Around one request: a stop waits for it."""
        with self._idle:
            self._answering += 1
        try:
            yield
        finally:
            with self._idle:
                self._answering -= 1
                self._idle.notify_all()

    def finish(self) -> bool:
        """Wait until all is answered, for as long as a container gets to stop in."""
        with self._idle:
            return self._idle.wait_for(lambda: self._answering == 0, GRACE)

    def stop(self, reason: str) -> None:
        """Take no new connection; ``serve_forever`` returns soon."""
        say("stopping", reason=reason)
        threading.Thread(target=self.shutdown).start()


def respond(path: str) -> tuple[int, str, str]:
    """Status, content type and text of a path."""
    json_type = "application/json; charset=utf-8"
    target = path.split("?")[0]
    if target == "/":
        return 200, "text/html; charset=utf-8", page.render(facts.collect())
    if target == "/api":
        return 200, json_type, json.dumps(facts.collect().as_json(), indent=2) + "\n"
    if target == "/healthz":
        return 200, json_type, '{"status": "ok"}\n'
    return 404, json_type, '{"error": "there is nothing here"}\n'


def say(event: str, **details: object) -> None:
    """A line of the log."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    line = json.dumps({"time": moment, "event": event, **details})
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
