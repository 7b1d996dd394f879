"""Serving a package as a Pulumi plugin, for the CLI and the embedded engine alike.

It takes the place of the SDK's ``provider.experimental`` server, which has no Attach,
puts stack traces into messages and hides old inputs from Diff and Update.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import wraps
from typing import Any

import grpc
from google.protobuf import any_pb2, empty_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    plugin_pb2,
    provider_pb2,
    provider_pb2_grpc,
    status_pb2,
)

from embedded.providers.resource import (
    Difference,
    InitFailed,
    InputsInvalid,
    OutcomeUnknown,
    Package,
    ProviderError,
    State,
    Subject,
)
from embedded.providers.values import from_struct, to_struct

#: Bytes of one message, as the SDK and the CLI have it.
LARGEST_MESSAGE = 400 * 1024 * 1024
KINDS = {
    ("add", False): provider_pb2.PropertyDiff.Kind.ADD,
    ("add", True): provider_pb2.PropertyDiff.Kind.ADD_REPLACE,
    ("delete", False): provider_pb2.PropertyDiff.Kind.DELETE,
    ("delete", True): provider_pb2.PropertyDiff.Kind.DELETE_REPLACE,
    ("update", False): provider_pb2.PropertyDiff.Kind.UPDATE,
    ("update", True): provider_pb2.PropertyDiff.Kind.UPDATE_REPLACE,
}
Method = Callable[[Any, Any, Any], Any]


def clean(method: Method) -> Method:
    """A method whose errors are the user's to read."""

    @wraps(method)
    def call(self: Any, request: Any, context: Any) -> Any:
        try:
            return method(self, request, context)
        except InitFailed as error:
            _abort_incomplete(context, error)
        except OutcomeUnknown as error:
            context.abort(grpc.StatusCode.UNAVAILABLE, str(error))
        except ProviderError as error:
            context.abort(grpc.StatusCode.UNKNOWN, str(error))
        except Exception as error:
            if context.code() is not None:  # context.abort raises to end the call
                raise
            traceback.print_exc()
            text = f"the provider failed inside: {type(error).__name__}: {error}"
            context.abort(grpc.StatusCode.INTERNAL, text)

    return call


class Servicer(provider_pb2_grpc.ResourceProviderServicer):
    """The provider protocol on top of a package."""

    def __init__(self, package: Package, engine: str) -> None:
        self._package = package
        self._engine = engine
        self._stub: engine_pb2_grpc.EngineStub | None = None

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.ProviderHandshakeResponse()

    def Attach(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._engine = request.address
        self._stub = None
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version=self._package.version)

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_UNKNOWN)

    @clean
    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        prefix = f"{self._package.name}:config:"
        config = {
            key.removeprefix(prefix): text for key, text in request.variables.items()
        }
        self._package.configure(config, self._log)
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    @clean
    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        subject = _subject(request)
        old = from_struct(request.olds) if request.HasField("olds") else None
        new = from_struct(request.news)
        try:
            inputs = self._package.resource(subject.type).check(
                subject, old or None, new, request.randomSeed
            )
        except InputsInvalid as error:
            failures = [
                provider_pb2.CheckFailure(property=name, reason=why)
                for name, why in error.mistakes
            ]
            return provider_pb2.CheckResponse(failures=failures)
        return provider_pb2.CheckResponse(inputs=to_struct(inputs))

    @clean
    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        subject = _subject(request)
        found = self._package.resource(subject.type).diff(
            subject, _known(request, request.olds), from_struct(request.news)
        )
        return _difference(found)

    @clean
    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        subject = _subject(request)
        id_, outputs = self._package.resource(subject.type).create(
            subject, from_struct(request.properties), preview=request.preview
        )
        return provider_pb2.CreateResponse(id=id_, properties=to_struct(outputs))

    @clean
    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        subject = _subject(request)
        outputs = self._package.resource(subject.type).update(
            subject,
            _known(request, request.olds),
            from_struct(request.news),
            preview=request.preview,
        )
        return provider_pb2.UpdateResponse(properties=to_struct(outputs))

    @clean
    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        subject = _subject(request)
        inputs, outputs = from_struct(request.inputs), from_struct(request.properties)
        found = self._package.resource(subject.type).read(
            subject, State(request.id, inputs, outputs)
        )
        if found is None:
            return provider_pb2.ReadResponse()
        return provider_pb2.ReadResponse(
            id=found.id,
            properties=to_struct(found.outputs),
            inputs=to_struct(found.inputs),
        )

    @clean
    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        subject = _subject(request)
        known = _known(request, request.properties)
        self._package.resource(subject.type).delete(subject, known)
        return empty_pb2.Empty()

    @clean
    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        message = provider_pb2.InvokeResponse()
        try:
            result = self._package.invoke(request.tok, from_struct(request.args))
        except InputsInvalid as error:
            for name, why in error.mistakes:
                message.failures.add(property=name, reason=why)
            return message
        getattr(message, "return").CopyFrom(to_struct(result))
        return message

    def _log(
        self, urn: str, text: str, *, ephemeral: bool = True, warning: bool = False
    ) -> None:
        """Tell the engine; without one there is nobody to tell."""
        if not self._engine:
            return
        if self._stub is None:
            channel = grpc.insecure_channel(self._engine)
            self._stub = engine_pb2_grpc.EngineStub(channel)
        line = engine_pb2.LogRequest(
            severity=engine_pb2.WARNING if warning else engine_pb2.INFO,
            message=text,
            urn=urn,
            ephemeral=ephemeral,
        )
        with suppress(grpc.RpcError):
            self._stub.Log(line, timeout=5)


