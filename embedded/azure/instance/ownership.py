"""Whose images are on the engine: what a pull brought goes with the last group.

An image that was there before, or that someone else's container uses, stays.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace

from embedded.azure.errors import ArmError
from embedded.azure.ids import key
from embedded.azure.instance.pulling import Images, Pulled
from embedded.azure.instance.records import Record, Records

log = logging.getLogger(__name__)


class Ownership:
    """Looks at the images of all groups together."""

    def __init__(self, records: Records, images: Images) -> None:
        self._records = records
        self._images = images

    def merge(
        self, record: Record, pulled: Iterable[Pulled]
    ) -> tuple[tuple[Pulled, ...], tuple[Pulled, ...]]:
        """The images of a group after a deployment: what it has, what it had.

        An image that an earlier pull brought stays known as brought.
        """
        before = {each.name: each for each in record.images}
        kept = tuple(
            _brought(_inherit(each, before.get(each.name)), record.bringing)
            for each in pulled
        )
        now = {each.name: each for each in kept}
        superseded = tuple(_outdated(record.images, now))
        return kept, superseded

    def absent(self, record: Record) -> tuple[str, ...]:
        """What a deployment will bring: noted before, for it may never come to an end.

        What an earlier one has brought, which was cut off, is there by now.
        """
        images = {each.image for each in record.group.all_containers}
        return tuple(sorted({*record.bringing, *self._images.absent(images)}))

    def half_brought(self, record: Record) -> tuple[Pulled, ...]:
        """What a deployment without an end has brought after all."""
        found = ((name, self._images.present(name)) for name in record.bringing)
        return tuple(
            Pulled(name, image_id, new_name=True, new_image=False)
            for name, image_id in found
            if image_id is not None
        )

    def unneeded(self, record: Record, images: Iterable[Pulled]) -> tuple[Pulled, ...]:
        """Those that no other group uses; the others are handed to one that does."""
        free = []
        for image in images:
            heir = self._heir(record, image)
            if heir is None:
                free.append(image)
            else:
                self._hand_over(heir, image)
        return tuple(free)

    def _heir(self, record: Record, image: Pulled) -> Record | None:
        for other in self._records.all():
            same = any(each.image_id == image.image_id for each in other.images)
            if same and key(other.id) != key(record.id):
                return other
        return None

    def _hand_over(self, heir: Record, image: Pulled) -> None:
        images = tuple(_inherit(each, image) for each in heir.images)
        names = {each.name for each in heir.images}
        # Under another name it would not be found again: it is kept beside.
        beside = () if image.name in names or not image.new_name else (image,)
        self._records.save(replace(heir, images=images + beside))

    def remove(self, image: Pulled) -> None:
        """An image that cannot be removed is no reason to fail."""
        try:
            self._images.remove(image)
        except ArmError as error:
            log.warning("image %s: %s", image.name, error.message)


def _inherit(image: Pulled, before: Pulled | None) -> Pulled:
    if before is None or before.image_id != image.image_id:
        return image
    return replace(
        image,
        new_name=image.new_name or (before.new_name and before.name == image.name),
        new_image=image.new_image or before.new_image,
    )


def _brought(image: Pulled, names: tuple[str, ...]) -> Pulled:
    return replace(image, new_name=True) if image.name in names else image


def _outdated(before: Iterable[Pulled], now: dict[str, Pulled]) -> Iterator[Pulled]:
    for image in before:
        current = now.get(image.name)
        if current is None:
            yield image
        elif current.image_id != image.image_id:
            yield replace(image, new_name=False)
