"""What Docker's own client sends of a folder: the truth about ignore files.

The client is the real one; in the place of the engine there is a server that keeps the
build context which it is sent.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from hypothesis import strategies as st

#: Few names and words, so that patterns meet files often.
NAMES = st.sampled_from(["a", "b", "ab", "web", "x.md", ".git", "Web", "a b"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
WORDS = ["a", "b", "web", "*", "?", "*.md", "a*", "[ab]", "[^a]", ".", "..", ""]
#: Before version 23 the client does not find these in all folders.
FOLDER_WORDS = ["**", "**", "**b"]
STARTS = ["", "", "", "!", "!", "! ", " ", "/", "#", "!/"]
ENDS = ["", "", "", "/", " ", "\r"]


def folders() -> st.SearchStrategy[tuple[list[str], str]]:
    """A folder's paths, and the text of its ignore file."""
    words = WORDS + (FOLDER_WORDS if version() >= 23 else [])
    pattern = st.builds(
        "{}{}{}".format,
        st.sampled_from(STARTS),
        st.lists(st.sampled_from(words), min_size=1, max_size=3).map("/".join),
        st.sampled_from(ENDS),
    )
    paths = st.lists(PATHS, max_size=10)
    return st.tuples(paths, st.lists(pattern, max_size=6).map("\n".join))


@cache
def version() -> int:
    """The first number of the client's; 0 where there is none."""
    if shutil.which("docker") is None:
        return 0
    said = subprocess.check_output(["docker", "--version"], text=True)
    found = re.search(r"\d+", said)
    return int(found[0]) if found else 0


#: The address of a server, and the build contexts that it was sent.
Engine = tuple[str, list[bytes]]


class _Engine(BaseHTTPRequestHandler):
    """Answers a build with an error, once it has all of the context."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(200)

    def do_GET(self) -> None:
        self._answer(200, b"OK")

    def do_POST(self) -> None:
        body = b"".join(self._chunks())
        if urlsplit(self.path).path.endswith("/build"):
            self.server.contexts.append(body)  # type: ignore[attr-defined]
        self._answer(400, b'{"message": "kept"}')

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _answer(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Api-Version", "1.41")
        self.send_header("Builder-Version", "1")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads along."""


@contextmanager
def keeping_engine() -> Iterator[Engine]:
    """A server that is taken for an engine, and builds nothing."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Engine)
    contexts: list[bytes] = []
    server.contexts = contexts  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"tcp://127.0.0.1:{server.server_port}", contexts
    server.shutdown()
    thread.join()
    server.server_close()


def sent(folder: Path, engine: Engine) -> set[str] | None:
    """All that is no folder in what `docker build` sends; None if it refuses to."""
    address, contexts = engine
    contexts.clear()
    done = subprocess.run(
        ["docker", "build", "."],
        cwd=folder,
        env={**os.environ, "DOCKER_BUILDKIT": "0", "DOCKER_HOST": address},
        capture_output=True,
        text=True,
    )
    if not contexts:
        assert "kept" not in done.stderr, done.stderr
        return None
    with tarfile.open(fileobj=io.BytesIO(contexts[0])) as archive:
        return {one.name for one in archive if not one.isdir()}


def build(folder: Path, name: str) -> None:
    """With the real engine, and the builder that every engine has."""
    command = ["docker", "build", "--quiet", "--tag", name, "."]
    environment = {**os.environ, "DOCKER_BUILDKIT": "0"}
    subprocess.run(
        command, cwd=folder, env=environment, check=True, capture_output=True
    )


def write(folder: Path, paths: Sequence[str], ignored: str) -> None:
    """A build context; a path that is in the way of another one is left out."""
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    (folder / ".dockerignore").write_bytes(ignored.encode())
    for name in paths:
        path = folder / name
        if not path.exists() and not any(one.is_file() for one in path.parents):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
