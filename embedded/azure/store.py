"""What the local Azure keeps: ARM documents and plain records, in one SQLite file.

Every write is one committed transaction before its caller is answered, so a killed
process loses nothing that was acknowledged.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from embedded.azure.ids import key
from embedded.azure.service import Json

SCHEMA = """
create table if not exists documents (
    key text primary key, id text not null, type text not null,
    body text not null, private text not null
) without rowid;
create index if not exists documents_by_type on documents (type, key);
create table if not exists records (
    kind text not null, key text not null, value text not null,
    primary key (kind, key)
) without rowid;
"""


class StoreDamaged(Exception):
    """The file is no database, or not whole."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"The records of the local Azure are damaged: {path} ({reason}). Nothing "
            "was changed. Put a copy of the file back. Without one, remove what still "
            "runs (`docker ps --all --filter label=acr-lab.embedded` names it) and the "
            "folder `.embedded`, or EMBEDDED_HOME: then everything begins anew."
        )


@dataclass(frozen=True)
class Document:
    """One ARM resource.

    ``body`` is what a GET answers; ``private`` never leaves the process (passwords,
    ports, container ids). ``type`` is compared without regard to case.
    """

    id: str
    type: str
    body: Json
    private: Json = field(default_factory=dict)


class Store:
    """The one owner of the SQLite file (mode 0600). Raises StoreDamaged."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise StoreDamaged(path, str(error)) from error

    def _open(self) -> None:
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(SCHEMA)
        (found,) = self._db.execute("pragma quick_check(1)").fetchone()
        if found != "ok":
            raise sqlite3.DatabaseError(found)

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes inside happen together or not at all."""
        self._db.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

    def get(self, resource_id: str) -> Document | None:
        row = self._db.execute(
            "select id, type, body, private from documents where key = ?",
            (key(resource_id),),
        ).fetchone()
        return None if row is None else _document(row)

    def put(self, document: Document) -> None:
        self._db.execute(
            "insert or replace into documents values (?, ?, ?, ?, ?)",
            (
                key(document.id),
                document.id,
                document.type.lower(),
                json.dumps(document.body),
                json.dumps(document.private),
            ),
        )

    def delete(self, resource_id: str) -> bool:
        """Whether there was one to delete."""
        statement = "delete from documents where key = ?"
        return self._db.execute(statement, (key(resource_id),)).rowcount > 0

    def under(self, scope: str, type_: str | None = None) -> list[Document]:
        """Documents below a scope (not the scope itself), in the order of their ids."""
        low = key(scope).rstrip("/") + "/"
        rows = self._db.execute(
            "select id, type, body, private from documents"
            " where key > ? and key < ? and (? is null or type = ?) order by key",
            (low, low[:-1] + "0", type_ and type_.lower(), type_ and type_.lower()),
        )
        return [_document(row) for row in rows]

    def record(self, kind: str, name: str) -> Json | None:
        row = self._db.execute(
            "select value from records where kind = ? and key = ?", (kind, name)
        ).fetchone()
        return None if row is None else _object(row[0])

    def records(self, kind: str) -> dict[str, Json]:
        rows = self._db.execute(
            "select key, value from records where kind = ? order by key", (kind,)
        )
        return {name: _object(value) for name, value in rows}

    def set_record(self, kind: str, name: str, value: Json) -> None:
        self._db.execute(
            "insert or replace into records values (?, ?, ?)",
            (kind, name, json.dumps(value)),
        )

    def drop_record(self, kind: str, name: str) -> bool:
        statement = "delete from records where kind = ? and key = ?"
        return self._db.execute(statement, (kind, name)).rowcount > 0


def _document(row: tuple[str, str, str, str]) -> Document:
    return Document(row[0], row[1], _object(row[2]), _object(row[3]))


def _object(text: str) -> Json:
    value = json.loads(text)
    assert isinstance(value, dict)
    return value
