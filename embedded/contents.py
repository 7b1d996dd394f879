"""What is in the local Azure, and taking all of it away, through its own API."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from embedded.cloud import Connection
from embedded.errors import AzureSilent

LOCKS_VERSION = "2020-05-01"
GROUPS_VERSION = "2021-04-01"


def groups(known: Connection) -> list[str]:
    """The names of all resource groups. Raises AzureSilent."""
    with _asked(known) as client:
        return [group["name"] for group in _groups(client)]


def delete_all(known: Connection) -> list[str]:
    """Delete every resource group, locked or not; why some cannot be deleted.

    Raises AzureSilent.
    """
    with _asked(known) as client:
        _unlock(client)
        outcomes = [_delete(client, group["name"]) for group in _groups(client)]
    return [one for one in outcomes if one]


def read(known: Connection, path: str, query: Mapping[str, str]) -> dict[str, Any]:
    """A resource below the subscription; nothing where there is no good answer."""
    try:
        with _client(known) as client:
            answer = client.get(path, params=dict(query))
    except httpx.HTTPError:
        return {}
    found: dict[str, Any] = answer.json() if answer.is_success else {}
    return found


@contextmanager
def _asked(known: Connection) -> Iterator[httpx.Client]:
    """A client whose questions must be answered. Raises AzureSilent."""
    try:
        with _client(known) as client:
            yield client
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        raise AzureSilent(known.arm_endpoint, reason) from error


def _client(known: Connection) -> httpx.Client:
    """Signed in, and at home in the subscription."""
    context = ssl.create_default_context(cafile=str(known.ca_file))
    with httpx.Client(verify=context, trust_env=False) as plain:
        answer = plain.post(
            f"{known.arm_endpoint}/{known.tenant_id}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": known.client_id,
                "client_secret": known.client_secret,
                "scope": f"{known.arm_endpoint}/.default",
            },
        )
    token = answer.raise_for_status().json()["access_token"]
    return httpx.Client(
        verify=context,
        trust_env=False,
        timeout=120,
        headers={"Authorization": f"Bearer {token}"},
        base_url=f"{known.arm_endpoint}/subscriptions/{known.subscription_id}",
        params={"api-version": GROUPS_VERSION},
    )


def _groups(client: httpx.Client) -> list[dict[str, str]]:
    found: list[dict[str, str]] = (
        client.get("/resourcegroups").raise_for_status().json()["value"]
    )
    return found


def _unlock(client: httpx.Client) -> None:
    """Take off all locks: who resets it means everything."""
    version = {"api-version": LOCKS_VERSION}
    many = "/providers/Microsoft.Authorization/locks"
    found = client.get(many, params=version).raise_for_status().json()["value"]
    base = httpx.URL(client.base_url).copy_with(path="/", query=None)
    for lock in found:
        client.delete(base.join(lock["id"]), params=version).raise_for_status()


def _delete(client: httpx.Client, name: str) -> str | None:
    """Why a group cannot be deleted; None if it is gone."""
    answer = client.delete(f"/resourcegroups/{name}")
    while answer.status_code == httpx.codes.ACCEPTED:
        time.sleep(0.1)
        location = answer.headers["Location"]
        answer = client.get(location)
    if answer.is_success or answer.status_code == httpx.codes.NOT_FOUND:
        return None
    return f"{name}: {answer.json()['error']['message']}"
