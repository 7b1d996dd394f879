"""A GitHub of one repository, as far as the workflows ask it, and logs to tell."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from pipeline.github import GitHub

Json = dict[str, Any]
REPOSITORY = "lab/acr-lab"
TOKEN = "token-of-the-job"
COMMIT = "c" * 40
BOT = "github-actions[bot]"


class FakeGitHub:
    """What there is, and what was asked."""

    def __init__(self) -> None:
        self.pulls: list[Json] = []
        self.comments: list[Json] = []
        self.artifacts: dict[str, bytes] = {}
        self.environments: dict[str, Json] = {}
        self.requests: list[tuple[str, str, str]] = []
        self.address = ""

    def pull(self, number: int, owner: str = "fork", **changes: Any) -> None:
        repository = 1 if owner == "lab" else 2
        head = {
            "sha": COMMIT,
            "label": f"{owner}:topic",
            "repo": {"id": repository},
            **changes,
        }
        self.pulls.append({"number": number, "head": head})

    def comment(self, number: int, body: str, author: str = BOT) -> None:
        row = {"id": len(self.comments) + 1, "issue": number, "body": body}
        self.comments.append({**row, "user": {"login": author}})

    def artifact(self, name: str, files: Mapping[str, str]) -> None:
        """``NAME~2`` is that of a second attempt at the run: GitHub keeps both."""
        self.artifacts[name] = archive(files)

    def answer(self, path: str, query: Mapping[str, list[str]]) -> tuple[int, Any]:
        page = int(query.get("page", ["1"])[0])
        size = int(query.get("per_page", ["100"])[0])
        part = slice((page - 1) * size, page * size)
        names = sorted(self.artifacts)
        match path.split("/"):
            case ["pulls"]:
                head = query["head"][0]
                rows = [one for one in self.pulls if one["head"]["label"] == head]
                return 200, rows[part]
            case ["issues", number, "comments"]:
                rows = [one for one in self.comments if one["issue"] == int(number)]
                return 200, rows[part]
            case ["actions", "runs", "7", "artifacts"]:
                listed = [
                    {"id": index, "name": name.split("~")[0], "expired": False}
                    for index, name in reversed([*enumerate(names)])
                ]
                return 200, {"artifacts": listed[part]}
            case ["actions", "artifacts", index, "zip"]:
                return 302, f"{self.address}/blob/{names[int(index)]}"
            case ["environments", name] if name in self.environments:
                return 200, self.environments[name]
        return 404, {"message": "Not Found"}

    def write(self, method: str, path: str, body: Json) -> None:
        match method, path.split("/"):
            case "POST", ["issues", number, "comments"]:
                self.comment(int(number), body["body"])
            case "PATCH", ["issues", "comments", id_]:
                (one,) = (row for row in self.comments if row["id"] == int(id_))
                one["body"] = body["body"]


def archive(files: Mapping[str, str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return made.getvalue()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, world: FakeGitHub) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.world = world
        world.address = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.note()
        world, parts = self.server.world, urlsplit(self.path)
        blob = parts.path.removeprefix("/blob/")
        if blob != parts.path:
            return self.reply(200, world.artifacts[blob])
        path = unquote(parts.path).removeprefix(f"/repos/{REPOSITORY}/")
        status, body = world.answer(path, parse_qs(parts.query))
        if status == 302:
            return self.reply(302, b"", body)
        return self.reply(status, json.dumps(body).encode())

    def do_POST(self) -> None:
        self.note()
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        path = self.path.removeprefix(f"/repos/{REPOSITORY}/")
        self.server.world.write(self.command, path, body)
        self.reply(201, b"{}")

    def do_PATCH(self) -> None:
        self.do_POST()

    def note(self) -> None:
        token = self.headers.get("Authorization", "")
        self.server.world.requests.append((self.command, self.path, token))

    def reply(self, status: int, body: bytes, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def world() -> Iterator[FakeGitHub]:
    made = FakeGitHub()
    server = Server(made)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def github(world: FakeGitHub) -> GitHub:
    return GitHub(REPOSITORY, TOKEN, world.address)


def event(owner: str = "fork", **changes: Any) -> Json:
    """A `workflow_run` event about COMMIT, as GitHub sends it."""
    repository = {"id": 1 if owner == "lab" else 2, "owner": {"login": owner}}
    run = {
        "id": 7,
        "head_sha": COMMIT,
        "head_branch": "topic",
        "head_repository": repository,
        "html_url": "https://github.com/lab/acr-lab/actions/runs/7",
        **changes,
    }
    return {"workflow_run": run, "repository": {"id": 1}}


@pytest.fixture
def run_event() -> Any:
    return event


def log(*events: tuple[str, Json], result: str = "succeeded", **sums: Any) -> str:
    """A log of events, with its sum as the last line."""
    summary = {"result": result, "durationSeconds": 3, "resourceChanges": {}, **sums}
    rows = [*events, ("summaryEvent", summary)]
    return "\n".join(json.dumps({name: body}) for name, body in rows)


@pytest.fixture
def write_log() -> Any:
    return log
