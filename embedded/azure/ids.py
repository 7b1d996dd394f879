"""Azure resource ids: parsing, and comparison without regard to case.

``/subscriptions/{s}/resourceGroups/{g}/providers/{namespace}/{type}/{name}[/...]``
"""

from __future__ import annotations

from dataclasses import dataclass


def key(resource_id: str) -> str:
    """The form in which two ids are compared: ids are case-blind in Azure."""
    return "/" + resource_id.strip("/").lower()


def within(resource_id: str, scope: str) -> bool:
    """Whether an id is the scope itself or lies below it."""
    inner, outer = key(resource_id), key(scope)
    return outer == "/" or inner == outer or inner.startswith(outer + "/")


@dataclass(frozen=True)
class ResourceId:
    """The parts of one ARM id below a resource group.

    ``path`` holds the (type, name) pairs, outermost first.
    """

    subscription: str
    group: str
    namespace: str
    path: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> ResourceId:
        """Split an id. Raises ValueError if it is not below a resource group."""
        parts = text.strip("/").split("/")
        heads = [part.lower() for part in parts[0:6:2]]
        if heads != ["subscriptions", "resourcegroups", "providers"]:
            raise ValueError(f"not a resource id below a resource group: {text}")
        tail = parts[6:]
        if not tail or len(tail) % 2:
            raise ValueError(f"not a whole resource id: {text}")
        pairs = tuple(zip(tail[0::2], tail[1::2], strict=True))
        return cls(parts[1], parts[3], parts[5], pairs)

    @property
    def name(self) -> str:
        """The last name, ``web`` in ``…/containerGroups/web``."""
        return self.path[-1][1]

    @property
    def type(self) -> str:
        """``Microsoft.ContainerRegistry/registries/webhooks``."""
        return "/".join([self.namespace, *(kind for kind, _ in self.path)])

    @property
    def group_id(self) -> str:
        """The id of the resource group around it."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"

    def __str__(self) -> str:
        tail = "/".join(part for pair in self.path for part in pair)
        return f"{self.group_id}/providers/{self.namespace}/{tail}"
