"""What the app answers, logs, and how it stops."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

App = Any
FOLDER = Path(__file__).resolve().parents[2] / "app"


def test_the_page_shows_where_its_image_came_from(app: App) -> None:
    status, headers, page = app.ask("GET", "/")
    assert status == 200
    assert headers["Content-Type"].startswith("text/html")
    for fact in ("team/web", "abc", "sha256:1234", "registry.example:5000"):
        assert f"<dd>{fact}</dd>" in page


def test_what_the_environment_says_is_escaped(app: App) -> None:
    _, _, page = app.ask("GET", "/")
    assert "west&lt;europe&gt;" in page
    assert "west<europe>" not in page


def test_the_api_tells_the_same_as_json(app: App) -> None:
    status, headers, text = app.ask("GET", "/api?x=1")
    facts = json.loads(text)
    assert status == 200
    assert headers["Content-Type"].startswith("application/json")
    assert facts["image"] == "team/web"
    assert facts["tag"] == "abc"
    assert facts["region"] == "west<europe>"
    assert facts["uptimeSeconds"] >= 0


@pytest.mark.parametrize(("path", "expected"), [("/healthz", 200), ("/nothing", 404)])
def test_probes_and_strangers_get_their_status(
    app: App, path: str, expected: int
) -> None:
    assert app.ask("GET", path)[0] == expected


def test_a_head_has_the_length_and_no_body(app: App) -> None:
    status, headers, body = app.ask("HEAD", "/")
    assert status == 200
    assert int(headers["Content-Length"]) > 1000
    assert body == ""


def test_a_post_is_not_served(app: App) -> None:
    assert app.ask("POST", "/")[0] == 501


def test_every_answer_forbids_what_the_page_does_not_need(app: App) -> None:
    for path in ("/", "/api", "/nothing"):
        _, headers, _ = app.ask("GET", path)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Server"].strip() == "acr-lab"


def test_every_log_line_is_json(app: App) -> None:
    app.ask("GET", "/healthz?secret=1")
    app.ask("POST", "/")
    _, lines = app.stop()
    (request,) = [line for line in lines if line["event"] == "request"]
    assert request["path"] == "/healthz"
    assert request["status"] == 200
    assert lines[-1]["event"] == "stopped"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_signal_ends_it_with_exit_code_0(app: App, number: int) -> None:
    assert app.stop(number)[0] == 0


def test_an_idle_connection_does_not_hold_a_stop_up(app: App) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=5)
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    start = time.monotonic()
    code, _ = app.stop()
    connection.close()
    assert code == 0
    assert time.monotonic() - start < 2


def test_a_port_in_use_is_logged_and_ends_it_with_1() -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "web"],
            cwd=FOLDER,
            env={"PORT": port, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    line = json.loads(done.stdout)
    assert line["event"] == "failed"
    assert line["port"] == port
