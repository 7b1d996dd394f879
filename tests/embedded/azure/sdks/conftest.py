"""A signed-in client of every kind, and a resource group."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from azure.identity import ClientSecretCredential
from azure.mgmt.resource.resources import ResourceManagementClient

from tests.embedded.azure.sdks.sdk import HERE, Open, finished, sign_in

Azure = Any


@pytest.fixture
def credential(azure: Azure) -> Iterator[ClientSecretCredential]:
    with sign_in(azure, azure.connection["clientSecret"]) as made:
        yield made


@pytest.fixture
def open_(azure: Azure, credential: ClientSecretCredential) -> Iterator[Open]:
    """Opens a management client at the local Azure, and closes it at the end."""
    opened: list[AbstractContextManager[Any]] = []

    def run(kind: Callable[..., Any]) -> Any:
        client = kind(
            credential,
            azure.connection["subscriptionId"],
            base_url=azure.url,
            credential_scopes=[f"{azure.url}/.default"],
            connection_verify=str(azure.ca_file),
        )
        opened.append(client)
        return client.__enter__()

    yield run
    for client in opened:
        client.__exit__(None, None, None)


@pytest.fixture
def group(open_: Open) -> Iterator[str]:
    """The name of a resource group of the test's own."""
    client, name = open_(ResourceManagementClient), f"rg-{uuid.uuid4().hex[:8]}"
    client.resource_groups.create_or_update(name, HERE)
    yield name
    finished(client.resource_groups.begin_delete(name))
