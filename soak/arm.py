"""A client of the local Azure that trusts nothing but its published protocols."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

Json = dict[str, Any]
VERSION = "2021-04-01"
REGISTRY_AUDIENCE = "https://containerregistry.azure.net"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
NULL_GUID = "00000000-0000-0000-0000-000000000000"


class Arm:
    """Signed in as the owner. ``home`` is the folder of the local Azure.

    Raises OSError, ValueError or httpx.HTTPError while nothing answers there.
    """

    def __init__(self, home: Path) -> None:
        self._known = json.loads((home / "connection.json").read_text())
        context = ssl.create_default_context(cafile=self._known["caFile"])
        self._http = httpx.Client(verify=context, trust_env=False, timeout=30)
        base = self._known["armEndpoint"]
        self._base = f"{base}/subscriptions/{self._known['subscriptionId']}"
        try:
            self._token = self._sign_in(base)
        except BaseException:
            self._http.close()
            raise

    def __enter__(self) -> Arm:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, version: str = VERSION) -> Json | None:
        """A resource by its id; None if it is not there."""
        answer = self._send("GET", f"{self._known['armEndpoint']}{path}", version)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        found: Json = answer.raise_for_status().json()
        return found

    def groups(self) -> list[Json]:
        answer = self._send("GET", f"{self._base}/resourcegroups")
        found: list[Json] = answer.raise_for_status().json()["value"]
        return found

    def resources(self) -> list[str]:
        """The ids of all that is in the groups."""
        answer = self._send("GET", f"{self._base}/resources")
        found = [one["id"] for one in answer.raise_for_status().json()["value"]]
        # The owner's own role is on the subscription, and nobody's to delete.
        return [one for one in found if "/resourcegroups/" in one.lower()]

    def put_group(self, name: str, tags: dict[str, str]) -> None:
        body = {"location": "westeurope", "tags": tags}
        url = f"{self._base}/resourcegroups/{name}"
        self._send("PUT", url, body=body).raise_for_status()

    def delete_group(self, name: str) -> None:
        answer = self._send("DELETE", f"{self._base}/resourcegroups/{name}")
        while answer.status_code == httpx.codes.ACCEPTED:
            answer = self._send("GET", answer.headers["Location"], None)

    def missing_parts(self, image: str, digest: str) -> Iterator[str]:
        """What the registry does not serve of an image that was pushed to it."""
        server, _, path = image.partition("/")
        repository = path.rpartition(":")[0]
        headers = {"Authorization": f"Bearer {self._pull_token(server, repository)}"}
        base = f"https://{server}/v2/{repository}"
        answer = self._http.get(
            f"{base}/manifests/{digest}", headers={**headers, "Accept": MANIFEST}
        )
        if answer.status_code != httpx.codes.OK:
            yield f"manifest {digest}: {answer.status_code}"
            return
        manifest = answer.json()
        for part in (manifest["config"], *manifest["layers"]):
            url = f"{base}/blobs/{part['digest']}"
            code = self._http.head(url, headers=headers).status_code
            if code != httpx.codes.OK:
                yield f"blob {part['digest']}: {code}"

    def _sign_in(self, audience: str) -> str:
        answer = self._http.post(
            f"{self._known['armEndpoint']}/{self._known['tenantId']}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": self._known["clientId"],
                "client_secret": self._known["clientSecret"],
                "scope": f"{audience}/.default",
            },
        )
        return str(answer.raise_for_status().json()["access_token"])

    def _send(
        self,
        method: str,
        url: str,
        version: str | None = VERSION,
        body: Json | None = None,
    ) -> httpx.Response:
        return self._http.request(
            method,
            url,
            params={"api-version": version} if version else None,
            json=body,
            headers={"Authorization": f"Bearer {self._token}"},
        )

    def _pull_token(self, server: str, repository: str) -> str:
        form = {
            "grant_type": "access_token",
            "service": server,
            "access_token": self._sign_in(REGISTRY_AUDIENCE),
        }
        exchanged = self._http.post(f"https://{server}/oauth2/exchange", data=form)
        password = exchanged.raise_for_status().json()["refresh_token"]
        query = {"service": server, "scope": f"repository:{repository}:pull"}
        url, auth = f"https://{server}/oauth2/token", (NULL_GUID, password)
        answer = self._http.get(url, params=query, auth=auth)
        return str(answer.raise_for_status().json()["access_token"])