def serve(make: Callable[[], Package]) -> None:
    """Run the plugin: its port is the first line on standard output."""
    parent = os.getppid()  # read first: once the port is out, the engine may be gone
    engine = next((one for one in sys.argv[1:] if not one.startswith("-")), "")
    options = [
        ("grpc.max_receive_message_length", LARGEST_MESSAGE),
        ("grpc.max_send_message_length", LARGEST_MESSAGE),
    ]
    server = grpc.server(ThreadPoolExecutor(max_workers=32), options=options)
    servicer = Servicer(make(), engine)
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    server.wait_for_termination()


def _end_with(parent: int) -> None:
    """A plugin does not outlive the engine that started it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


def _subject(request: Any) -> Subject:
    head, _, name = request.urn.rpartition("::")
    type_ = head.rpartition("::")[2].rpartition("$")[2]
    return Subject(request.urn, request.type or type_, request.name or name)


def _known(request: Any, outputs: Any) -> State:
    return State(request.id, from_struct(request.old_inputs), from_struct(outputs))


def _difference(found: Difference) -> Any:
    detailed = {
        path: provider_pb2.PropertyDiff(
            kind=KINDS[kind, path in found.replaces], inputDiff=True
        )
        for path, kind in found.details.items()
    }
    some = provider_pb2.DiffResponse.DIFF_SOME
    none = provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=some if found.details else none,
        replaces=sorted({_head(path) for path in found.replaces}),
        diffs=sorted({_head(path) for path in found.details}),
        detailedDiff=detailed,
        hasDetailedDiff=True,
        deleteBeforeReplace=found.delete_first,
    )


def _head(path: str) -> str:
    return path.split(".")[0].split("[")[0]


def _abort_incomplete(context: Any, error: InitFailed) -> None:
    """The partial state travels in the details of the status."""
    detail = any_pb2.Any()
    detail.Pack(
        provider_pb2.ErrorResourceInitFailed(
            id=error.id, properties=to_struct(error.outputs), reasons=[str(error)]
        )
    )
    code = grpc.StatusCode.UNKNOWN
    status = status_pb2.Status(code=code.value[0], message=str(error), details=[detail])
    context.set_trailing_metadata(
        (("grpc-status-details-bin", status.SerializeToString()),)
    )
    context.abort(code, str(error))
