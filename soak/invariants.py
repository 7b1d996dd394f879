"""What must hold after a crash, each as a sentence that says what is wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import docker
import httpx

from soak import processes
from soak.arm import Arm
from soak.docker_engine import connect
from soak.processes import Place
from soak.state import Names, State, Unreadable, read
from soak.tree import HOME_LABEL, IMAGE_LABEL, Tree
from soak.witness import GROUP

GROUP_TYPE = "azure-native:containerinstance:ContainerGroup"
IMAGE_TYPE = "docker:index/image:Image"
Filters = dict[str, str | list[str] | bool]
#: Seconds in which what nobody waits for must be over.
SETTLED = 20.0


@dataclass(frozen=True)
class Scene:
    """One tree, and the engine that its containers run on (None: the machine's)."""

    tree: Tree
    docker_host: str | None

    @property
    def place(self) -> Place:
        return Place(str(self.tree.root), str(self.tree.home))


def stray_processes(scene: Scene) -> Iterator[str]:
    """Once the command has ended, only the local Azure and its parts may go on."""
    rows = processes.of_tree(scene.place, processes.table())
    kept = {
        pid
        for victim in ("azure", "distribution")
        for pid in processes.find(victim, scene.place, rows)
    }
    left = processes.wait_for_end([r.pid for r in rows if r.pid not in kept], SETTLED)
    for row in rows:
        if row.pid in left:
            yield f"process {row.pid} outlives its engine: {' '.join(row.words)[:160]}"


def readable_state(scene: Scene) -> Iterator[str]:
    try:
        read(scene.tree.state_file)
    except Unreadable as error:
        yield f"the state is not readable: {error}"


def nothing_lost(scene: Scene) -> Iterator[str]:
    """What the state says was made is in the local Azure, and the image is whole."""
    state = read(scene.tree.state_file)
    going = {(p.type, p.name) for p in state.pending if p.kind == "deleting"}
    with Arm(scene.tree.home / "azure") as arm:
        for one in state.resources:
            if not one.is_arm or one.doomed or (one.type, one.name) in going:
                continue
            if arm.get(one.id, one.outputs["azureApiVersion"]) is None:
                yield f"{one.id} is in the state, and not in the local Azure"
        yield from _whole_images(arm, state)


def in_place(scene: Scene, mark: str, whole: Names) -> Iterator[str]:
    """After an `up`: state, Azure, containers and page say one and the same.

    ``whole``: what the state of a deployed stack holds.
    """
    state = read(scene.tree.state_file)
    if state.names != whole:
        lacks, more = whole - state.names, state.names - whole
        yield f"after `up` the state lacks {lacks or '{}'} and has {more or '{}'} more"
    for operation in state.pending:
        yield f"after `up` the state still holds as pending: {operation}"
    for one in state.resources:
        if one.doomed:
            yield f"after `up` {one.name} still waits for its deletion"
    yield from nothing_lost(scene)
    yield from _orphans(scene, state)
    yield from _containers(scene, state)
    yield from _page(state, mark)
    yield from _half_written(scene)


def nothing_left(scene: Scene) -> Iterator[str]:
    """After a `destroy`: no resource, container, volume, network, image, process."""
    state = read(scene.tree.state_file)
    for one in state.resources:
        yield f"after `destroy` the state still holds {one.name} ({one.type})"
    for operation in state.pending:
        yield f"after `destroy` the state still holds as pending: {operation}"
    with connect(scene.docker_host) as client:
        yield from _labelled(scene, client)
    registries = scene.tree.home / "azure/registries"
    for folder in registries.iterdir() if registries.is_dir() else ():
        yield f"the data of a registry is left: {folder.name}"
    rows = processes.of_tree(scene.place, processes.table())
    left = processes.wait_for_end([row.pid for row in rows], SETTLED)
    for row in rows:
        if row.pid in left:
            yield f"process {row.pid} is left: {' '.join(row.words)[:160]}"
    yield from _half_written(scene)


def empty_azure(scene: Scene) -> Iterator[str]:
    """If the local Azure still runs, nothing is in it."""
    try:
        with Arm(scene.tree.home / "azure") as arm:
            yield from (f"{one['id']} is left" for one in arm.groups())
    except (OSError, ValueError, httpx.HTTPError):
        return


def _whole_images(arm: Arm, state: State) -> Iterator[str]:
    for one in state.of_type(IMAGE_TYPE):
        digest = str(one.outputs.get("repoDigest", "")).partition("@")[2]
        registries = state.of_type("azure-native:containerregistry:Registry")
        if digest and registries:
            for part in arm.missing_parts(one.id, digest):
                yield f"the registry lost a part of {one.id}: {part}"


def _orphans(scene: Scene, state: State) -> Iterator[str]:
    """Everything in the local Azure is known to the state."""
    known = {one.id.lower() for one in state.resources if one.is_arm}
    with Arm(scene.tree.home / "azure") as arm:
        found = [one["id"] for one in arm.groups() if one["name"] != GROUP]
        for id_ in [*found, *arm.resources()]:
            if id_.lower() not in known:
                yield f"{id_} is in the local Azure, and not in the state"


def _containers(scene: Scene, state: State) -> Iterator[str]:
    """One running container, of the group that the state knows."""
    groups = sorted(one.id.lower() for one in state.of_type(GROUP_TYPE))
    end = time.monotonic() + SETTLED
    while (found := _running(scene)) != groups and time.monotonic() < end:
        time.sleep(0.2)
    if found != groups:
        yield f"containers run for {found}, and the records say {groups}"


def _running(scene: Scene) -> list[str]:
    filters: Filters = {"label": f"{HOME_LABEL}={scene.tree.home / 'azure'}"}
    with connect(scene.docker_host) as client:
        rows: list[Any] = client.containers.list(
            all=True, filters=filters, ignore_removed=True
        )
        return sorted(
            one.labels["acr-lab.group"]
            if one.status == "running"
            else f"{one.labels['acr-lab.group']} ({one.status})"
            for one in rows
        )


def _page(state: State, mark: str) -> Iterator[str]:
    """The app answers with the content that was asked for last."""
    url = str((state.outputs or {}).get("url", ""))
    if not url:
        yield "after `up` the stack has no output `url`"
        return
    wanted = [f"<!-- {mark} -->", str((state.outputs or {}).get("imageDigest"))]
    text, end = "", time.monotonic() + SETTLED
    while not all(one in text for one in wanted) and time.monotonic() < end:
        try:
            text = httpx.get(url, timeout=5, trust_env=False).text
        except httpx.HTTPError as error:
            text = f"{type(error).__name__}: {error}"
            time.sleep(0.2)
    missing = [one for one in wanted if one not in text]
    if missing:
        yield f"{url} does not say {missing}, but: {text[:200]!r}"


def _half_written(scene: Scene) -> Iterator[str]:
    """Files that were to replace another, and never did."""
    for pattern in ("*.part", ".*.json.*", ".*.bak.*", ".meta.yaml.*"):
        for file in scene.tree.home.rglob(pattern):
            yield f"a half-written file is left: {file.relative_to(scene.tree.home)}"
    for file in scene.tree.home.rglob("locks/*/*/*/*.json"):
        yield f"a lock is left: {file.name}"


def _labelled(scene: Scene, client: docker.DockerClient) -> Iterator[str]:
    label = f"{HOME_LABEL}={scene.tree.home / 'azure'}"
    rows = client.containers.list(
        all=True, filters={"label": label}, ignore_removed=True
    )
    built = {"label": f"{IMAGE_LABEL}={scene.tree.root}"}
    images = client.api.images(all=True, filters=built)
    # A build that was cut off leaves its last step: a container of such an image.
    for one in images:
        rows += client.containers.list(
            all=True, filters={"ancestor": one["Id"]}, ignore_removed=True
        )
        yield f"an image is left: {one['RepoTags'] or one['RepoDigests'] or one['Id']}"
    yield from (f"container {one.name} is left ({one.status})" for one in rows)
    for volume in client.volumes.list(filters={"label": label}):
        yield f"volume {volume.name} is left"
    for network in client.networks.list(filters={"label": label}):
        yield f"network {network.name} is left"
