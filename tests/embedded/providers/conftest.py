"""The plugins as processes, spoken to over gRPC as an engine does."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import engine_pb2 as pb_engine
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as pb

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

    def delete(
        self, urn: str, id_: str, outputs: Json, inputs: Json | None = None
    ) -> None:
        request = pb.DeleteRequest(id=id_, urn=urn, properties=struct(outputs))
        request.old_inputs.CopyFrom(struct(inputs or {}))
        self.stub.Delete(request)

    def invoke(self, token: str, arguments: Json) -> Json:
        answer = self.stub.Invoke(pb.InvokeRequest(tok=token, args=struct(arguments)))
        if answer.failures:
            return {one.property: one.reason for one in answer.failures}
        return plain(getattr(answer, "return"))


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Plugin]]:
    """Starts `pulumi-resource-<package>` with an environment of its own."""
    started: list[tuple[subprocess.Popen[str], grpc.Channel]] = []

    def run(package: str, *arguments: str, **environment: str) -> Plugin:
        process = subprocess.Popen(
            [BIN / f"pulumi-resource-{package}", *arguments],
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


class Told(engine_pb2_grpc.EngineServicer):
    """An engine that only listens: (is a warning, text) of what plugins log."""

    def __init__(self) -> None:
        self.lines: list[tuple[bool, str]] = []
        self.server = grpc.server(ThreadPoolExecutor(2))
        engine_pb2_grpc.add_EngineServicer_to_server(self, self.server)
        self.address = f"127.0.0.1:{self.server.add_insecure_port('127.0.0.1:0')}"
        self.server.start()

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802
        self.lines.append((request.severity == pb_engine.WARNING, request.message))
        return empty_pb2.Empty()


@pytest.fixture
def told() -> Iterator[Told]:
    made = Told()
    yield made
    made.server.stop(None).wait()


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a plain Distribution."""
    folder = tmp_path_factory.mktemp("registry")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "config.yml"
    config.write_text(
        "version: 0.1\nlog: {level: error}\n"
        f"storage: {{filesystem: {{rootdirectory: {folder}}}}}\n"
        f"http: {{addr: 127.0.0.1:{port}}}\n"
    )
    process = subprocess.Popen(
        ["docker-registry", "serve", config],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"localhost:{port}"
    process.terminate()
    process.wait()


def message(error: grpc.RpcError) -> str:
    return str(error.details())


@pytest.fixture
def refusal() -> Callable[..., str]:
    """What the user is told when a call fails."""

    def call(work: Callable[..., Any], *arguments: Any, **named: Any) -> str:
        with pytest.raises(grpc.RpcError) as caught:
            work(*arguments, **named)
        text = message(caught.value)
        assert "Traceback" not in text
        return text

    return call
