"""Error hooks: functions of the program that decide whether a failed step is retried.

The SDK serves them as callbacks (pulumi/callback.proto, ErrorHookRequest).
"""

from __future__ import annotations

from collections.abc import Sequence

import grpc
from pulumi.runtime.proto import callback_pb2, callback_pb2_grpc, resource_pb2

from embedded.engine.errors import OptionUnsupported, ProviderRefused
from embedded.engine.state import Resource
from embedded.engine.values import to_struct


class ErrorHooks:
    """The hooks that the program has registered, by name."""

    def __init__(self) -> None:
        self._callbacks: dict[str, callback_pb2.Callback] = {}

    def add(self, name: str, callback: callback_pb2.Callback) -> None:
        self._callbacks[name] = callback

    def require(self, names: Sequence[str], urn: str) -> None:
        """Raise OptionUnsupported for a hook that nobody registered."""
        for name in names:
            if name not in self._callbacks:
                raise OptionUnsupported(f"the unknown error hook {name!r}", urn)

    def are_missing(self, names: Sequence[str]) -> bool:
        """Whether the state names a hook that no program has registered."""
        return any(name not in self._callbacks for name in names)

    def retry(
        self,
        names: Sequence[str],
        operation: str,
        new: Resource | None,
        old: Resource | None,
        errors: Sequence[str],
    ) -> bool:
        """Whether one of the hooks wants another try; ``errors`` newest first.

        Where a hook is missing nobody is asked. Raises ProviderRefused if a hook fails.
        """
        if self.are_missing(names):
            return False
        subject = new or old
        assert subject is not None
        request = resource_pb2.ErrorHookRequest(
            urn=subject.urn,
            id=old.id if old else "",
            name=subject.name,
            type=subject.type,
            failed_operation=operation,
            errors=errors,
        )
        if new is not None:
            request.new_inputs.CopyFrom(to_struct(new.inputs))
        if old is not None:
            request.old_inputs.CopyFrom(to_struct(old.inputs))
            request.old_outputs.CopyFrom(to_struct(old.outputs))
        return any(self._ask(name, request) for name in names)

    def _ask(self, name: str, request: resource_pb2.ErrorHookRequest) -> bool:
        callback = self._callbacks[name]
        with grpc.insecure_channel(callback.target) as channel:
            answer = callback_pb2_grpc.CallbacksStub(channel).Invoke(
                callback_pb2.CallbackInvokeRequest(
                    token=callback.token, request=request.SerializeToString()
                )
            )
        response = resource_pb2.ErrorHookResponse.FromString(answer.response)
        if response.error:
            raise ProviderRefused(f"the error hook {name!r} failed: {response.error}")
        return response.retry
