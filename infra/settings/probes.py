"""How Azure asks a container whether it lives, and whether it is ready.

https://learn.microsoft.com/azure/container-instances/container-instances-liveness-probe
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from infra import rules
from infra.settings import structure
from infra.settings.reader import Reader
from infra.settings.structure import Entry

PATH = rules.text(r"/[!-~]*", 'a path that starts with "/", or "" for no probe')
SCHEME = rules.words("http", "https")
DELAY = rules.integer(0, 3600)
SECONDS = rules.integer(1, 3600)
TIMES = rules.integer(1, 100)


@dataclass(frozen=True)
class Probe:
    """Over HTTP where ``path`` is set, else the ``command`` must end with 0.

    ``port`` None: the first port of the container. Times are in seconds.
    """

    path: str | None = "/healthz"
    command: tuple[str, ...] = ()
    port: int | None = None
    scheme: str = "http"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    delay: int = 0
    period: int = 10
    timeout: int = 2
    failures: int = 3
    successes: int = 1


def of_app(reader: Reader) -> tuple[Probe | None, Probe | None]:
    """Liveness and readiness: each of its own key, else of the keys for a path."""
    timing = Probe(
        delay=reader.take("probeInitialDelaySeconds", DELAY, Probe.delay),
        period=reader.take("probePeriodSeconds", SECONDS, Probe.period),
        timeout=reader.take("probeTimeoutSeconds", SECONDS, Probe.timeout),
        failures=reader.take("probeFailureThreshold", TIMES, Probe.failures),
    )
    found = []
    for kind, build in (("liveness", liveness), ("readiness", probe)):
        own = structure.one(reader, f"{kind}Probe", build)
        path = reader.optional(f"{kind}Path", PATH, Probe.path)
        plain = None if path is None else replace(timing, path=path)
        found.append(own or plain)
    return found[0], found[1]


def probe(entry: Entry) -> Probe:
    """One that is written out: ``path`` or ``command``, and their fields."""
    made = Probe(
        entry.take("path", PATH, "") or None,
        entry.take("command", rules.command(), ()),
        entry.take("port", rules.integer(1, 65535), 0) or None,
        entry.take("scheme", SCHEME, Probe.scheme),
        entry.take("headers", rules.headers(), {}, secret=True),
    )
    if entry.has("path") == entry.has("command"):
        entry.refuse("path", "It needs exactly one of path and command.")
    if made.command and any(map(entry.has, ("port", "scheme", "headers"))):
        entry.refuse("command", "port, scheme and headers go with a path only.")
    return replace(
        made,
        delay=entry.take("initialDelaySeconds", DELAY, Probe.delay),
        period=entry.take("periodSeconds", SECONDS, Probe.period),
        timeout=entry.take("timeoutSeconds", SECONDS, Probe.timeout),
        failures=entry.take("failureThreshold", TIMES, Probe.failures),
        successes=entry.take("successThreshold", TIMES, Probe.successes),
    )


def liveness(entry: Entry) -> Probe:
    """The same; Kubernetes, whose probes these are, takes one success as enough."""
    made = probe(entry)
    if made.successes != 1:
        entry.refuse("successThreshold", "It must be 1 for liveness.")
    return made
