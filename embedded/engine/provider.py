"""A provider's calls with the engine's own values: the only place with its messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import status_pb2

from embedded.engine.errors import (
    OutcomeUnknown,
    PluginFailed,
    ProviderRefused,
    ResourceIncomplete,
)
from embedded.engine.plan import Diff
from embedded.engine.plugins import ProviderPlugin
from embedded.engine.state import Resource
from embedded.engine.values import (
    Properties,
    Secret,
    from_struct,
    mark_secrets,
    to_struct,
)

KINDS = {
    pb.PropertyDiff.Kind.ADD: "add",
    pb.PropertyDiff.Kind.ADD_REPLACE: "add-replace",
    pb.PropertyDiff.Kind.DELETE: "delete",
    pb.PropertyDiff.Kind.DELETE_REPLACE: "delete-replace",
    pb.PropertyDiff.Kind.UPDATE: "update",
    pb.PropertyDiff.Kind.UPDATE_REPLACE: "update-replace",
}


@dataclass(frozen=True)
class Read:
    """What a resource is now. ``id`` empty: it is gone; ``inputs`` None: as before."""

    id: str
    outputs: Properties
    inputs: Properties | None


class Provider:
    """One configured provider."""

    def __init__(self, plugin: ProviderPlugin) -> None:
        self._plugin = plugin
        self._secrets = False
        self._previews = False

    def configure(self, inputs: Properties) -> None:
        """Hand over the configuration. Raises ProviderRefused, PluginFailed."""
        text = {
            f"{self._plugin.package}:config:{key}": str(_open(value))
            for key, value in inputs.items()
        }
        answer = self._call(
            self._plugin.stub.Configure,
            pb.ConfigureRequest(
                variables=text,
                args=to_struct(inputs),
                acceptSecrets=True,
                acceptResources=True,
                sends_old_inputs=True,
                sends_old_inputs_to_delete=True,
            ),
        )
        self._secrets = answer.acceptSecrets
        self._previews = answer.supportsPreview

    def check_config(self, urn: str, inputs: Properties) -> Properties:
        request = pb.CheckRequest(urn=urn, news=to_struct(inputs))
        try:
            answer = self._plugin.stub.CheckConfig(request)
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.UNIMPLEMENTED:
                return inputs
            raise self._translate(error) from error
        _raise_failures(answer.failures)
        return from_struct(answer.inputs)

    def check(
        self, urn: str, old: Properties | None, new: Properties, seed: bytes
    ) -> Properties:
        """The inputs with names and defaults filled in. Raises ProviderRefused."""
        name, type_ = _name_and_type(urn)
        request = pb.CheckRequest(
            urn=urn,
            news=self._struct(new),
            randomSeed=seed,
            name=name,
            type=type_,
        )
        if old is not None:
            request.olds.CopyFrom(self._struct(old))
        answer = self._call(self._plugin.stub.Check, request)
        _raise_failures(answer.failures)
        return self._secretive(from_struct(answer.inputs), new)

    def diff(
        self, old: Resource, new: Properties, ignore_changes: Sequence[str] = ()
    ) -> Diff:
        name, type_ = _name_and_type(old.urn)
        answer = self._call(
            self._plugin.stub.Diff,
            pb.DiffRequest(
                id=old.id,
                urn=old.urn,
                olds=self._struct(old.outputs),
                news=self._struct(new),
                old_inputs=self._struct(old.inputs),
                ignoreChanges=ignore_changes,
                name=name,
                type=type_,
            ),
        )
        changed = {pb.DiffResponse.DIFF_NONE: False, pb.DiffResponse.DIFF_SOME: True}
        return Diff(
            changed.get(answer.changes),
            tuple(answer.replaces),
            answer.deleteBeforeReplace,
            {path: KINDS[one.kind] for path, one in answer.detailedDiff.items()},
            tuple(answer.diffs),
        )

    def create(
        self, urn: str, inputs: Properties, timeout: float, *, preview: bool
    ) -> tuple[str, Properties]:
        """Id and outputs. Raises ProviderRefused, ResourceIncomplete, PluginFailed."""
        if preview and not self._previews:
            return "", inputs
        name, type_ = _name_and_type(urn)
        answer = self._call(
            self._plugin.stub.Create,
            pb.CreateRequest(
                urn=urn,
                properties=self._struct(inputs),
                timeout=timeout,
                preview=preview,
                name=name,
                type=type_,
            ),
        )
        return answer.id, self._secretive(from_struct(answer.properties), inputs)

    def update(
        self,
        old: Resource,
        inputs: Properties,
        timeout: float,
        *,
        ignore_changes: Sequence[str],
        preview: bool,
    ) -> Properties:
        """The new outputs. Raises as ``create``."""
        if preview and not self._previews:
            return {**old.outputs, **inputs}
        name, type_ = _name_and_type(old.urn)
        answer = self._call(
            self._plugin.stub.Update,
            pb.UpdateRequest(
                id=old.id,
                urn=old.urn,
                olds=self._struct(old.outputs),
                news=self._struct(inputs),
                old_inputs=self._struct(old.inputs),
                timeout=timeout,
                ignoreChanges=ignore_changes,
                preview=preview,
                name=name,
                type=type_,
            ),
        )
        return self._secretive(from_struct(answer.properties), inputs)

    def delete(self, old: Resource, timeout: float) -> None:
        """Raises ProviderRefused, PluginFailed."""
        name, type_ = _name_and_type(old.urn)
        self._call(
            self._plugin.stub.Delete,
            pb.DeleteRequest(
                id=old.id,
                urn=old.urn,
                properties=self._struct(old.outputs),
                old_inputs=self._struct(old.inputs),
                timeout=timeout,
                name=name,
                type=type_,
            ),
        )

    def read(self, urn: str, id_: str, state: Properties, inputs: Properties) -> Read:
        """What it is now. No id: the one that a create with these inputs has made."""
        name, type_ = _name_and_type(urn)
        answer = self._call(
            self._plugin.stub.Read,
            pb.ReadRequest(
                id=id_,
                urn=urn,
                properties=self._struct(state),
                inputs=self._struct(inputs),
                name=name,
                type=type_,
            ),
        )
        known = from_struct(answer.inputs) if answer.HasField("inputs") else None
        outputs = self._secretive(from_struct(answer.properties), inputs)
        if known is not None:
            known = self._secretive(known, inputs)
        return Read(answer.id, outputs, known)

    def invoke(self, token: str, arguments: Properties) -> Properties:
        """A function's result. Raises ProviderRefused with its reasons."""
        answer = self._call(
            self._plugin.stub.Invoke,
            pb.InvokeRequest(tok=token, args=to_struct(arguments, keep_secrets=False)),
        )
        _raise_failures(answer.failures)
        return from_struct(getattr(answer, "return"))

    def cancel(self) -> None:
        """Ask it to let go of what it is doing."""
        try:
            self._plugin.stub.Cancel(empty_pb2.Empty(), timeout=2)
        except grpc.RpcError:
            return

    def _struct(self, properties: Properties) -> Any:
        return to_struct(properties, keep_secrets=self._secrets)

    def _secretive(self, outputs: Properties, inputs: Properties) -> Properties:
        """What went in as a secret comes out as one, whatever the provider knows."""
        if self._secrets:
            return outputs
        marked: Properties = mark_secrets(outputs, inputs)
        return marked

    def _call(self, method: Callable[[Any], Any], request: Any) -> Any:
        try:
            return method(request)
        except grpc.RpcError as error:
            raise self._translate(error) from error

    def _translate(self, error: grpc.RpcError) -> Exception:
        incomplete = _incomplete(error)
        if incomplete is not None:
            return incomplete
        gone = (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
        if error.code() in gone:
            reason = self._plugin.died()
            if reason is not None:
                return PluginFailed(reason)
            return OutcomeUnknown(error.details())
        return ProviderRefused(error.details())


def _incomplete(error: grpc.RpcError) -> ResourceIncomplete | None:
    """The partial state that a provider sends in the details of its error."""
    metadata: Any = error.trailing_metadata() or ()
    for key, value in metadata:
        if key != "grpc-status-details-bin":
            continue
        for detail in status_pb2.Status.FromString(value).details:
            failed = pb.ErrorResourceInitFailed()
            if detail.Unpack(failed):
                outputs = from_struct(failed.properties)
                return ResourceIncomplete(failed.id, outputs, failed.reasons)
    return None


def _raise_failures(failures: Sequence[Any]) -> None:
    if not failures:
        return
    reasons = [f"{one.property}: {one.reason}".removeprefix(": ") for one in failures]
    raise ProviderRefused("\n".join(reasons))


def _name_and_type(urn: str) -> tuple[str, str]:
    head, _, name = urn.rpartition("::")
    return name, head.rpartition("::")[2].rpartition("$")[2]


def _open(value: Any) -> Any:
    return value.value if isinstance(value, Secret) else value
