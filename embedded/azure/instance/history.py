"""What happened to each container of a group: events, restarts, the state before.

The engine forgets the exit code of a run once the next one begins, so it is noted
here as it happens. One record per group in the store.
"""

from __future__ import annotations

from datetime import UTC, datetime

from embedded.azure.ids import key
from embedded.azure.service import Json
from embedded.azure.store import Store

KIND = "container-history"
EVENTS_KEPT = 50


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class History:
    """The histories of all groups. Not for use from other threads."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, group_id: str) -> Json:
        """By container name: id, restarts, began, killed, last, previous, events."""
        return self._store.record(KIND, key(group_id)) or {}

    def forget(self, group_id: str) -> None:
        self._store.drop_record(KIND, key(group_id))

    def note(
        self, group_id: str, container: str, name: str, message: str, kind: str
    ) -> None:
        """Add an event; the same one again only counts up."""
        whole = self.of(group_id)
        entry = _entry(whole, container)
        _add_event(entry, name, message, kind)
        self._save(group_id, whole)

    def started(self, group_id: str, container: str, engine_id: str) -> None:
        """A run began: the first of a new container, or a restart of a known one."""
        whole = self.of(group_id)
        entry = _entry(whole, container)
        if entry["id"] == engine_id:
            entry["restarts"] += 1
            entry["previous"] = entry["last"]
        else:
            entry.update(id=engine_id, restarts=0, previous=None, last=None)
        entry["began"], entry["killed"] = now(), False
        _add_event(entry, "Started", "Started container", "Normal")
        self._save(group_id, whole)

    def killed(self, group_id: str, container: str, engine_id: str) -> None:
        """Somebody ends it; several signals to one run are one event."""
        whole = self.of(group_id)
        entry = _entry(whole, container)
        if not entry["killed"]:
            entry["killed"] = True
            message = f"Killing container with id {engine_id}"
            _add_event(entry, "Killing", message, "Normal")
            self._save(group_id, whole)

    def ended(self, group_id: str, container: str, exit_code: int) -> None:
        whole = self.of(group_id)
        entry = _entry(whole, container)
        entry["last"] = {
            "state": "Terminated",
            "startTime": entry["began"],
            "exitCode": exit_code,
            "finishTime": now(),
            "detailStatus": "Completed" if exit_code == 0 else "Error",
        }
        self._save(group_id, whole)

    def _save(self, group_id: str, whole: Json) -> None:
        self._store.set_record(KIND, key(group_id), whole)


def _entry(whole: Json, container: str) -> Json:
    fresh: Json = {
        "id": "",
        "restarts": 0,
        "began": now(),
        "killed": False,
        "last": None,
        "previous": None,
        "events": [],
    }
    entry: Json = whole.setdefault(container, fresh)
    return entry


def _add_event(entry: Json, name: str, message: str, kind: str) -> None:
    events: list[Json] = entry["events"]
    for event in events:
        if (event["name"], event["message"]) == (name, message):
            event["count"] += 1
            event["lastTimestamp"] = now()
            return
    moment = now()
    events.append(
        {
            "count": 1,
            "firstTimestamp": moment,
            "lastTimestamp": moment,
            "name": name,
            "message": message,
            "type": kind,
        }
    )
    del events[:-EVENTS_KEPT]
