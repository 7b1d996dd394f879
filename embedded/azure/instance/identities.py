"""The identities of a group, and how it signs in to registries with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from embedded.azure.instance.errors import UnknownIdentity
from embedded.azure.instance.records import Record
from embedded.azure.instance.references import credential_for
from embedded.azure.instance.signin import AUDIENCE, SignIn
from embedded.azure.instance.spec import Credential, Group
from embedded.azure.service import Directory, Json, Principal
from embedded.azure.store import Store

TYPE = "microsoft.managedidentity/userassignedidentities"


class Identities:
    """User-assigned ones are read from the store, where their service put them."""

    def __init__(self, store: Store, directory: Directory) -> None:
        self._store = store
        self._directory = directory

    @property
    def tenant_id(self) -> str:
        return self._directory.tenant_id

    def check(self, group: Group) -> None:
        """Raises UnknownIdentity for one that does not exist."""
        for identity in group.identities:
            self._principal(identity, group.name)

    def attach(self, record: Record) -> Record:
        """Fill in what answers show; a system-assigned identity is made here."""
        group = record.group
        given = record.request.get("identity") or {}
        record = self._with_system(record, wanted=group.system_identity)
        if not group.system_identity and not group.identities:
            return replace(record, identity=None)
        shown: Json = {"type": given.get("type", "UserAssigned")}
        if record.principal is not None:
            shown |= {"principalId": record.principal, "tenantId": self.tenant_id}
        if group.identities:
            shown["userAssignedIdentities"] = {
                identity: self._shown(identity, group.name)
                for identity in group.identities
            }
        return replace(record, identity=shown)

    def _with_system(self, record: Record, *, wanted: bool) -> Record:
        if wanted and record.principal is None:
            principal = self._directory.add_identity(record.name)
            return replace(record, principal=principal.object_id)
        if not wanted:
            self.detach(record)
            return replace(record, principal=None)
        return record

    def detach(self, record: Record) -> None:
        """The system-assigned identity goes with its group."""
        if record.principal is not None:
            self._directory.drop(record.principal)

    def _shown(self, identity: str, group: str) -> Json:
        principal = self._principal(identity, group)
        return {"principalId": principal.object_id, "clientId": principal.client_id}

    def _principal(self, identity: str, group: str) -> Principal:
        document = self._store.get(identity)
        if document is None or document.type.lower() != TYPE:
            raise UnknownIdentity(identity, group)
        object_id = document.body["properties"]["principalId"]
        principal = self._directory.find(object_id)
        if principal is None:
            raise UnknownIdentity(identity, group)
        return principal

    def sign_ins(self, record: Record) -> Mapping[str, SignIn]:
        """By image. Raises UnknownIdentity."""
        group = record.group
        images = {each.image for each in group.all_containers}
        found = {image: credential_for(image, group.credentials) for image in images}
        return {image: self._sign_in(each, group) for image, each in found.items()}

    def _sign_in(self, credential: Credential | None, group: Group) -> SignIn:
        if credential is None or credential.identity is None:
            return SignIn(credential)
        principal = self._principal(credential.identity, group.name)
        token = self._directory.issue(principal, AUDIENCE)
        return SignIn(credential, token, self.tenant_id)
