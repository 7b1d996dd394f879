"""Role assignments: their rules, and the answer to "may this principal do that?"."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from embedded.azure.authorization.errors import (
    AssignmentExists,
    AssignmentFixed,
    AssignmentNotFound,
    InvalidAssignmentName,
    InvalidDefinition,
    InvalidFilter,
    InvalidPrincipal,
    PrincipalNotFound,
    ScopeNotFound,
    UnmatchedPrincipalType,
)
from embedded.azure.authorization.roles import BY_ID
from embedded.azure.ids import key, within
from embedded.azure.service import Directory, Json, Principal
from embedded.azure.store import Document, Store

TYPE = "Microsoft.Authorization/roleAssignments"
_PRINCIPAL = re.compile(r"principalId\s+eq\s+'([^']*)'|assignedTo\('([^']*)'\)", re.I)


class RoleAssignments:
    """All role assignments; the one implementation of ``Access``.

    ``delay`` is how many seconds a new one takes until it counts.
    """

    def __init__(
        self, store: Store, directory: Directory, subscription: str, delay: float
    ) -> None:
        self._store = store
        self._directory = directory
        self._root = f"/subscriptions/{subscription}"
        self._delay = delay

    def allows(self, object_id: str, action: str, scope: str) -> bool:
        now = time.time()
        for one in self._store.under(self._root, TYPE):
            properties = one.body["properties"]
            if properties["principalId"] != object_id:
                continue
            if now - one.private["since"] < one.private["delay"]:
                continue
            role = BY_ID[properties["roleDefinitionId"].rsplit("/", 1)[-1]]
            if within(scope, properties["scope"]) and role.grants(action):
                return True
        return False

    def grant(self, principal: Principal, role: str) -> None:
        """Assign a role at the subscription, at once: what a tenant begins with."""
        name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{principal.object_id}/{role}"))
        path = f"{self._root}/providers/{TYPE}/{name}"
        if self._store.get(path) is None:
            properties = {"principalId": principal.object_id, "roleDefinitionId": role}
            self._keep(path, self._root, properties, principal, delay=0.0)

    def put(
        self, scope: str, name: str, body: Json, caller: Principal
    ) -> tuple[Json, bool]:
        """The assignment and whether it is new. Raises the ArmErrors of its rules."""
        properties = body.get("properties") or {}
        self._check(scope, name, properties)
        path = f"{scope}/providers/{TYPE}/{name}"
        old = self._store.get(path)
        if old is not None:
            return self._repeat(old, properties), False
        twin = self._twin(scope, properties)
        if twin is not None:
            raise AssignmentExists(twin)
        return self._keep(path, scope, properties, caller, delay=self._delay), True

    def get(self, scope: str, name: str) -> Json:
        """Raises AssignmentNotFound."""
        found = self._store.get(f"{scope}/providers/{TYPE}/{name}")
        if found is None:
            raise AssignmentNotFound(name)
        return found.body

    def delete(self, scope: str, name: str) -> Json | None:
        """What was deleted; None if there was none."""
        found = self._store.get(f"{scope}/providers/{TYPE}/{name}")
        if found is None:
            return None
        self._store.delete(found.id)
        return found.body

    def all(self, scope: str, filter_: str | None) -> list[Json]:
        """Those that count at a scope, and, without ``atScope()``, those below it."""
        test = _filter(filter_)
        here_only = bool(filter_ and "atscope()" in filter_.lower())
        return [
            one.body
            for one in self._store.under(self._root, TYPE)
            if test(one.body["properties"])
            and (
                within(scope, one.body["properties"]["scope"])
                or (not here_only and within(one.body["properties"]["scope"], scope))
            )
        ]

    def _check(self, scope: str, name: str, properties: Json) -> None:
        if not _is_guid(name):
            raise InvalidAssignmentName(name)
        principal = str(properties.get("principalId") or "")
        if not _is_guid(principal):
            raise InvalidPrincipal(principal)
        role = str(properties.get("roleDefinitionId") or "")
        if role.rsplit("/", 1)[-1].lower() not in BY_ID:
            raise InvalidDefinition(role)
        self._check_principal(principal, properties.get("principalType"))
        if key(scope) != key(self._root) and self._store.get(scope) is None:
            raise ScopeNotFound(scope)

    def _check_principal(self, object_id: str, asked: str | None) -> None:
        """With the type set, Azure takes a principal that it does not see yet.

        Mostly: reports say that a new one may be refused all the same.
        """
        if not self._directory.is_replicated(object_id):
            raise PrincipalNotFound(object_id, self._directory.tenant_id)
        found = self._directory.find(object_id)
        if found is None and asked is None:
            raise PrincipalNotFound(object_id, self._directory.tenant_id)
        if found is not None and asked is not None and asked != found.kind:
            raise UnmatchedPrincipalType(object_id, found.kind, asked)

    def _repeat(self, old: Document, properties: Json) -> Json:
        """The same again is fine; another principal or role is another assignment."""
        before = old.body["properties"]
        if before["principalId"] != properties["principalId"]:
            raise AssignmentFixed
        if before["roleDefinitionId"] != self._definition(properties):
            raise AssignmentFixed
        for name in ("description", "condition", "conditionVersion"):
            if name in properties:
                before[name] = properties[name]
        self._store.put(old)
        return old.body

    def _twin(self, scope: str, properties: Json) -> str | None:
        """The name of an assignment that says the same."""
        definition = self._definition(properties)
        for one in self._store.under(scope, TYPE):
            known = one.body["properties"]
            if (
                key(known["scope"]) == key(scope)
                and known["principalId"] == properties["principalId"]
                and known["roleDefinitionId"] == definition
            ):
                return str(one.body["name"]).replace("-", "")
        return None

    def _keep(
        self,
        path: str,
        scope: str,
        properties: Json,
        caller: Principal,
        *,
        delay: float,
    ) -> Json:
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        body: Json = {
            "id": path,
            "type": TYPE,
            "name": path.rsplit("/", 1)[-1],
            "properties": {
                "roleDefinitionId": self._definition(properties),
                "principalId": properties["principalId"],
                "principalType": properties.get("principalType", "ServicePrincipal"),
                "scope": scope,
                "condition": properties.get("condition"),
                "conditionVersion": properties.get("conditionVersion"),
                "description": properties.get("description"),
                "createdOn": now,
                "updatedOn": now,
                "createdBy": caller.object_id,
                "updatedBy": caller.object_id,
            },
        }
        private = {"since": time.time(), "delay": delay}
        self._store.put(Document(path, TYPE, body, private))
        return body

    def _definition(self, properties: Json) -> str:
        id_ = str(properties["roleDefinitionId"]).rsplit("/", 1)[-1].lower()
        kind = "Microsoft.Authorization/roleDefinitions"
        return f"{self._root}/providers/{kind}/{id_}"


def _filter(text: str | None) -> Callable[[Json], bool]:
    if not text or text.lower() == "atscope()":
        return lambda _: True
    found = _PRINCIPAL.search(text)
    if found is None:
        raise InvalidFilter(text)
    wanted = found.group(1) or found.group(2)
    return lambda properties: bool(properties["principalId"] == wanted)


def _is_guid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
