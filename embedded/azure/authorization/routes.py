"""HTTP of Microsoft.Authorization (role assignments 2022-04-01 and its neighbours)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from embedded.azure.authorization import schema
from embedded.azure.authorization.errors import DefinitionNotFound, InvalidFilter
from embedded.azure.authorization.locks import Locks
from embedded.azure.authorization.model import RoleAssignments
from embedded.azure.authorization.roles import BY_ID, ROLES, Role
from embedded.azure.service import Call, Directory, Json, Reply, Route, Settings
from embedded.azure.store import Store

VERSIONS = (
    "2015-07-01",
    "2018-01-01-preview",
    "2018-07-01",
    "2018-09-01-preview",
    "2020-04-01-preview",
    "2020-08-01-preview",
    "2020-10-01-preview",
    "2022-04-01",
    "2022-05-01-preview",
)
LOCK_VERSIONS = ("2015-01-01", "2016-09-01", "2017-04-01", "2020-05-01")
FILTER = ("$filter",)
_ROLE_NAME = re.compile(r"roleName\s+eq\s+'([^']*)'", re.I)


class AuthorizationService:
    """Role definitions and assignments; ``access`` answers who may do what."""

    namespace = "Microsoft.Authorization"

    def __init__(
        self,
        settings: Settings,
        store: Store,
        directory: Directory,
        subscription: str,
    ) -> None:
        self.types: Mapping[str, Sequence[str]] = {
            "roleAssignments": VERSIONS,
            "roleDefinitions": VERSIONS,
            "locks": LOCK_VERSIONS,
        }
        self._subscription = subscription
        self._locks = Locks(store, subscription, settings.lock_delay)
        self.access = RoleAssignments(
            store, directory, subscription, settings.role_delay
        )
        kind = f"{self.namespace}/roleAssignments"
        many = f"{{scope}}/providers/{kind}"
        one = f"{many}/{{name}}"
        definitions = f"{{scope}}/providers/{self.namespace}/roleDefinitions"
        read = f"{self.namespace}/roleDefinitions/read"
        self.routes: Sequence[Route] = (
            Route("GET", many, f"{kind}/read", self._list, query=FILTER),
            Route("PUT", one, f"{kind}/write", self._put, schema.ASSIGNMENT),
            Route("GET", one, f"{kind}/read", self._get),
            Route("DELETE", one, f"{kind}/delete", self._delete),
            Route("GET", definitions, read, self._definitions, query=FILTER),
            Route("GET", f"{definitions}/{{name}}", read, self._definition),
            *self._lock_routes(),
        )

    def _lock_routes(self) -> Sequence[Route]:
        kind = f"{self.namespace}/locks"
        many = f"{{scope}}/providers/{kind}"
        one = f"{many}/{{name}}"
        return (
            Route("GET", many, f"{kind}/read", self._list_locks),
            Route("PUT", one, f"{kind}/write", self._put_lock, schema.LOCK),
            Route("GET", one, f"{kind}/read", self._get_lock),
            Route("DELETE", one, f"{kind}/delete", self._delete_lock),
        )

    async def start(self) -> None:
        """Records are all there is."""

    async def stop(self) -> None:
        """Nothing to let go of."""

    async def remove(self, resource_id: str) -> None:
        scope, _, name = resource_id.rpartition("/")
        if scope.lower().endswith("/locks"):
            self._locks.drop(scope.partition("/providers/Microsoft.Auth")[0], name)
            return
        self.access.delete(scope.partition("/providers/Microsoft.Auth")[0], name)

    async def _list(self, call: Call) -> Reply:
        rows = self.access.all(call.params["scope"], call.query.get("$filter"))
        return Reply(200, {"value": rows})

    async def _put(self, call: Call) -> Reply:
        scope, name = call.params["scope"], call.params["name"]
        made, created = self.access.put(scope, name, call.body, call.caller)
        return Reply(201 if created else 200, made)

    async def _get(self, call: Call) -> Reply:
        return Reply(200, self.access.get(call.params["scope"], call.params["name"]))

    async def _delete(self, call: Call) -> Reply:
        gone = self.access.delete(call.params["scope"], call.params["name"])
        return Reply(204) if gone is None else Reply(200, gone)

    async def _list_locks(self, call: Call) -> Reply:
        return Reply(200, {"value": self._locks.all(call.params["scope"])})

    async def _put_lock(self, call: Call) -> Reply:
        scope, name = call.params["scope"], call.params["name"]
        made, created = self._locks.put(scope, name, call.body)
        return Reply(201 if created else 200, made)

    async def _get_lock(self, call: Call) -> Reply:
        return Reply(200, self._locks.get(call.params["scope"], call.params["name"]))

    async def _delete_lock(self, call: Call) -> Reply:
        gone = self._locks.delete(call.params["scope"], call.params["name"])
        return Reply(200 if gone else 204)

    async def _definitions(self, call: Call) -> Reply:
        text = call.query.get("$filter")
        rows = [self._body(role) for role in ROLES if _wanted(role, text)]
        return Reply(200, {"value": rows})

    async def _definition(self, call: Call) -> Reply:
        role = BY_ID.get(call.params["name"].lower())
        if role is None:
            raise DefinitionNotFound(call.params["name"])
        return Reply(200, self._body(role))

    def _body(self, role: Role) -> Json:
        kind = f"{self.namespace}/roleDefinitions"
        return {
            "id": f"/subscriptions/{self._subscription}/providers/{kind}/{role.id}",
            "type": kind,
            "name": role.id,
            "properties": {
                "roleName": role.name,
                "type": "BuiltInRole",
                "description": role.description,
                "assignableScopes": ["/"],
                "permissions": [
                    {
                        "actions": list(role.actions),
                        "notActions": list(role.not_actions),
                        "dataActions": list(role.data_actions),
                        "notDataActions": [],
                    }
                ],
            },
        }


def _wanted(role: Role, text: str | None) -> bool:
    if not text:
        return True
    found = _ROLE_NAME.search(text)
    if found is None:
        raise InvalidFilter(text)
    return role.name.lower() == found.group(1).lower()
