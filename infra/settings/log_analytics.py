"""The key ``logAnalytics``: where a group's logs and events go.

https://learn.microsoft.com/azure/container-instances/container-instances-log-analytics
"""

from __future__ import annotations

from dataclasses import dataclass, field

from infra import rules
from infra.settings import structure
from infra.settings.reader import Reader
from infra.settings.registry import GUID
from infra.settings.structure import Entry

KEY = rules.text(r"[A-Za-z0-9+/]{16,}={0,2}", "a key of the workspace")
LOG_TYPE = rules.words("ContainerInstanceLogs", "ContainerInsights")


@dataclass(frozen=True)
class LogAnalytics:
    """A workspace by its own id (no resource id) and one of its keys."""

    workspace: str
    key: str = field(repr=False)
    log_type: str = "ContainerInstanceLogs"


def read(reader: Reader) -> LogAnalytics | None:
    return structure.one(reader, "logAnalytics", _log_analytics)


def _log_analytics(entry: Entry) -> LogAnalytics:
    return LogAnalytics(
        workspace=entry.need("workspaceId", GUID, ""),
        key=entry.need("workspaceKey", KEY, "", secret=True),
        log_type=entry.take("logType", LOG_TYPE, LogAnalytics.log_type),
    )
