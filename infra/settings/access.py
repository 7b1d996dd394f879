"""The keys of who may pull and push, and of waiting for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from infra import rules
from infra.roles import PULL_ROLES
from infra.settings import pullers, structure
from infra.settings.pullers import Puller
from infra.settings.reader import Reader
from infra.settings.registry import GUID
from infra.settings.structure import Entry

#: The Pulumi engine itself stops after a hundred.
RETRIES = rules.integer(0, 100)
RETRY_SECONDS = rules.number("0.1", "300", "0.1")
PULL = rules.words("identity", "token", "servicePrincipal", "admin")
PUSH = rules.words("token", "servicePrincipal", "admin")
MODE = rules.words(*PULL_ROLES)
TOKEN_DAYS = rules.integer(1, 365)
SECRET = rules.text(r"[!-~]{8,256}", "the secret of the application")


@dataclass(frozen=True)
class ServicePrincipal:
    """An application of one's own. ``object_id`` None: it has its roles already."""

    client_id: str
    secret: str = field(repr=False)
    object_id: str | None = None


@dataclass(frozen=True)
class AccessSettings:
    """How the group pulls, how the image is pushed, and who else may pull.

    ``pull_token_days``: the term after which the pull token gets a new password; each
    counts until the end of the next term. ``role_retries``: how often a pull, and the
    role for it, is tried again; ``lock_retries``: how often a deletion after that of a
    lock. ``role_retry_seconds`` are between two tries of both.
    """

    role_retries: int = 60
    role_retry_seconds: float = 10.0
    pull: str = "identity"
    push: str = "token"
    pull_token_days: int = 30
    permission_mode: str = "rbac"
    service_principal: ServicePrincipal | None = None
    pullers: tuple[Puller, ...] = ()
    lock_retries: int = 12


def read(reader: Reader) -> AccessSettings:
    default = AccessSettings
    settings = AccessSettings(
        reader.take("roleRetries", RETRIES, default.role_retries),
        reader.take("roleRetrySeconds", RETRY_SECONDS, default.role_retry_seconds),
        pull=reader.take("pullAuth", PULL, default.pull),
        push=reader.take("push", PUSH, default.push),
        pull_token_days=reader.take(
            "pullTokenDays", TOKEN_DAYS, default.pull_token_days
        ),
        permission_mode=reader.take("permissionMode", MODE, default.permission_mode),
        service_principal=structure.one(reader, "servicePrincipal", _principal),
        pullers=pullers.read(reader),
        lock_retries=reader.take("lockRetries", RETRIES, default.lock_retries),
    )
    _check_principal(reader, settings)
    return settings


def _principal(entry: Entry) -> ServicePrincipal:
    return ServicePrincipal(
        client_id=entry.need("clientId", GUID, ""),
        secret=entry.need("clientSecret", SECRET, "", secret=True),
        object_id=entry.take("objectId", GUID, "") or None,
    )


def _check_principal(reader: Reader, settings: AccessSettings) -> None:
    if settings.service_principal is not None:
        return
    for key, chosen in (("pullAuth", settings.pull), ("push", settings.push)):
        if chosen == "servicePrincipal":
            reader.refuse(key, "It needs the key servicePrincipal, which is not set.")
