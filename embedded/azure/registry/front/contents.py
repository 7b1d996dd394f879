"""What a registry holds, read from Distribution's own files.

Layout: ``repositories/<name>/_manifests/{tags/<tag>/current/link,revisions/…}``
(distribution/distribution, registry/storage/paths.go).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embedded.azure.registry.distribution import Layout


@dataclass(frozen=True)
class Tag:
    name: str
    digest: str
    created: str
    updated: str


@dataclass(frozen=True)
class Manifest:
    digest: str
    created: str
    size: int
    media_type: str
    tags: tuple[str, ...]


class Contents:
    """Repositories, tags and manifests of one registry."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def repositories(self) -> list[str]:
        """Names of repositories with at least one manifest."""
        root = self._layout.repositories
        found = [folder.parent for folder in root.rglob("_manifests")]
        names = [str(folder.relative_to(root)) for folder in found]
        return sorted(name for name in names if any(self._revisions(name)))

    def tags(self, repository: str) -> list[Tag]:
        folder = self._manifests(repository) / "tags"
        links = sorted(folder.glob("*/current/link"))
        return [
            Tag(
                link.parent.parent.name,
                link.read_text().strip(),
                _time(link.parent.parent),
                _time(link),
            )
            for link in links
        ]

    def manifests(self, repository: str) -> list[Manifest]:
        tags = self.tags(repository)
        return [
            self._manifest(digest, link, [t.name for t in tags if t.digest == digest])
            for digest, link in self._revisions(repository)
        ]

    def delete_repository(self, repository: str) -> tuple[list[str], list[str]]:
        """Digests and tags that are gone with it."""
        digests = [digest for digest, _ in self._revisions(repository)]
        tags = [tag.name for tag in self.tags(repository)]
        shutil.rmtree(self._layout.repositories / repository, ignore_errors=True)
        return digests, tags

    def delete_tag(self, repository: str, tag: str) -> bool:
        """Whether there was one. Its manifest stays."""
        folder = self._manifests(repository) / "tags" / tag
        if not folder.is_dir():
            return False
        shutil.rmtree(folder)
        return True

    def size(self) -> int:
        """Bytes of all blobs."""
        blobs = self._layout.data / "docker/registry/v2/blobs"
        return sum(file.stat().st_size for file in blobs.rglob("data"))

    def _manifests(self, repository: str) -> Path:
        return self._layout.repositories / repository / "_manifests"

    def _revisions(self, repository: str) -> Iterator[tuple[str, Path]]:
        folder = self._manifests(repository) / "revisions" / "sha256"
        for link in sorted(folder.glob("*/link")):
            yield f"sha256:{link.parent.name}", link

    def _manifest(self, digest: str, link: Path, tags: list[str]) -> Manifest:
        body = self._blob(digest)
        layers = [body.get("config") or {}, *(body.get("layers") or [])]
        size = sum(int(layer.get("size", 0)) for layer in layers)
        media_type = str(body.get("mediaType", ""))
        return Manifest(digest, _time(link), size, media_type, tuple(tags))

    def _blob(self, digest: str) -> dict[str, Any]:
        value = digest.removeprefix("sha256:")
        blobs = self._layout.data / "docker/registry/v2/blobs/sha256"
        try:
            body = json.loads((blobs / value[:2] / value / "data").read_text())
        except (OSError, ValueError):
            return {}
        return body if isinstance(body, dict) else {}


def _time(path: Path) -> str:
    moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return moment.isoformat().replace("+00:00", "Z")
