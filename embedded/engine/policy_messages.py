"""What a policy pack is told of a resource: pulumi/analyzer.proto."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pulumi.runtime.proto import analyzer_pb2 as pb

from embedded.engine.state import Resource
from embedded.engine.values import (
    Properties,
    ResourceReference,
    Secret,
    Value,
    to_struct,
)


@dataclass(frozen=True)
class Subject:
    """A resource to judge: ``properties`` are inputs, or outputs at the end."""

    resource: Resource
    properties: Properties
    provider: Resource | None
    delete_before_replace: bool | None = None


def request(subject: Subject) -> Any:
    one = subject.resource
    return pb.AnalyzeRequest(
        type=one.type,
        properties=_struct(subject.properties),
        urn=one.urn,
        name=one.name,
        options=_options(subject),
        provider=_provider(subject.provider),
    )


def row(subject: Subject) -> Any:
    one = subject.resource
    return pb.AnalyzerResource(
        type=one.type,
        properties=_struct(subject.properties),
        urn=one.urn,
        name=one.name,
        options=_options(subject),
        provider=_provider(subject.provider),
        parent=one.parent,
        dependencies=one.dependencies,
        propertyDependencies={
            key: pb.AnalyzerPropertyDependencies(urns=urns)
            for key, urns in one.property_dependencies.items()
            if urns
        },
    )


def _options(subject: Subject) -> Any:
    one, first = subject.resource, subject.delete_before_replace
    return pb.AnalyzerResourceOptions(
        protect=one.protect,
        ignoreChanges=one.ignore_changes,
        deleteBeforeReplace=bool(first),
        deleteBeforeReplaceDefined=first is not None,
        additionalSecretOutputs=one.additional_secret_outputs,
        aliases=one.aliases,
        customTimeouts=pb.AnalyzerResourceOptions.CustomTimeouts(**one.custom_timeouts),
        parent=one.parent,
    )


def _provider(provider: Resource | None) -> Any:
    if provider is None:
        return None
    return pb.AnalyzerProviderResource(
        type=provider.type,
        properties=_struct(provider.inputs),
        urn=provider.urn,
        name=provider.name,
    )


def _struct(properties: Properties) -> Any:
    """Without the keys that are the SDK's own."""
    shown = {k: v for k, v in properties.items() if not k.startswith("__")}
    return to_struct({k: _no_reference(v) for k, v in shown.items()})


def _no_reference(value: Value) -> Value:
    """Packs know no references: a resource is its id, or else its URN."""
    if isinstance(value, ResourceReference):
        return value.id or value.urn
    if isinstance(value, Secret):
        return Secret(_no_reference(value.value))
    if isinstance(value, list):
        return [_no_reference(one) for one in value]
    if isinstance(value, dict):
        return {key: _no_reference(one) for key, one in value.items()}
    return value
