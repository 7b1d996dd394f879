"""Registries in the session's local Azure, and principals with few rights."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from embedded.azure.authorization.roles import ROLES
from embedded.azure.entra.directory import TokenDirectory
from embedded.azure.service import Settings
from embedded.azure.store import Store
from tests.embedded.azure.registry.registry import (
    AUDIENCE,
    KIND,
    VERSION,
    Json,
    Registry,
    got,
)

if TYPE_CHECKING:
    from tests.embedded.conftest import Azure

GROUPS = {"api-version": "2021-04-01"}
IDENTITIES = {"api-version": "2023-01-31"}
ASSIGNMENTS = {"api-version": "2022-04-01"}
ROLE_IDS = {role.name: role.id for role in ROLES}


@pytest.fixture(scope="session")
def distribution() -> str:
    """The program behind every registry; without it there is nothing to test."""
    found = shutil.which("docker-registry")
    reason = "no `docker-registry` (Debian's Distribution) on PATH"
    if found is None and os.environ.get("REQUIRE_DOCKER") == "1":
        pytest.fail(f"REQUIRE_DOCKER=1, and {reason}", pytrace=False)
    if found is None:
        pytest.skip(reason)
    return found


@pytest.fixture(scope="session")
def arm(azure: Azure) -> Iterator[httpx.Client]:
    with azure.arm() as made:
        yield made


def make_group(azure: Azure, arm: httpx.Client) -> str:
    path = f"{azure.subscription}/resourceGroups/rg-{uuid.uuid4().hex[:8]}"
    got(arm.put(path, params=GROUPS, json={"location": "westeurope"}))
    return path


@pytest.fixture(scope="session")
def group(azure: Azure, arm: httpx.Client) -> str:
    return make_group(azure, arm)


@dataclass(frozen=True)
class Shop:
    """Where registries are had: one resource group of one local Azure."""

    azure: Azure
    arm: httpx.Client
    group: str

    def path(self, name: str | None = None) -> str:
        return f"{self.group}/providers/{KIND}/{name or f'r{uuid.uuid4().hex[:12]}'}"

    def put(
        self, path: str, sku: str = "Basic", /, **properties: Any
    ) -> httpx.Response:
        body: Json = {"location": "westeurope", "sku": {"name": sku}}
        body["properties"] = properties
        return self.arm.put(path, params=VERSION, json=body)

    def make(self, sku: str = "Basic", /, **properties: Any) -> Registry:
        path = self.path()
        got(self.put(path, sku, **properties))
        return Registry(self.azure, self.arm, path)


@pytest.fixture(scope="session")
def shop(azure: Azure, arm: httpx.Client, group: str, distribution: str) -> Shop:
    return Shop(azure, arm, group)


@pytest.fixture(scope="session")
def registry(shop: Shop) -> Registry:
    """For tests that push what is theirs alone, and change nothing about it."""
    return shop.make()


@pytest.fixture(scope="session")
def other(shop: Shop) -> Registry:
    """A second registry."""
    return shop.make()


@pytest.fixture
def open_shop(
    start_azure: Callable[..., Azure], distribution: str
) -> Iterator[Callable[..., Shop]]:
    """Opens a shop in a local Azure of the test's own, or in one started again."""
    clients = []

    def open_(before: Shop | None = None) -> Shop:
        if before is None:
            azure = start_azure()
        else:
            azure = start_azure(before.azure.home, before.azure.port)
        arm = azure.arm()
        clients.append(arm)
        known = before.group if before else make_group(azure, arm)
        return Shop(azure, arm, known)

    yield open_
    for client in clients:
        client.close()


@dataclass(frozen=True)
class Identity:
    """A managed identity. Azure gives its tokens only to containers that have it;
    here the directory's own code signs them, with the key in the home.
    """

    azure: Azure
    arm: httpx.Client
    path: str
    principal: str

    def grant(self, role: str, scope: str) -> str:
        """Assign a built-in role; the path of the assignment."""
        kind = "providers/Microsoft.Authorization"
        path = f"{scope}/{kind}/roleAssignments/{uuid.uuid4()}"
        properties = {
            "principalId": self.principal,
            "principalType": "ServicePrincipal",
            "roleDefinitionId": f"/{kind}/roleDefinitions/{ROLE_IDS[role]}",
        }
        body = {"properties": properties}
        got(self.arm.put(path, params=ASSIGNMENTS, json=body))
        return path

    def revoke(self, assignment: str) -> None:
        got(self.arm.delete(assignment, params=ASSIGNMENTS))

    def delete(self) -> None:
        self.arm.delete(self.path, params=IDENTITIES).raise_for_status()

    def token(self, audience: str = AUDIENCE) -> str:
        store = Store(self.azure.home / "azure.sqlite")
        try:
            directory = TokenDirectory(
                Settings(self.azure.home, self.azure.port), store
            )
            found = directory.find(self.principal)
            assert found is not None
            return directory.issue(found, audience)
        finally:
            store.close()


@pytest.fixture
def identity(azure: Azure, arm: httpx.Client, group: str) -> Identity:
    """One without any role."""
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities"
    path = f"{group}/providers/{kind}/id-{uuid.uuid4().hex[:8]}"
    made = got(arm.put(path, params=IDENTITIES, json={"location": "westeurope"}))
    return Identity(azure, arm, path, made["properties"]["principalId"])
