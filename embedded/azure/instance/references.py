"""Image references: ``[host[:port]/]path[:tag][@digest]``.

Grammar: the OCI distribution specification's names and tags, with Docker's rule for
what is a host (a dot, a colon or ``localhost`` before the first slash).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from embedded.azure.instance.spec import Credential

HUB = "index.docker.io"
HUB_NAMES = frozenset({HUB, "docker.io", "registry-1.docker.io", "hub.docker.com"})

_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_REFERENCE = re.compile(
    rf"(?:(?P<host>{_LABEL}(?:\.{_LABEL})*(?::[0-9]+)?)/)?"
    rf"(?P<path>{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64}))?"
)


@dataclass(frozen=True)
class Reference:
    """A parsed reference; ``host`` is Docker Hub's where none is given."""

    host: str
    path: str
    tag: str | None
    digest: str | None

    @classmethod
    def parse(cls, text: str) -> Reference | None:
        """None if it is not an image reference."""
        match = _REFERENCE.fullmatch(text)
        if match is None or len(text) > 512:
            return None
        host, path = match["host"], match["path"]
        if host is not None and not _is_host(host):
            host, path = None, f"{host}/{path}"
            if re.fullmatch(rf"{_PART}(?:/{_PART})*", path) is None:
                return None
        return cls(host or HUB, path, match["tag"], match["digest"])

    @property
    def name(self) -> str:
        """What Docker calls the repository, without tag or digest."""
        return self.path if self.host == HUB else f"{self.host}/{self.path}"

    @property
    def version(self) -> str:
        """The digest where there is one, else the tag; ``latest`` if neither."""
        return self.digest or self.tag or "latest"

    @property
    def local_name(self) -> str:
        """The name that a pull leaves behind on the engine."""
        separator = "@" if self.digest else ":"
        return f"{self.name}{separator}{self.version}"

    @property
    def is_loopback(self) -> bool:
        """Whether the registry is on this machine."""
        name = self.host.rsplit(":", 1)[0]
        return name == "localhost" or name.startswith("127.")


def _is_host(text: str) -> bool:
    return "." in text or ":" in text or text == "localhost"


def server(text: str) -> str:
    """A registry's name as compared: ``https://A.azurecr.io/`` -> a.azurecr.io."""
    bare = re.sub(r"^https?://", "", text.lower()).split("/", 1)[0]
    return HUB if bare in HUB_NAMES else bare


def credential_for(image: str, given: tuple[Credential, ...]) -> Credential | None:
    """The credential whose server is the image's registry."""
    reference = Reference.parse(image)
    if reference is None:
        return None
    host = server(reference.host)
    return next((each for each in given if server(each.server) == host), None)
