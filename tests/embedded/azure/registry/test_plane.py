"""The life of the parts behind a registry: restart, crash, removal, foreign ports."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import docker
import httpx
import pytest

from embedded.azure.registry.model import Registries
from embedded.azure.store import Store
from tests.embedded.azure.registry.registry import (
    NULL_GUID,
    VERSION,
    Registry,
    access,
    alive,
    eventually,
    got,
    pull,
    push,
    refused,
)

Shop = Any
OpenShop = Callable[..., Shop]


def stocked(shop: Shop) -> Registry:
    """A registry with the image ``app:1``."""
    made: Registry = shop.make()
    with made.pusher("app") as client:
        push(client, "app", "1")
    return made


def has_image(registry: Registry) -> bool:
    with registry.pusher("app") as client:
        return pull(client, "app", "1").is_success


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def listening_addresses(pid: int) -> set[str]:
    """Local addresses (hexadecimal) on which a process listens."""
    folder, inodes = Path(f"/proc/{pid}/fd"), set()
    for one in folder.iterdir():
        target = str(one.readlink())
        if target.startswith("socket:"):
            inodes.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6"):
        rows = Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
        for row in map(str.split, rows):
            if row[3] == "0A" and row[9] in inodes:
                found.add(row[1].rpartition(":")[0])
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_restart_keeps_ports_images_tokens_and_attributes(
    open_shop: OpenShop, number: signal.Signals
) -> None:
    shop = open_shop()
    first, second = stocked(shop), stocked(shop)
    refresh, port, pid = first.refresh_token(), first.port, first.pid
    hide(first)
    shop.azure.stop(number)
    assert alive(pid) is (number == signal.SIGKILL)
    shop = open_shop(shop)
    again = Registry(shop.azure, shop.arm, first.path)
    assert not alive(pid)
    assert again.port == port
    token = access(again.sign_in(NULL_GUID, refresh, "repository:app:pull"))
    with again.http(token) as client:
        assert pull(client, "app", "1").status_code == 200
    assert listed(again) == []
    assert has_image(Registry(shop.azure, shop.arm, second.path))


def hide(registry: Registry) -> None:
    with registry.http(registry.token("repository:app:metadata_write")) as client:
        got(client.patch("/acr/v1/app/_tags/1", json={"listEnabled": False}))


def listed(registry: Registry) -> list[str]:
    with registry.http(registry.token("repository:app:metadata_read")) as client:
        return [tag["name"] for tag in got(client.get("/acr/v1/app/_tags"))["tags"]]


def test_a_distribution_that_dies_is_started_again(shop: Shop) -> None:
    registry = stocked(shop)
    before = registry.pid
    os.kill(before, signal.SIGKILL)
    eventually(lambda: not alive(before))
    eventually(lambda: has_image(registry))
    assert registry.pid != before


def test_all_that_listens_is_on_loopback(shop: Shop, registry: Registry) -> None:
    loopback = {"0100007F", "00000000000000000000000001000000"}
    assert listening_addresses(registry.pid) <= loopback
    assert listening_addresses(shop.azure.process.pid) <= loopback


def test_deleting_a_registry_leaves_no_folder_process_or_port(shop: Shop) -> None:
    registry = stocked(shop)
    port, pid, folder = registry.port, registry.pid, registry.folder
    refresh = registry.refresh_token()
    assert listens(port)
    assert registry.delete().status_code == 200
    assert not folder.exists()
    assert not alive(pid)
    assert not listens(port)
    assert registry.delete().status_code == 204
    got(shop.put(registry.path))
    answer = registry.sign_in(NULL_GUID, refresh, "repository:app:pull")
    assert refused(answer) == (401, "UNAUTHORIZED")
    assert not has_image(registry)


def test_deleting_a_registry_ends_what_is_under_way_at_it(shop: Shop) -> None:
    registry = shop.make()
    with registry.pusher("app") as client:
        place = client.post("/v2/app/blobs/uploads/").headers["location"]

        def slow() -> Iterator[bytes]:
            yield bytes(1 << 16)
            assert registry.delete().status_code == 200
            yield bytes(1 << 16)
            time.sleep(0.2)
            yield bytes(1 << 22)

        with contextlib.suppress(httpx.TransportError):  # the front has gone
            assert not client.patch(place, content=slow()).is_success
    assert not registry.folder.exists()


def test_a_crash_of_another_program_with_an_old_number_is_none_of_ours(
    open_shop: OpenShop, tmp_path: Path, distribution: str
) -> None:
    shop = open_shop()
    registry = stocked(shop)
    shop.azure.stop()
    config = tmp_path / "config.yml"
    config.write_text(
        "version: 0.1\nstorage: {inmemory: {}}\nhttp: {addr: '127.0.0.1:0'}\n"
    )
    silent = subprocess.DEVNULL
    command = [distribution, "serve", str(config)]
    foreign = subprocess.Popen(command, stdout=silent, stderr=silent)
    try:
        pid_file = registry.folder / "distribution.pid"
        pid_file.write_text(str(foreign.pid))
        shop = open_shop(shop)
        assert foreign.poll() is None
        assert has_image(Registry(shop.azure, shop.arm, registry.path))
    finally:
        foreign.kill()
        foreign.wait()


def test_a_port_that_another_program_took_is_named_until_it_is_free(
    open_shop: OpenShop,
) -> None:
    shop = open_shop()
    registry, other = stocked(shop), stocked(shop)
    port = registry.port
    shop.azure.stop()
    with contextlib.closing(socket.create_server(("127.0.0.1", port))):
        shop = open_shop(shop)
        registry = Registry(shop.azure, shop.arm, registry.path)
        assert f"port {port} of" in (shop.azure.home / "log").read_text()
        answer = shop.put(registry.path)
        assert refused(answer) == (409, "PortTaken")
        assert str(port) in answer.text
        assert has_image(Registry(shop.azure, shop.arm, other.path))
    got(shop.put(registry.path))
    assert has_image(registry)


def test_registries_that_are_made_at_the_same_time_have_ports_of_their_own(
    shop: Shop,
) -> None:
    with ThreadPoolExecutor() as pool:
        made = list(pool.map(lambda _: shop.make(), range(4)))
    assert len({one.port for one in made}) == 4
    assert len({one.pid for one in made}) == 4


BROKEN = "#!/bin/sh\necho it cannot be; exit 1\n"


@pytest.mark.parametrize(
    ("script", "code", "words"),
    [
        (None, "DistributionNotFound", "docker-registry"),
        (BROKEN, "DistributionNotStarted", "it cannot be"),
    ],
)
def test_a_distribution_that_cannot_be_started_is_told_and_nothing_is_made(
    open_shop: OpenShop,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    script: str | None,
    code: str,
    words: str,
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if script is not None:
        (tmp_path / "docker-registry").write_text(script)
        (tmp_path / "docker-registry").chmod(0o755)
    shop = open_shop()
    registry = Registry(shop.azure, shop.arm, shop.path())
    answer = shop.put(registry.path)
    assert refused(answer) == (409, code)
    assert words in answer.text
    assert shop.arm.get(registry.path, params=VERSION).status_code == 404
    assert not registry.folder.exists()


def test_a_distribution_is_found_again_without_its_pid_file(
    open_shop: OpenShop,
) -> None:
    shop = open_shop()
    registry = stocked(shop)
    pid = registry.pid
    shop.azure.stop(signal.SIGKILL)
    (registry.folder / "distribution.pid").unlink()
    shop = open_shop(shop)
    assert not alive(pid)
    assert has_image(Registry(shop.azure, shop.arm, registry.path))


def test_a_deletion_that_was_cut_off_is_finished(open_shop: OpenShop) -> None:
    shop = open_shop()
    registry, other = stocked(shop), stocked(shop)
    pid = registry.pid
    shop.azure.stop(signal.SIGKILL)
    store = Store(shop.azure.home / "azure.sqlite")
    registries = Registries(store)
    registries.mark_deleting(registries.get(registry.path))
    store.close()
    shop = open_shop(shop)
    assert shop.arm.get(registry.path, params=VERSION).status_code == 404
    assert not registry.folder.exists()
    assert not alive(pid)
    assert has_image(Registry(shop.azure, shop.arm, other.path))


def test_a_distribution_that_cannot_be_started_again_is_tried_until_it_can(
    open_shop: OpenShop,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    distribution: str,
) -> None:
    broken = tmp_path / "broken"
    script = tmp_path / "docker-registry"
    script.write_text(
        f'#!/bin/sh\n[ -e {broken} ] && exit 1\nexec {distribution} "$@"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    registry = stocked(open_shop())
    broken.touch()
    before = registry.pid
    os.kill(before, signal.SIGKILL)
    log = registry.azure.home / "log"
    eventually(lambda: log.read_text().count("is down") > 1)
    assert not has_image(registry)
    broken.unlink()
    eventually(lambda: has_image(registry))


@pytest.mark.docker
def test_names_on_an_engine_that_did_not_answer_go_at_the_next_start(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = docker.from_env()
    image, _ = engine.images.build(
        fileobj=io.BytesIO(b"FROM scratch\nLABEL acr-lab.test=left\n"), rm=True
    )
    with monkeypatch.context() as patch:
        patch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
        shop = open_shop()
    registry = shop.make()
    name = f"{registry.login_server}/left:1"
    image.tag(name)
    assert registry.delete().status_code == 200
    assert engine.images.list(name)
    shop.azure.stop()
    open_shop(shop)
    eventually(lambda: not engine.images.list(name))
    engine.close()
