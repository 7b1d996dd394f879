"""The parts of the machine that a deployment needs, looked for before it begins."""

from __future__ import annotations

from collections.abc import Mapping

from embedded.errors import DockerMissing


def require_docker(environment: Mapping[str, str]) -> None:
    """Raises DockerMissing if no Docker Engine answers, or it will not talk to us."""
    from embedded.machine import engine_api  # most commands ask nobody
    from embedded.machine.errors import MachineError

    host = engine_api.address(environment)
    plain = host.startswith(("unix://", "tcp://", "http://"))
    if not plain or environment.get("DOCKER_TLS_VERIFY"):
        return _require_by_client(host, environment)
    try:
        there = engine_api.answers(host)
    except MachineError as error:
        raise DockerMissing(str(error)) from error
    if not there:
        raise _missing(host)
    return None


def _require_by_client(host: str, environment: Mapping[str, str]) -> None:
    """For TLS and ssh: with the client that the providers use."""
    import docker  # takes longer than asking a socket
    from docker.errors import DockerException

    try:
        client = docker.from_env(environment=dict(environment), timeout=10)
        try:
            client.ping()
        finally:
            client.close()
    except (DockerException, OSError, ValueError) as error:
        raise _missing(host, f" ({error})") from error


def _missing(host: str, reason: str = "") -> DockerMissing:
    return DockerMissing(
        f"No Docker Engine answers at {host}{reason}, and nothing was changed. Start "
        "it (`make up` does), or set DOCKER_HOST to one that runs."
    )
