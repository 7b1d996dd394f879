"""``GET /metadata/endpoints``: how az, the SDKs and azure-native find everything else.

The fields are those that at least one of these clients reads, in the form of version
2022-09-01; older versions wrap the same object in a list.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from embedded.azure.entra import graph
from embedded.azure.service import Json, Settings

#: From this version on the answer is one object.
OBJECT_SINCE = "2022-09-01"


def routes(settings: Settings, tenant_id: str) -> list[Route]:
    async def endpoints(request: Request) -> JSONResponse:
        body = document(settings, tenant_id)
        version = request.query_params.get("api-version", OBJECT_SINCE)
        return JSONResponse(body if version >= OBJECT_SINCE else [body])

    return [Route("/metadata/endpoints", endpoints)]


def document(settings: Settings, tenant_id: str) -> Json:
    base = settings.base_url
    return {
        "name": "EmbeddedAzure",
        "portal": f"{base}/portal",
        "resourceManager": f"{base}/",
        "authentication": {
            "loginEndpoint": f"{base}/",
            "audiences": [f"{base}/", base, "https://management.azure.com/"],
            "tenant": tenant_id,
            "identityProvider": "AAD",
        },
        "microsoftGraphResourceId": f"{graph.resource(settings)}/",
        "graph": f"{base}/graph/",
        "graphAudience": "https://graph.microsoft.com/",
        "media": f"{base}/media",
        "batch": f"{base}/batch/",
        "gallery": f"{base}/gallery/",
        "sqlManagement": f"{base}/sql/",
        "vmImageAliasDoc": f"{base}/aliases.json",
        "activeDirectoryDataLake": f"{base}/datalake/",
        "logAnalyticsResourceId": f"{base}/loganalytics",
        "appInsightsResourceId": f"{base}/appinsights",
        "appInsightsTelemetryChannelResourceId": f"{base}/appinsights/track",
        "attestationResourceId": f"{base}/attestation",
        "synapseAnalyticsResourceId": f"{base}/synapse",
        "ossrDbmsResourceId": f"{base}/ossrdbms",
        "suffixes": {
            "acrLoginServer": "localhost",
            "storage": "core.localhost",
            "keyVaultDns": "vault.localhost",
            "sqlServerHostname": "database.localhost",
            "mhsmDns": "managedhsm.localhost",
            "mysqlServerEndpoint": "mysql.localhost",
            "postgresqlServerEndpoint": "postgres.localhost",
            "mariadbServerEndpoint": "mariadb.localhost",
            "storageSyncEndpointSuffix": "afs.localhost",
            "azureFrontDoorEndpointSuffix": "azurefd.localhost",
            "azureDataLakeStoreFileSystem": "azuredatalakestore.localhost",
            "azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.localhost",
            "synapseAnalytics": "dev.synapse.localhost",
            "attestationEndpoint": "attest.localhost",
        },
    }
