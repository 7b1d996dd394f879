"""The plugins as processes, spoken to over gRPC as an engine does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import provider_pb2 as pb
from pulumi.runtime.proto import provider_pb2_grpc

BIN = Path(__file__).resolve().parents[3] / "embedded" / "providers" / "bin"
Json = dict[str, Any]


def struct(values: Json) -> struct_pb2.Struct:
    return json_format.ParseDict(values, struct_pb2.Struct())


def plain(message: struct_pb2.Struct) -> Json:
    """A dict with whole numbers as such."""
    text = json.dumps(json_format.MessageToDict(message))
    found: Json = json.loads(
        text, parse_float=lambda t: float(t) if float(t) % 1 else int(float(t))
    )
    return found


@dataclass
class Plugin:
    """One running plugin and the calls of its protocol."""

    process: subprocess.Popen[str]
    stub: Any

    def configure(self, package: str, **config: str) -> None:
        variables = {f"{package}:config:{key}": text for key, text in config.items()}
        self.stub.Configure(pb.ConfigureRequest(variables=variables))

    def check(
        self, urn: str, new: Json, old: Json | None = None, seed: bytes = b""
    ) -> Json:
        request = pb.CheckRequest(urn=urn, news=struct(new), randomSeed=seed)
        if old is not None:
            request.olds.CopyFrom(struct(old))
        answer = self.stub.Check(request)
        if answer.failures:
            return {one.property: one.reason for one in answer.failures}
        return plain(answer.inputs)

    def diff(self, urn: str, old: Json, new: Json) -> Any:
        return self.stub.Diff(
            pb.DiffRequest(
                id="x",
                urn=urn,
                old_inputs=struct(old),
                olds=struct(old),
                news=struct(new),
            )
        )

    def create(
        self, urn: str, inputs: Json, *, preview: bool = False
    ) -> tuple[str, Json]:
        answer = self.stub.Create(
            pb.CreateRequest(urn=urn, properties=struct(inputs), preview=preview)
        )
        return answer.id, plain(answer.properties)

    def update(self, urn: str, id_: str, old: Json, outputs: Json, new: Json) -> Json:
        answer = self.stub.Update(
            pb.UpdateRequest(
                id=id_,
                urn=urn,
                olds=struct(outputs),
                old_inputs=struct(old),
                news=struct(new),
            )
        )
        return plain(answer.properties)

    def read(self, urn: str, id_: str, inputs: Json, outputs: Json) -> tuple[str, Json]:
        answer = self.stub.Read(
            pb.ReadRequest(
                id=id_, urn=urn, inputs=struct(inputs), properties=struct(outputs)
            )
        )
        return answer.id, plain(answer.inputs)

    def delete(self, urn: str, id_: str, outputs: Json) -> None:
        self.stub.Delete(pb.DeleteRequest(id=id_, urn=urn, properties=struct(outputs)))

    def invoke(self, token: str, arguments: Json) -> Json:
        answer = self.stub.Invoke(pb.InvokeRequest(tok=token, args=struct(arguments)))
        if answer.failures:
            return {one.property: one.reason for one in answer.failures}
        return plain(getattr(answer, "return"))


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Plugin]]:
    """Starts `pulumi-resource-<package>` with an environment of its own."""
    started: list[tuple[subprocess.Popen[str], grpc.Channel]] = []

    def run(package: str, **environment: str) -> Plugin:
        process = subprocess.Popen(
            [BIN / f"pulumi-resource-{package}"],
            cwd=tmp_path,
            env={**os.environ, "EMBEDDED_PYTHON": sys.executable, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        channel = grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}")
        started.append((process, channel))
        return Plugin(process, provider_pb2_grpc.ResourceProviderStub(channel))

    yield run
    for process, channel in started:
        channel.close()
        process.kill()
        process.communicate()


def message(error: grpc.RpcError) -> str:
    return str(error.details())


@pytest.fixture
def refusal() -> Callable[..., str]:
    """What the user is told when a call fails."""

    def call(work: Callable[..., Any], *arguments: Any) -> str:
        with pytest.raises(grpc.RpcError) as caught:
            work(*arguments)
        text = message(caught.value)
        assert "Traceback" not in text
        return text

    return call
