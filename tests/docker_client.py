"""What Docker's own client sends of a folder: the truth about ignore files.

The client is the real one; in the place of the engine there is a server that keeps the
build context which it is sent.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from hypothesis import strategies as st

#: A tree so full that a pattern which is read another way shows in it.
TREE = [
    *("x", "xb", "a b", "A"),
    *(f"{one}/x" for one in ("a", "b", "ab")),
    *(f"{one}/{two}/{x}" for one in ("a", "b") for two in ("a", "ab") for x in "abx"),
]
WORDS = ["a", "b", "x", "*", "?", "a*", "*b", "[ab]", "[^a]"]
#: Before version 23 the client does not find these in all folders.
FOLDER_WORDS = ["**", "**", "**", "**b"]
STARTS = ["", "", "", "!", "!", "!", "! ", " ", "/", "#", "./", "../", "!/", "x/../"]
ENDS = ["", "", "", "", "/", " ", "/.", "\r"]


def ignore_files() -> st.SearchStrategy[str]:
    words = WORDS + (FOLDER_WORDS if version() >= 23 else [])
    pattern = st.builds(
        "{}{}{}".format,
        st.sampled_from(STARTS),
        st.lists(st.sampled_from(words), min_size=1, max_size=3).map("/".join),
        st.sampled_from(ENDS),
    )
    return st.lists(pattern, min_size=2, max_size=6).map("\n".join)


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


def load_image(name: str, architecture: str) -> None:
    """An image of one empty layer, for Linux. In the form of ``docker save``:
    https://github.com/moby/docker-image-spec/blob/main/v1.2.md"""
    layer = _archive({})
    config = {
        "architecture": architecture,
        "os": "linux",
        "config": {"Cmd": ["/none"]},
        "rootfs": {
            "type": "layers",
            "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"],
        },
    }
    manifest = [{"Config": "config.json", "Layers": ["layer.tar"], "RepoTags": [name]}]
    image = {
        "config.json": json.dumps(config).encode(),
        "layer.tar": layer,
        "manifest.json": json.dumps(manifest).encode(),
    }
    command = ["docker", "load", "--quiet"]
    subprocess.run(command, input=_archive(image), check=True, capture_output=True)


def _archive(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


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
