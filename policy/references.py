"""References of images, taken apart.

https://github.com/distribution/reference: ``[HOST/]PATH[:TAG][@DIGEST]``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

DOCKER_HUB = "docker.io"


@dataclass(frozen=True)
class Reference:
    """``tag`` and ``digest`` are empty where there is none."""

    host: str
    path: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> Reference:
        name, _, digest = text.partition("@")
        first, slash, rest = name.partition("/")
        is_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
        host, path = (first, rest) if is_host else (DOCKER_HUB, name)
        path, _, tag = path.partition(":")
        return cls(host, path, tag, digest)

    @property
    def is_pinned(self) -> bool:
        """Whether it names something that does not move by itself, as `latest` does."""
        return bool(self.digest) or self.tag not in ("", "latest")

    def is_from(self, hosts: list[str]) -> bool:
        """``*`` in a host stands for anything."""
        return any(fnmatchcase(self.host.lower(), host.lower()) for host in hosts)
