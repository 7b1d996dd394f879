"""A container group of one container, its image present, against plain docker."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import httpx

from bench.clone import base_image
from bench.cloud import (
    CONTAINERS,
    LOCATION,
    NOBODY,
    Json,
    good,
    local_azure,
    make_group,
    make_registry,
    refresh_token,
)
from bench.docker import docker
from bench.figure import Figure, alternate, ratio, stopwatch
from bench.machine import require_docker
from embedded.azure.registry.distribution import free_port
from embedded.home import PROJECT, Home

TITLE = "container group"
LIMIT = 1.3
PORT, CPUS, GIGABYTES = 8080, 1, 1.5


def measure() -> Sequence[Figure]:
    require_docker()
    with local_azure() as azure, azure.arm() as arm:
        group = make_group(arm, azure)
        server = make_registry(arm, group)["properties"]["loginServer"]
        password = refresh_token(azure, server)
        with image(server, password) as name:
            body = container_group(name, server, password)
            path = f"{group}/providers/Microsoft.ContainerInstance/containerGroups/one"
            rounds = alternate(lambda: ours(arm, path, body), lambda: plain(name))
    creates = [(a[0], b[0]) for a, b in rounds]
    deletes = [(a[1], b[1]) for a, b in rounds]
    return [
        ratio("create of a container group", creates, LIMIT, "`docker run -d`"),
        ratio("delete of a container group", deletes, LIMIT, "`docker rm -f`"),
    ]


def ours(arm: httpx.Client, path: str, body: Json) -> tuple[float, float]:
    """Seconds for a create, followed to its end, and for a delete."""
    with stopwatch() as seconds:
        answer = arm.put(path, params=CONTAINERS, json=body)
        good(answer)
        follow(arm, answer.headers["Azure-AsyncOperation"])
        created = seconds()
    with stopwatch() as seconds:
        good(arm.delete(path, params=CONTAINERS))
        return created, seconds()


def follow(arm: httpx.Client, url: str) -> None:
    """As azure-native does it: the server says how long to wait between two looks."""
    while True:
        answer = arm.get(url)
        status = good(answer)["status"]
        if status != "InProgress":
            assert status == "Succeeded", answer.text
            return
        time.sleep(float(answer.headers["retry-after-ms"]) / 1000)


def plain(name: str) -> tuple[float, float]:
    """The same container, with the same limits and one published port."""
    publish = f"127.0.0.1:{free_port()}:{PORT}"
    limits = ["--cpus", str(CPUS), "--memory", f"{GIGABYTES}g"]
    with stopwatch() as seconds:
        container = docker("run", "-d", "-p", publish, *limits, name)
        created = seconds()
    with stopwatch() as seconds:
        docker("rm", "-f", container)
        return created, seconds()


@contextmanager
def image(server: str, password: str) -> Iterator[str]:
    """The app's image, pushed to the registry and present on the engine."""
    name = f"{server}/bench:1"
    base = base_image(Home.find())
    arguments = ["--build-arg", f"BASE_IMAGE={base}"] if base else []
    docker("build", "-t", name, *arguments, str(PROJECT / "app"))
    try:
        docker("push", name, login=(server, NOBODY, password))
        yield name
    finally:
        docker("rmi", "-f", name)


def container_group(name: str, server: str, password: str) -> Json:
    """The body of its PUT."""
    login = {"server": server, "username": NOBODY, "password": password}
    port = {"port": PORT, "protocol": "TCP"}
    needs = {"requests": {"cpu": CPUS, "memoryInGB": GIGABYTES}}
    container = {"image": name, "ports": [{"port": PORT}], "resources": needs}
    return {
        "location": LOCATION,
        "properties": {
            "osType": "Linux",
            "imageRegistryCredentials": [login],
            "ipAddress": {"type": "Public", "ports": [port]},
            "containers": [{"name": "web", "properties": container}],
        },
    }
