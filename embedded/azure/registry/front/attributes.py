"""``changeableAttributes``: what may be done with a repository, a tag or a manifest.

https://learn.microsoft.com/azure/container-registry/container-registry-image-lock
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from embedded.azure import ids
from embedded.azure.registry.front.contents import Contents
from embedded.azure.store import Store

FLAGS = ("deleteEnabled", "writeEnabled", "listEnabled", "readEnabled")
#: What deletes needs both: https://github.com/Azure/acr/issues/561
DELETE = ("deleteEnabled", "writeEnabled")
WRITE = ("writeEnabled",)
READ = ("readEnabled",)
#: The name of a repository alone, where a tag or a digest may stand.
WHOLE = ""


class Attributes:
    """Those of one registry; all is allowed at first.

    The flags of a repository count for all in it, those of a tag for the tag alone: the
    manifest behind it has its own. They end with what they are about.
    """

    def __init__(self, store: Store, registry: str, contents: Contents) -> None:
        self._store = store
        self._kind = _kind(registry)
        self._contents = contents
        rows = store.records(self._kind)
        self._off: dict[str, list[str]] = {key: row["off"] for key, row in rows.items()}

    def of(self, repository: str, reference: str = WHOLE) -> dict[str, bool]:
        """All flags; ``reference`` is a tag or a digest."""
        off = self._turned_off(repository, reference)
        return {flag: flag not in off for flag in FLAGS}

    def change(
        self, repository: str, reference: str, flags: Mapping[str, bool]
    ) -> None:
        """Set some flags, and leave the others as they are."""
        found = {**self.of(repository, reference), **flags}
        off = [flag for flag in FLAGS if not found[flag]]
        self._keep(_key(repository, reference), off)

    def allow(
        self, flags: Iterable[str], repository: str, references: Iterable[str] = ()
    ) -> bool:
        """Whether all the flags are on, of the repository and of the references."""
        every = (WHOLE, *references)
        off = {flag for one in every for flag in self._turned_off(repository, one)}
        return off.isdisjoint(flags)

    def allow_all(self, flags: Iterable[str], repository: str) -> bool:
        """The same of the repository and of everything in it."""
        starts = (f"{repository}:", f"{repository}@")
        inside = [key for key in self._off if key.startswith(starts)]
        references = [key.removeprefix(repository)[1:] for key in inside]
        return self.allow(flags, repository, references)

    def hidden(self) -> list[tuple[str, str]]:
        """Repositories, tags and manifests that no listing shows."""
        off = (key for key, flags in self._off.items() if "listEnabled" in flags)
        return [_parts(key) for key in off]

    def _turned_off(self, repository: str, reference: str) -> list[str]:
        key = _key(repository, reference)
        if key in self._off and not self._contents.has(repository, reference):
            # It was deleted: what gets its name next begins anew.
            self._keep(key, [])
        return self._off.get(key, [])

    def _keep(self, key: str, off: list[str]) -> None:
        if off:
            self._store.set_record(self._kind, key, {"off": off})
            self._off[key] = off
        else:
            self._store.drop_record(self._kind, key)
            self._off.pop(key, None)


def forget(store: Store, registry: str) -> None:
    """Drop those of a registry that is deleted."""
    for key in store.records(_kind(registry)):
        store.drop_record(_kind(registry), key)


def _kind(registry: str) -> str:
    return f"attributes {ids.key(registry)}"


def _key(repository: str, reference: str) -> str:
    """As images are named: ``app:tag``, ``app@sha256:...``."""
    if not reference:
        return repository
    return f"{repository}{'@' if ':' in reference else ':'}{reference}"


def _parts(key: str) -> tuple[str, str]:
    mark = "@" if "@" in key else ":"
    repository, _, reference = key.partition(mark)
    return repository, reference
