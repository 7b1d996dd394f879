"""Long-running operations, and the two URLs at which a client follows one.

``Azure-AsyncOperation`` answers with a status, ``Location`` with 202 and then the final
body (Azure Resource Manager, "Track asynchronous operations").
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime

from embedded.azure.errors import ArmError
from embedded.azure.service import Call, Json, Reply, Route, Settings
from embedded.azure.store import Store

LOGGER = logging.getLogger(__name__)
KIND = "operation"
API_VERSION = "2021-04-01"
#: Seconds that a poll waits for the end before it says "not yet".
PATIENCE = 0.25
#: Seconds for which the outcome of an operation is kept.
KEPT = 3600.0
#: Pulumi waits 10 s without these, other clients 30 s; sub-second where understood.
POLL_HEADERS = {"Retry-After": "1", "retry-after-ms": "20"}


class OperationNotFound(ArmError):
    status = 404
    code = "OperationNotFound"


class OperationInterrupted(ArmError):
    status = 500
    code = "OperationInterrupted"


class OperationTable:
    """All operations; the one implementation of ``Operations``."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._tasks: dict[str, asyncio.Task[None]] = {}
        base = (
            "/subscriptions/{subscription}/providers/{namespace}/locations/{location}"
        )
        self.routes = [
            Route("GET", f"{base}/operationStatuses/{{id}}", None, self.status),
            Route("GET", f"{base}/operationResults/{{id}}", None, self.result),
        ]

    def recover(self) -> None:
        """After a crash: nothing is under way any more, and old outcomes go."""
        for id_, record in self._store.records(KIND).items():
            if record["status"] == "InProgress":
                interrupted = OperationInterrupted(
                    "The local Azure stopped while this was under way. Try it again."
                )
                self._finish(id_, record, error=interrupted)
            elif time.time() - record["ended"] > KEPT:
                self._store.drop_record(KIND, id_)

    def start(
        self,
        namespace: str,
        location: str,
        work: Awaitable[Json | None],
        *,
        subscription: str,
    ) -> Mapping[str, str]:
        """Run the work in the background; the headers that let a client follow it."""
        id_ = str(uuid.uuid4())
        path = (
            f"/subscriptions/{subscription}/providers/{namespace}"
            f"/locations/{location or 'global'}"
        )
        record: Json = {
            "id": f"{path}/operationStatuses/{id_}",
            "name": id_,
            "status": "InProgress",
            "startTime": _now(),
        }
        self._store.set_record(KIND, id_, record)
        task = asyncio.ensure_future(self._run(id_, record, work))
        self._tasks[id_] = task
        task.add_done_callback(lambda _: self._tasks.pop(id_, None))
        query = f"api-version={API_VERSION}"
        base = self._settings.base_url
        return {
            "Azure-AsyncOperation": f"{base}{path}/operationStatuses/{id_}?{query}",
            "Location": f"{base}{path}/operationResults/{id_}?{query}",
        }

    async def stop(self) -> None:
        """Let the work under way end."""
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=20)

    async def status(self, call: Call) -> Reply:
        record = await self._settled(call.params["id"])
        shown: Json = {
            name: record[name]
            for name in ("id", "name", "status", "startTime", "endTime", "error")
            if name in record
        }
        if record.get("body") is not None:
            shown["properties"] = record["body"]
        headers = POLL_HEADERS if record["status"] == "InProgress" else {}
        return Reply(200, shown, headers)

    async def result(self, call: Call) -> Reply:
        record = await self._settled(call.params["id"])
        if record["status"] == "InProgress":
            return Reply(202, None, {**POLL_HEADERS, "Location": self._location(call)})
        if "error" in record:
            return Reply(record["errorStatus"], {"error": record["error"]})
        if record.get("body") is None:
            return Reply(204)
        return Reply(200, record["body"])

    def _location(self, call: Call) -> str:
        return f"{self._settings.base_url}{call.path}?api-version={API_VERSION}"

    async def _settled(self, id_: str) -> Json:
        """The operation's record, a moment later if it is about to end."""
        task = self._tasks.get(id_)
        if task is not None:
            await asyncio.wait([task], timeout=PATIENCE)
        record = self._store.record(KIND, id_)
        if record is None:
            raise OperationNotFound(f"There is no operation {id_!r}.")
        return record

    async def _run(self, id_: str, record: Json, work: Awaitable[Json | None]) -> None:
        try:
            body = await work
        except ArmError as error:
            self._finish(id_, record, error=error)
        except Exception:
            LOGGER.exception("operation %s failed", id_)
            internal = ArmError("The operation failed inside the local Azure.")
            internal.status, internal.code = 500, "InternalServerError"
            self._finish(id_, record, error=internal)
        else:
            self._finish(id_, record, body=body)

    def _finish(
        self,
        id_: str,
        record: Json,
        *,
        body: Json | None = None,
        error: ArmError | None = None,
    ) -> None:
        done = {**record, "endTime": _now(), "ended": time.time(), "body": body}
        done["status"] = "Failed" if error else "Succeeded"
        if error is not None:
            done["error"] = error.inner()
            done["errorStatus"] = error.status
        self._store.set_record(KIND, id_, done)


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")
