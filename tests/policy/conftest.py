"""Judging properties by one rule of the pack, through the SDK's own classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from policy import pack

Json = dict[str, Any]
Judge = Callable[..., list[str]]
#: Messages, each with the URN that it names.
Said = list[tuple[str, str | None]]
RULES = {rule.name: rule for rule in pack.RULES}
TYPES = {
    "registry": "azure-native:containerregistry:Registry",
    "role": "azure-native:authorization:RoleAssignment",
    "image": "docker:index/image:Image",
    "container": "azure-native:containerinstance:ContainerGroup",
    "group": "azure-native:resources:ResourceGroup",
    "identity": "azure-native:managedidentity:UserAssignedIdentity",
}
OPTIONS = PolicyResourceOptions(False, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])


def _into(said: Said) -> Callable[[str, str | None], None]:
    def report(text: str, urn: str | None = None) -> None:
        said.append((text, urn))

    return report


def token_of(rule: str, kind: str | None) -> str:
    return TYPES.get(kind or rule.split("-")[0], kind or TYPES["group"])


@pytest.fixture
def judge() -> Judge:
    """``judge(rule, properties, kind, **config)``: what the rule says, in order."""

    def run(
        name: str, props: Json, kind: str | None = None, **config: Any
    ) -> list[str]:
        rule = RULES[name]
        assert isinstance(rule, ResourceValidationPolicy)
        said: Said = []
        arguments = ResourceValidationArgs(
            token_of(name, kind),
            unknown_checking_proxy(props),
            "urn:pulumi:test::lab::type::one",
            "one",
            OPTIONS,
            None,
            config,
        )
        rule.validate(arguments, _into(said))
        return [text for text, _ in said]

    return run


@pytest.fixture
def judge_stack() -> Callable[..., Said]:
    """``judge_stack(rule, resources, **config)``: what is said, with the URN."""

    def run(name: str, stack: Sequence[PolicyResource], **config: Any) -> Said:
        rule = RULES[name]
        assert isinstance(rule, StackValidationPolicy)
        said: Said = []
        arguments = StackValidationArgs(list(stack), config)
        rule.validate(arguments, _into(said))
        return said

    return run


@pytest.fixture
def resource() -> Callable[..., PolicyResource]:
    """A resource as the policy of a stack sees it."""

    def make(
        kind: str, name: str, props: Mapping[str, Any], after: Sequence[Any] = ()
    ) -> PolicyResource:
        shown = unknown_checking_proxy(dict(props))
        urn = f"urn:{name}"
        type_ = TYPES[kind]
        return PolicyResource(
            type_, shown, urn, name, OPTIONS, None, None, list(after), {}
        )

    return make


@pytest.fixture
def unknown() -> str:
    """What stands for a value that a preview cannot know."""
    return UNKNOWN_STRING_VALUE
