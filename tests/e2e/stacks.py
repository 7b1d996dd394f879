"""Whole configurations: a stack's file may have each as it is."""

from __future__ import annotations

from typing import Any

SOMEBODY = "11111111-2222-3333-4444-555555555555"
#: Everything that goes together, on Premium. Soft delete is not among it (it excludes
#: retention, replications and cache rules), and neither is what the embedded Azure
#: refuses: customerKey, privateEndpoints, diagnostics, credentials of cache rules.
MAX: dict[str, Any] = {
    "sku": "Premium",
    "adminUser": True,
    "anonymousPull": True,
    "allowedIps": ["127.0.0.1", "203.0.113.0/24"],
    "trustedServices": False,
    "dedicatedDataEndpoints": True,
    "zoneRedundancy": True,
    "retentionDays": 30,
    "quarantine": True,
    "geoReplications": [
        {"location": "northeurope"},
        {"location": "eastus", "regionEndpoint": False, "zoneRedundancy": True},
    ],
    "webhooks": [
        {
            "name": "pushed",
            "uri": "http://127.0.0.1:9/hook?code=sesame-of-the-address",
            "actions": ["push", "delete"],
            "scope": "acr-lab/*",
            "headers": {"X-Token": "sesame-of-the-header"},
        },
        {"name": "silent", "uri": "http://127.0.0.1:9/", "status": "disabled"},
    ],
    "scopeMaps": [
        {
            "name": "readers",
            "actions": ["repositories/acr-lab/*/content/read"],
            "description": "Read all of the lab",
        }
    ],
    "tokens": [
        {"name": "reader", "scopeMap": "readers"},
        {"name": "pusher", "scopeMap": "_repositories_push", "status": "disabled"},
    ],
    "cacheRules": [
        {"name": "docker-hub", "source": "docker.io/library/*", "target": "hub/*"}
    ],
    "tasks": [
        {
            "name": "nightly",
            "context": "https://github.com/example/app.git#main:app",
            "image": "app:{{.Run.ID}}",
            "onCommit": True,
            "schedule": "0 4 * * *",
            "accessToken": "sesame-of-the-task",
        }
    ],
    "lock": "CanNotDelete",
    "pullAuth": "token",
    "pullers": [{"name": "cluster", "principalId": SOMEBODY, "system": "aks"}],
}

#: Nothing by password, nobody from elsewhere, nothing deleted by mistake. On Azure the
#: address is that of whoever pushes; there `publicAccess: false` and `export: false`
#: with a private endpoint are stricter still.
SECURE: dict[str, Any] = {
    "sku": "Premium",
    "allowedIps": ["127.0.0.1"],
    "trustedServices": True,
    "retentionDays": 7,
    "webhooks": [
        {"name": "audit", "uri": "http://127.0.0.1:9/", "actions": ["push", "delete"]}
    ],
    "lock": "CanNotDelete",
    "pullAuth": "identity",
    "push": "token",
}
#: Soft delete, which goes with none of retention, replications and cache rules.
RESTORABLE: dict[str, Any] = {"sku": "Standard", "softDeleteDays": 30}
