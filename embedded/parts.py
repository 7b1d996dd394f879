"""The parts of the machine that a deployment needs, looked for before it begins."""

from __future__ import annotations

from collections.abc import Mapping

from embedded.errors import DockerMissing


def require_docker(environment: Mapping[str, str]) -> None:
    """Raises DockerMissing if no Docker Engine answers, or it will not talk to us.

    What cannot be asked without a client of its own (ssh, TLS) is believed in.
    """
    from embedded.machine import engine_api  # most commands ask nobody
    from embedded.machine.errors import DockerRefused

    host = engine_api.address(environment)
    plain = host.startswith(("unix://", "tcp://", "http://"))
    if not plain or environment.get("DOCKER_TLS_VERIFY"):
        return
    try:
        there = engine_api.answers(host)
    except DockerRefused as error:
        raise DockerMissing(str(error)) from error
    if not there:
        raise DockerMissing(
            f"No Docker Engine answers at {host}, and nothing was changed. Start it "
            "(`make up` does), or set DOCKER_HOST to one that runs."
        )
