"""A provider plugin for tests: things in a folder, with failures on request.

Inputs of ``fake:index:Thing``: ``value`` (any; update), ``fixed`` (any; replace),
``first`` (true: delete before replace), ``fail`` (create, update or delete: it fails;
``once``: only while no file ``<name>.failed`` is there; partial: it exists, but is not
well; die: the process ends; die after create, update or delete: it ends when that is
done and before it says so), ``password`` (secret output ``token``).
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import any_pb2, empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc, status_pb2

WORLD = Path(os.environ["FAKE_WORLD"])


def to_dict(struct: struct_pb2.Struct) -> dict[str, Any]:
    return json_format.MessageToDict(struct)


def to_struct(values: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(values)
    return struct


def log(call: str, name: str) -> None:
    with (WORLD / "calls").open("a") as file:
        file.write(f"{call} {name}\n")


class Fake(provider_pb2_grpc.ResourceProviderServicer):
    def CheckConfig(self, request: Any, context: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def Configure(self, request: Any, context: Any) -> Any:
        log("configure", json.dumps(dict(request.variables), sort_keys=True))
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> Any:
        news = to_dict(request.news)
        if news.get("value") == "bad":
            failure = provider_pb2.CheckFailure(property="value", reason="it is bad")
            return provider_pb2.CheckResponse(failures=[failure])
        return provider_pb2.CheckResponse(inputs=request.news)

    def Diff(self, request: Any, context: Any) -> Any:
        old, new = to_dict(request.old_inputs), to_dict(request.news)
        keys = [k for k in {**old, **new} if old.get(k) != new.get(k)]
        keys = [k for k in keys if k != "fail"]
        replaces = [k for k in keys if k == "fixed"]
        kinds = provider_pb2.PropertyDiff.Kind
        return provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME
            if keys
            else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=replaces,
            deleteBeforeReplace=bool(new.get("first")),
            detailedDiff={
                key: provider_pb2.PropertyDiff(
                    kind=kinds.UPDATE_REPLACE if key in replaces else kinds.UPDATE
                )
                for key in keys
            },
            hasDetailedDiff=True,
        )

    def Create(self, request: Any, context: Any) -> Any:
        inputs = to_dict(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        log("create", request.name)
        self._fail("create", request.name, inputs, context)
        id_ = f"{request.name}-{len(list(WORLD.glob(f'{request.name}-*'))) + 1}"
        (WORLD / f"{id_}.json").write_text(json.dumps(inputs))
        self._die("create", inputs)
        outputs = {**inputs, "size": len(json.dumps(inputs.get("value")))}
        if inputs.get("fail") == "partial":
            self._partial(id_, outputs, context)
        return provider_pb2.CreateResponse(id=id_, properties=to_struct(outputs))

    def Update(self, request: Any, context: Any) -> Any:
        inputs = to_dict(request.news)
        outputs = {**inputs, "size": len(json.dumps(inputs.get("value")))}
        if not request.preview:
            log("update", request.name)
            self._fail("update", request.name, inputs, context)
            (WORLD / f"{request.id}.json").write_text(json.dumps(inputs))
            self._die("update", inputs)
        return provider_pb2.UpdateResponse(properties=to_struct(outputs))

    def Delete(self, request: Any, context: Any) -> Any:
        log("delete", request.id)
        self._fail("delete", request.name, to_dict(request.old_inputs), context)
        file = WORLD / f"{request.id}.json"
        if file.exists():
            file.rename(file.with_suffix(".gone"))
        self._die("delete", to_dict(request.old_inputs))
        return empty_pb2.Empty()

    def Read(self, request: Any, context: Any) -> Any:
        log("read", request.id or f"by inputs {request.name}")
        file = WORLD / f"{request.id}.json"
        if not request.id:
            wanted = to_dict(request.inputs)
            rows = sorted(WORLD.glob(f"{request.name}-*.json"))
            same = [one for one in rows if json.loads(one.read_text()) == wanted]
            file = same[-1] if same else file
        if not file.exists():
            return provider_pb2.ReadResponse()
        inputs = json.loads(file.read_text())
        outputs = {**inputs, "size": len(json.dumps(inputs.get("value")))}
        return provider_pb2.ReadResponse(
            id=file.stem, properties=to_struct(outputs), inputs=to_struct(inputs)
        )

    def Invoke(self, request: Any, context: Any) -> Any:
        arguments = to_dict(request.args)
        if arguments.get("text") == "bad":
            failure = provider_pb2.CheckFailure(property="text", reason="it is bad")
            return provider_pb2.InvokeResponse(failures=[failure])
        result = to_struct({"shout": str(arguments.get("text", "")).upper()})
        answer = provider_pb2.InvokeResponse()
        getattr(answer, "return").CopyFrom(result)
        return answer

    def Cancel(self, request: Any, context: Any) -> Any:
        return empty_pb2.Empty()

    def _die(self, operation: str, inputs: dict[str, Any]) -> None:
        if inputs.get("fail") == f"die after {operation}":
            os._exit(9)

    def _fail(
        self, operation: str, name: str, inputs: dict[str, Any], context: Any
    ) -> None:
        mode = inputs.get("fail")
        if mode == "die" and operation == "create":
            os._exit(9)
        mark = WORLD / f"{name}.failed"
        first = {"once": "create", "once deleted": "delete"}
        if first.get(mode or "") == operation and not mark.exists():
            mark.touch()
            context.abort(
                grpc.StatusCode.UNKNOWN, "Code=NotYet: the thing is not ready"
            )
        if mode == operation:
            context.abort(grpc.StatusCode.UNKNOWN, f"the thing refuses to {operation}")

    def _partial(self, id_: str, outputs: dict[str, Any], context: Any) -> None:
        failed = provider_pb2.ErrorResourceInitFailed(
            id=id_, properties=to_struct(outputs), reasons=["it is not well"]
        )
        detail = any_pb2.Any()
        detail.Pack(failed)
        status = status_pb2.Status(code=2, message="it is not well", details=[detail])
        context.set_trailing_metadata(
            (("grpc-status-details-bin", status.SerializeToString()),)
        )
        context.abort(grpc.StatusCode.UNKNOWN, "it is not well")


if __name__ == "__main__":
    server = grpc.server(ThreadPoolExecutor(max_workers=16))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Fake(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    server.wait_for_termination()
