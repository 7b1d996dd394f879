"""What a registry holds, read from Distribution's own files.

Layout: ``repositories/<name>/_manifests/{tags/<tag>/current/link,revisions/…}``
(distribution/distribution, registry/storage/paths.go).
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from embedded.azure.registry.distribution import Layout
from embedded.azure.registry.front.manifests import DIGEST, LARGEST


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
    architecture: str
    os: str


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

    def has(self, repository: str, reference: str = "") -> bool:
        """Whether there is such a repository, or such a tag or digest in it."""
        if not reference:
            return any(self._revisions(repository))
        if ":" in reference:
            algorithm, _, value = reference.partition(":")
            folder = self._manifests(repository) / "revisions" / algorithm / value
            return (folder / "link").exists()
        return self._tag_link(repository, reference).exists()

    def digest(self, repository: str, tag: str) -> str:
        """The manifest that a tag points at; empty where there is none."""
        try:
            return self._tag_link(repository, tag).read_text().strip()
        except OSError:
            return ""

    def tags(self, repository: str) -> list[Tag]:
        folder = self._manifests(repository) / "tags"
        links = sorted(folder.glob("*/current/link"))
        found = (self._tag(repository, link) for link in links)
        return [tag for tag in found if tag is not None]

    def tags_of(self, repository: str, digest: str) -> list[str]:
        """Names of the tags that point at a manifest."""
        return [tag.name for tag in self.tags(repository) if tag.digest == digest]

    def manifests(self, repository: str) -> list[Manifest]:
        tags, found = self.tags(repository), []
        for digest, link in self._revisions(repository):
            names = tuple(tag.name for tag in tags if tag.digest == digest)
            with contextlib.suppress(OSError):  # it is just being deleted
                found.append(self._manifest(digest, link, names))
        return found

    def referrers(self, repository: str, digest: str) -> list[dict[str, Any]]:
        """Descriptors of the manifests that have this one as their subject."""
        found = []
        for one, _ in self._revisions(repository):
            body = self._blob(one)
            if _object(body.get("subject")).get("digest") == digest:
                found.append(self._descriptor(one, body))
        return found

    def delete_repository(self, repository: str) -> tuple[list[str], list[str]]:
        """Digests and tags that are gone with it."""
        digests = [digest for digest, _ in self._revisions(repository)]
        tags = [tag.name for tag in self.tags(repository)]
        # Not the whole folder: that of `app` holds the repository `app/web` too.
        for part in (self._layout.repositories / repository).glob("_*"):
            shutil.rmtree(part, ignore_errors=True)
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

    def _tag_link(self, repository: str, tag: str) -> Path:
        return self._manifests(repository) / "tags" / tag / "current" / "link"

    def _tag(self, repository: str, link: Path) -> Tag | None:
        """None where Distribution is just deleting or writing it."""
        folder = link.parent.parent
        digest = self.digest(repository, folder.name)
        with contextlib.suppress(OSError):
            if digest:
                return Tag(folder.name, digest, _time(folder), _time(link))
        return None

    def _revisions(self, repository: str) -> Iterator[tuple[str, Path]]:
        folder = self._manifests(repository) / "revisions" / "sha256"
        for link in sorted(folder.glob("*/link")):
            yield f"sha256:{link.parent.name}", link

    def _manifest(self, digest: str, link: Path, tags: tuple[str, ...]) -> Manifest:
        body = self._blob(digest)
        config = _object(body.get("config"))
        image = self._blob(str(config.get("digest", "")))
        return Manifest(
            digest,
            _time(link),
            _size([config, *_list(body.get("layers"))]),
            str(body.get("mediaType", "")),
            tags,
            str(image.get("architecture", "")),
            str(image.get("os", "")),
        )

    def _descriptor(self, digest: str, body: dict[str, Any]) -> dict[str, Any]:
        """Of an image that tells no type of its own, the config's is the type."""
        config = _object(body.get("config")).get("mediaType")
        more = {
            "artifactType": body.get("artifactType") or config,
            "annotations": body.get("annotations"),
        }
        return {
            "mediaType": str(body.get("mediaType", "")),
            "digest": digest,
            "size": self._blob_file(digest).stat().st_size,
            **{key: value for key, value in more.items() if value},
        }

    def _blob_file(self, digest: str) -> Path:
        value = digest.removeprefix("sha256:")
        blobs = self._layout.data / "docker/registry/v2/blobs/sha256"
        return blobs / value[:2] / value / "data"

    def _blob(self, digest: str) -> dict[str, Any]:
        """The JSON object that a blob is; an empty one for what is none."""
        if DIGEST.fullmatch(digest) is None:
            return {}
        try:
            with self._blob_file(digest).open("rb") as data:
                return _object(json.loads(data.read(LARGEST)))
        except (OSError, ValueError, RecursionError):
            return {}


def _object(found: Any) -> dict[str, Any]:
    """What Distribution does not look at in a manifest may be anything."""
    return found if isinstance(found, dict) else {}


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []


def _size(parts: list[Any]) -> int:
    sizes = (_object(part).get("size") for part in parts)
    return sum(size for size in sizes if isinstance(size, int))


def _time(path: Path) -> str:
    moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return moment.isoformat().replace("+00:00", "Z")
