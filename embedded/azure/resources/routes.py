"""HTTP of Microsoft.Resources (api-version 2021-04-01 and its neighbours)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from embedded.azure.resources import deployments, schema
from embedded.azure.resources.errors import GroupNotFound, ProviderNotFound
from embedded.azure.resources.model import Groups
from embedded.azure.service import (
    Call,
    Json,
    Operations,
    Reply,
    Route,
    Service,
    Settings,
)
from embedded.azure.store import Store

VERSIONS = (
    "2018-05-01",
    "2019-05-10",
    "2019-10-01",
    "2020-06-01",
    "2020-10-01",
    "2021-01-01",
    "2021-04-01",
    "2022-09-01",
    "2023-07-01",
    "2024-03-01",
    "2024-07-01",
    "2024-11-01",
    "2025-04-01",
)
GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
DEPLOYMENTS = "/providers/Microsoft.Resources/deployments"
FILTER = ("$filter",)
LOCATIONS = {
    "eastus": "East US",
    "eastus2": "East US 2",
    "westus": "West US",
    "westus2": "West US 2",
    "westus3": "West US 3",
    "centralus": "Central US",
    "northeurope": "North Europe",
    "westeurope": "West Europe",
    "germanywestcentral": "Germany West Central",
    "francecentral": "France Central",
    "uksouth": "UK South",
    "swedencentral": "Sweden Central",
    "switzerlandnorth": "Switzerland North",
    "southeastasia": "Southeast Asia",
    "japaneast": "Japan East",
    "australiaeast": "Australia East",
}


class ResourcesService:
    """Subscriptions, tenants, providers, resource groups."""

    namespace = "Microsoft.Resources"

    def __init__(
        self,
        settings: Settings,
        store: Store,
        operations: Operations,
        tenant: str,
        subscription: str,
    ) -> None:
        self.types: Mapping[str, Sequence[str]] = {
            "resourceGroups": VERSIONS,
            "deployments": VERSIONS,
        }
        self._settings = settings
        self._operations = operations
        self._tenant = tenant
        self._subscription = subscription
        self._services: Sequence[Service] = (self,)
        self.groups = Groups(store, subscription)
        one = "/subscriptions/{subscription}"
        group = f"{one}/resourceGroups/{{group}}"
        self.routes: Sequence[Route] = (
            Route("GET", "/tenants", None, self._tenants),
            Route("GET", "/subscriptions", None, self._subscriptions),
            Route("GET", one, None, self._subscription_body),
            Route("GET", f"{one}/locations", None, self._locations),
            Route("GET", f"{one}/providers", None, self._providers),
            Route("GET", f"{one}/providers/{{namespace}}", None, self._provider),
            Route(
                "POST",
                f"{one}/providers/{{namespace}}/register",
                f"{self.namespace}/subscriptions/providers/register/action",
                self._provider,
            ),
            Route("GET", f"{one}/resourceGroups", f"{GROUPS}/read", self._list),
            Route(
                "GET",
                f"{one}/resources",
                f"{GROUPS}/read",
                self._resources,
                query=FILTER,
            ),
            Route(
                "GET",
                f"{group}/resources",
                f"{GROUPS}/read",
                self._resources,
                query=FILTER,
            ),
            Route("PUT", group, f"{GROUPS}/write", self._put, schema.GROUP),
            Route("PATCH", group, f"{GROUPS}/write", self._patch, schema.GROUP_PATCH),
            Route("GET", group, f"{GROUPS}/read", self._get),
            Route("HEAD", group, f"{GROUPS}/read", self._head),
            Route("DELETE", group, f"{GROUPS}/delete", self._delete),
            Route(
                "POST",
                f"{group}{DEPLOYMENTS}/{{deployment}}/validate",
                f"{self.namespace}/deployments/validate/action",
                self._validate,
                schema.DEPLOYMENT,
            ),
        )

    def serve(self, services: Sequence[Service]) -> None:
        self._services = services
        self.groups.serve(services)

    async def start(self) -> None:
        """Go on with deletions that were under way."""
        for name in self.groups.half_deleted():
            self._start_removal(name)

    async def stop(self) -> None:
        """Nothing to let go of."""

    async def remove(self, resource_id: str) -> None:
        await self.groups.remove(resource_id)

    async def _tenants(self, _: Call) -> Reply:
        row = {
            "id": f"/tenants/{self._tenant}",
            "tenantId": self._tenant,
            "displayName": "Embedded Azure",
            "tenantCategory": "Home",
            "countryCode": "XX",
            "domains": ["embedded.localhost"],
        }
        return Reply(200, {"value": [row]})

    async def _subscriptions(self, _: Call) -> Reply:
        return Reply(200, {"value": [self._row()]})

    async def _subscription_body(self, _: Call) -> Reply:
        return Reply(200, self._row())

    async def _locations(self, call: Call) -> Reply:
        rows = [
            {
                "id": f"{call.path}/{name}",
                "name": name,
                "displayName": shown,
                "regionalDisplayName": shown,
                "type": "Region",
                "metadata": {"regionType": "Physical", "regionCategory": "Recommended"},
            }
            for name, shown in LOCATIONS.items()
        ]
        return Reply(200, {"value": rows})

    async def _providers(self, _: Call) -> Reply:
        return Reply(200, {"value": [self._registration(s) for s in self._services]})

    async def _provider(self, call: Call) -> Reply:
        wanted = call.params["namespace"]
        for service in self._services:
            if service.namespace.lower() == wanted.lower():
                return Reply(200, self._registration(service))
        raise ProviderNotFound(wanted)

    async def _list(self, call: Call) -> Reply:
        return Reply(200, {"value": self.groups.all(call.query.get("$filter"))})

    async def _resources(self, call: Call) -> Reply:
        scope = f"/subscriptions/{self._subscription}"
        if "group" in call.params:
            scope = self.groups.id(call.params["group"])
        rows = self.groups.resources(scope, call.query.get("$filter"))
        return Reply(200, {"value": rows})

    async def _put(self, call: Call) -> Reply:
        group, created = self.groups.put(call.params["group"], call.body)
        return Reply(201 if created else 200, group)

    async def _patch(self, call: Call) -> Reply:
        return Reply(200, self.groups.patch(call.params["group"], call.body))

    async def _get(self, call: Call) -> Reply:
        return Reply(200, self.groups.get(call.params["group"]))

    async def _head(self, call: Call) -> Reply:
        try:
            self.groups.get(call.params["group"])
        except GroupNotFound:
            return Reply(404)
        return Reply(204)

    async def _validate(self, call: Call) -> Reply:
        group, name = self.groups.get(call.params["group"]), call.params["deployment"]
        body = deployments.validate(self._services, group["id"], name, call.body)
        return Reply(200, body)

    async def _delete(self, call: Call) -> Reply:
        headers = self._start_removal(call.params["group"])
        return Reply(202, None, {"Location": headers["Location"]})

    def _start_removal(self, name: str) -> dict[str, str]:
        location = self.groups.get(name)["location"]
        group_id = self.groups.mark_deleting(name)
        return dict(
            self._operations.start(
                self.namespace,
                location,
                self._removal(group_id),
                subscription=self._subscription,
            )
        )

    async def _removal(self, group_id: str) -> Json | None:
        await asyncio.sleep(0)
        await self.groups.remove(group_id)
        return None

    def _row(self) -> Json:
        return {
            "id": f"/subscriptions/{self._subscription}",
            "subscriptionId": self._subscription,
            "tenantId": self._tenant,
            "displayName": "Embedded Azure",
            "state": "Enabled",
            "authorizationSource": "RoleBased",
            "subscriptionPolicies": {
                "locationPlacementId": "Public_2014-09-01",
                "quotaId": "Embedded",
                "spendingLimit": "Off",
            },
            "managedByTenants": [],
        }

    def _registration(self, service: Service) -> Json:
        return {
            "id": f"/subscriptions/{self._subscription}/providers/{service.namespace}",
            "namespace": service.namespace,
            "registrationState": "Registered",
            "registrationPolicy": "RegistrationRequired",
            "resourceTypes": [
                {
                    "resourceType": type_,
                    "locations": list(LOCATIONS.values()),
                    "apiVersions": list(versions),
                    "capabilities": "SupportsTags, SupportsLocation",
                }
                for type_, versions in service.types.items()
            ],
        }
