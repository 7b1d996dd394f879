"""The set-up's calls of the Docker Engine API, against a real one."""

from __future__ import annotations

import io
import socket
import tarfile
from pathlib import Path

import pytest

from embedded.machine import engine_api
from embedded.machine.errors import DockerRefused, DockerUnreachable, ImageRefused


@pytest.fixture
def host() -> str:
    return engine_api.address()


def archive(path: Path) -> Path:
    with tarfile.open(path, "w") as tar:
        member = tarfile.TarInfo("etc/motd")
        member.size = 5
        tar.addfile(member, io.BytesIO(b"hello"))
    return path


@pytest.mark.docker
def test_an_imported_image_is_there_until_it_is_removed(
    host: str, tmp_path: Path
) -> None:
    name = "acr-lab-test:imported"
    engine_api.import_image(host, name, archive(tmp_path / "root.tar"))
    assert engine_api.has_image(host, name)
    assert engine_api.remove_image(host, name)
    assert not engine_api.has_image(host, name)


@pytest.mark.docker
def test_an_archive_that_is_none_is_refused_by_name(host: str, tmp_path: Path) -> None:
    broken = tmp_path / "broken.tar"
    broken.write_bytes(b"\x1f\x8bnot an archive")
    with pytest.raises(ImageRefused, match="acr-lab-test:broken"):
        engine_api.import_image(host, "acr-lab-test:broken", broken)


@pytest.mark.docker
def test_a_pull_that_fails_says_so_without_raising(host: str) -> None:
    assert not engine_api.pull(host, "localhost:1/none:latest")


def test_a_socket_that_is_not_there_does_not_answer(tmp_path: Path) -> None:
    assert not engine_api.answers(f"unix://{tmp_path}/docker.sock")


def test_a_closed_port_is_unreachable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(DockerUnreachable, match=f"127.0.0.1:{port}"):
        engine_api.has_image(f"tcp://127.0.0.1:{port}", "x:y")


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(DockerUnreachable, match="ssh://host"):
        engine_api.answers("ssh://host")


def test_a_socket_that_may_not_be_opened_names_the_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(engine_api._SocketConnection, "connect", refuse)
    with pytest.raises(DockerRefused, match="usermod -aG docker"):
        engine_api.answers("unix:///var/run/docker.sock")


def test_docker_host_wins_over_the_default_socket() -> None:
    assert engine_api.address({"DOCKER_HOST": "tcp://1.2.3.4:2375"}) == (
        "tcp://1.2.3.4:2375"
    )
    assert engine_api.address({}) == "unix:///var/run/docker.sock"
