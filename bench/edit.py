"""Edit to answer: a file of the app is changed, `up` runs, the new page answers."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from bench.clone import Clone, base_image, clone
from bench.docker import answer, distribution, docker
from bench.figure import Figure, alternate, ratio, stopwatch
from bench.machine import require_docker
from embedded.azure.registry.distribution import free_port
from embedded.home import Home

TITLE = "edit to answer"
PLAIN = "docker build, push to a bare Distribution, pull, run, first answer"
LIMIT = 2.0


def measure() -> Sequence[Figure]:
    require_docker()
    with clone() as ours, clone() as theirs, distribution() as registry:
        ours.embedded("up", "--yes")
        plain = Plain(theirs, registry)
        try:
            pairs = alternate(lambda: edit(ours), plain.edit)
        finally:
            plain.clean()
    return [ratio(TITLE, pairs, LIMIT, PLAIN)]


def edit(ours: Clone) -> float:
    word = secrets.token_hex(4)
    ours.mark(word)
    with stopwatch() as seconds:
        ours.embedded("up", "--yes")
        taken = seconds()
    answer(ours.outputs()["url"], word)
    return taken


class Plain:
    """The same with plain commands; each round's container is replaced in the next."""

    def __init__(self, tree: Clone, registry: str) -> None:
        self._tree = tree
        self._repository = f"{registry}/plain"
        self._container = ""
        self._images: list[str] = []
        base = base_image(Home.find())
        self._build = ["--build-arg", f"BASE_IMAGE={base}"] if base else []

    def edit(self) -> float:
        word = secrets.token_hex(4)
        self._tree.mark(word)
        image, port = f"{self._repository}:{word}", free_port()
        self._images.append(image)
        self._end()
        with stopwatch() as seconds:
            docker("build", "-t", image, *self._build, str(self._tree.root / "app"))
            docker("push", image)
            docker("pull", image)
            publish = f"127.0.0.1:{port}:8080"
            self._container = docker("run", "-d", "-p", publish, image)
            answer(f"http://127.0.0.1:{port}", word)
            return seconds()

    def clean(self) -> None:
        self._end()
        if self._images:
            docker("rmi", *self._images)

    def _end(self) -> None:
        if self._container:
            docker("rm", "-f", self._container)
        self._container = ""
