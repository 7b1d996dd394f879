"""What is known of one container group, and how the store keeps it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from embedded.azure.ids import ResourceId
from embedded.azure.instance import parsing, views
from embedded.azure.instance.pulling import Pulled
from embedded.azure.instance.spec import Group
from embedded.azure.service import Json
from embedded.azure.store import Document, Store

TYPE = "Microsoft.ContainerInstance/containerGroups"
UNFINISHED = ("Pending", "Creating")


@dataclass(frozen=True)
class Record:
    """``request`` is the body as it was put, secrets included; no answer shows it.

    ``state`` is Azure's provisioningState. ``identity`` is the group's identity as
    answers show it; ``principal`` the object id of its system-assigned one.
    """

    id: str
    request: Json
    state: str = "Pending"
    stopped: bool = False
    deleting: bool = False
    address: str | None = None
    domain_name: str | None = None
    identity: Json | None = None
    principal: str | None = None
    images: tuple[Pulled, ...] = ()
    #: Names that the engine did not have before a deployment that has not ended yet.
    bringing: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return ResourceId.parse(self.id).name

    @property
    def group(self) -> Group:
        return parsing.group(self.name, self.request)

    @property
    def settled(self) -> bool:
        """Whether its containers should be running now, with nobody at work on it."""
        return self.state == "Succeeded" and not self.stopped and not self.deleting

    def shown(self) -> Json:
        """The body of answers, without the instance view."""
        return views.public(
            self.id,
            self.request,
            state=self.state,
            address=self.address,
            domain_name=self.domain_name,
            identity=self.identity,
        )


class Records:
    """The container groups in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, resource_id: str) -> Record | None:
        document = self._store.get(resource_id)
        if document is None or document.type.lower() != TYPE.lower():
            return None
        return _record(document)

    def save(self, record: Record) -> Record:
        private = {k: v for k, v in asdict(record).items() if k != "id"}
        document = Document(record.id, TYPE, record.shown(), private)
        self._store.put(document)
        return record

    def delete(self, record: Record) -> None:
        self._store.delete(record.id)

    def below(self, scope: str) -> list[Record]:
        return [_record(each) for each in self._store.under(scope, TYPE)]

    def all(self) -> list[Record]:
        return self.below("/subscriptions")


def _record(document: Document) -> Record:
    names = {each.name for each in fields(Record)}
    known = {k: v for k, v in document.private.items() if k in names}
    images = tuple(Pulled(**each) for each in known.pop("images", []))
    bringing = tuple(known.pop("bringing", ()))
    return Record(id=document.id, images=images, bringing=bringing, **known)
