"""What a deployment needs is looked for before it begins."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded import parts
from embedded.errors import DockerMissing


@pytest.mark.parametrize(
    "host",
    [
        "unix:///nonexistent",
        "tcp://127.0.0.1:1",
        "tcp://127.0.0.1:port",
        "tcp://",
        "nonsense",
        "ssh://nobody@127.0.0.1:1",
    ],
)
def test_an_engine_that_does_not_answer_is_missing(host: str) -> None:
    with pytest.raises(DockerMissing, match="DOCKER_HOST") as caught:
        parts.require_docker({"DOCKER_HOST": host})
    assert host in str(caught.value)
    assert caught.value.code == 3


def test_an_engine_without_its_certificates_is_missing(tmp_path: Path) -> None:
    tls = {"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)}
    with pytest.raises(DockerMissing, match="nothing was changed"):
        parts.require_docker({"DOCKER_HOST": "tcp://127.0.0.1:1", **tls})


@pytest.mark.docker
def test_an_engine_that_answers_is_there() -> None:
    parts.require_docker({})
