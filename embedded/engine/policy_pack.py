"""One policy pack as a running process, spoken to as the CLI does.

Protocol: pulumi/analyzer.proto. Order: start, ``Handshake``, ``ConfigureStack``,
``GetAnalyzerInfo``, ``Configure``, then ``Remediate`` and ``Analyze`` for each resource
and ``AnalyzeStack`` at the end (pulumi/pulumi, pkg/resource/plugin/analyzer_plugin.go).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format
from pulumi.runtime.proto import analyzer_pb2 as pb
from pulumi.runtime.proto import analyzer_pb2_grpc

from embedded.engine import plugins, policy_messages
from embedded.engine.errors import PolicyPackFailed
from embedded.engine.finding import Finding, Level
from embedded.engine.plugins import Plugin
from embedded.engine.policy_messages import Subject
from embedded.engine.policy_settings import Declared, PackSource, Setting, reconcile
from embedded.engine.project import Config
from embedded.engine.values import (
    Properties,
    from_struct,
)

CHILD = Path(__file__).with_name("pack_child.py")
LEVELS = {
    pb.ADVISORY: "advisory",
    pb.MANDATORY: "mandatory",
    pb.DISABLED: "disabled",
    pb.REMEDIATE: "remediate",
}
NUMBERS = {name: number for number, name in LEVELS.items()}


@dataclass(frozen=True)
class Surroundings:
    """What a pack is told about the deployment."""

    stack: str
    project: str
    config: Config
    directory: Path
    python: Path
    environment: Mapping[str, str]
    preview: bool


@dataclass(frozen=True)
class Remedy:
    """Inputs that a rule has changed, or why it could not (``problem``)."""

    policy: str
    description: str
    inputs: Properties = field(default_factory=dict)
    problem: str = ""


class PolicyPack:
    """One configured pack; ``name`` is ``name@vVERSION``."""

    def __init__(self, plugin: Plugin, source: PackSource) -> None:
        self._plugin = plugin
        self._stub = analyzer_pb2_grpc.AnalyzerStub(plugin.channel)
        self._source = source
        self.name = source.directory.name
        #: Rules that the configuration names and the pack does not have.
        self.unknown: tuple[str, ...] = ()

    @classmethod
    def start(cls, source: PackSource, engine: str, around: Surroundings) -> PolicyPack:
        """Raises PluginFailed, PolicyPackFailed, PolicyConfigInvalid."""
        python = str(source.python or around.python)
        # -P: modules beside the child must not hide those of the standard library.
        command = [python, "-u", "-P", str(CHILD), engine, str(source.directory)]
        title = f"the policy pack {source.directory}"
        directory = str(around.directory)
        started = plugins.launch(title, command, around.environment, directory)
        plugin = Plugin(title, *started)
        pack = cls(plugin, source)
        try:
            pack._configure(engine, around)
        except BaseException:
            plugin.stop()
            raise
        return pack

    def stop(self) -> None:
        self._plugin.stop()

    def remediate(self, subject: Subject) -> list[Remedy]:
        """What rules of the level `remediate` do, in their order."""
        answer = self._call(self._stub.Remediate, policy_messages.request(subject))
        return [
            Remedy(
                one.policyName,
                one.description,
                from_struct(one.properties),
                one.diagnostic,
            )
            for one in answer.remediations
        ]

    def analyze(self, subject: Subject) -> list[Finding]:
        answer = self._call(self._stub.Analyze, policy_messages.request(subject))
        urn = subject.resource.urn
        return [self._finding(one, urn) for one in answer.diagnostics]

    def analyze_stack(self, subjects: Sequence[Subject]) -> list[Finding]:
        rows = [policy_messages.row(one) for one in subjects]
        request = pb.AnalyzeStackRequest(resources=rows)
        answer = self._call(self._stub.AnalyzeStack, request)
        return [self._finding(one, one.urn) for one in answer.diagnostics]

    def _configure(self, engine: str, around: Surroundings) -> None:
        folder = str(self._source.directory)
        self._call(
            self._stub.Handshake,
            pb.AnalyzerHandshakeRequest(
                engine_address=engine, root_directory=folder, program_directory=folder
            ),
            optional=True,
        )
        self._call(
            self._stub.ConfigureStack,
            pb.AnalyzerStackConfigureRequest(
                stack=around.stack,
                project=around.project,
                organization="organization",
                dry_run=around.preview,
                config=dict(around.config.values),
                config_secret_keys=sorted(around.config.secret_keys),
            ),
            optional=True,
        )
        info = self._call(self._stub.GetAnalyzerInfo, empty_pb2.Empty())
        self.name = f"{info.name}@v{self._source.version or info.version}"
        declared = {one.name: _declared(one) for one in info.policies}
        given = self._source.settings
        self.unknown = tuple(sorted(set(given) - set(declared) - {"all"}))
        settings = reconcile(declared, _initial(info), given)
        self._severities = {one.name: _severity(one.severity) for one in info.policies}
        self._call(self._stub.Configure, _configuration(settings))

    def _finding(self, said: Any, urn: str) -> Finding:
        level: Level = "mandatory" if said.enforcementLevel in _STRICT else "advisory"
        severity = _severity(said.severity) or self._severities.get(said.policyName, "")
        return Finding(
            self.name, said.policyName, level, said.message.rstrip(), urn, severity
        )

    def _call(
        self, method: Callable[[Any], Any], request: Any, *, optional: bool = False
    ) -> Any:
        try:
            return method(request)
        except grpc.RpcError as error:
            if optional and error.code() == grpc.StatusCode.UNIMPLEMENTED:
                return None
            where = getattr(request, "urn", "")
            reason = self._plugin.died() or error.details()
            raise PolicyPackFailed(self.name, where, str(reason)) from error


#: A remedy that left something to say has failed: it counts as mandatory.
_STRICT = (pb.MANDATORY, pb.REMEDIATE)


def _declared(info: Any) -> Declared:
    schema = info.configSchema
    return Declared(
        LEVELS[info.enforcementLevel],
        json_format.MessageToDict(schema.properties),
        tuple(schema.required),
    )


def _initial(info: Any) -> dict[str, Setting]:
    return {
        rule: Setting(
            LEVELS[one.enforcementLevel], json_format.MessageToDict(one.properties)
        )
        for rule, one in info.initialConfig.items()
    }


def _configuration(settings: Mapping[str, Setting]) -> Any:
    request = pb.ConfigureAnalyzerRequest()
    for rule, one in settings.items():
        request.policyConfig[rule].enforcementLevel = NUMBERS[one.level]
        request.policyConfig[rule].properties.update(dict(one.properties))
    return request


def _severity(number: int) -> str:
    name: str = pb.PolicySeverity.Name(number)  # type: ignore[arg-type]
    word = name.removeprefix("POLICY_SEVERITY_").lower()
    return "" if word == "unspecified" else word
