"""A policy pack for tests; what a rule does is its name.

Rules look at ``value`` of ``fake:index:Thing``; ``tell`` reports what it was told.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    PolicyConfigSchema,
    PolicyPack,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)

Report = Callable[..., None]
MOST = {"most": {"type": "number", "default": 3, "minimum": 1}}


def refuse(word: str) -> Callable[[ResourceValidationArgs, Report], None]:
    def validate(args: ResourceValidationArgs, report: Report) -> None:
        if args.props.get("value") == word:
            report(f"{word} is not allowed")

    return validate


def always(args: ResourceValidationArgs, report: Report) -> None:
    report("always")


def crash(args: ResourceValidationArgs, report: Report) -> None:
    if args.props.get("value") == "crash":
        raise ValueError("the rule is broken")


def at_most(args: ResourceValidationArgs, report: Report) -> None:
    number = args.props.get("number") or 0
    if number > args.get_config()["most"]:
        report(f"{number:.0f} is above {args.get_config()['most']:.0f}")


def tell(args: ResourceValidationArgs, report: Report) -> None:
    if args.props.get("value") != "tell":
        return
    provider: Any = args.provider
    told = {
        "type": args.resource_type,
        "name": args.name,
        "protect": args.opts.protect,
        "ignore": list(args.opts.ignore_changes),
        "first": args.opts.delete_before_replace,
        "parent": args.opts.parent,
        "provider": provider.resource_type,
        "create": args.opts.custom_timeouts.create_seconds,
        "password": args.props.get("password"),
    }
    report(json.dumps(told))


def cap(args: ResourceValidationArgs) -> Any:
    if args.props.get("value") == "huge":
        return {**args.props, "value": "capped"}
    return None


def few(args: StackValidationArgs, report: Report) -> None:
    things = [one for one in args.resources if one.resource_type == "fake:index:Thing"]
    sized = [one for one in things if one.props.get("size") is not None]
    if len(sized) > args.get_config()["most"]:
        after = [one.name for one in sized[-1].dependencies]
        report(f"{len(sized)} things, the last after {after}", sized[-1].urn)


MANDATORY, ADVISORY = EnforcementLevel.MANDATORY, EnforcementLevel.ADVISORY
PolicyPack(
    "fake-pack",
    policies=[
        ResourceValidationPolicy(
            "no-big",
            "Nothing is big.",
            refuse("big"),
            MANDATORY,
            severity=Severity.HIGH,
        ),
        ResourceValidationPolicy("no-odd", "Odd is odd.", refuse("odd"), ADVISORY),
        ResourceValidationPolicy(
            "off", "It is off.", always, EnforcementLevel.DISABLED
        ),
        ResourceValidationPolicy("crash", "It may crash.", crash, ADVISORY),
        ResourceValidationPolicy(
            "at-most", "Few.", at_most, MANDATORY, PolicyConfigSchema(MOST)
        ),
        ResourceValidationPolicy("tell", "It tells.", tell, ADVISORY),
        ResourceValidationPolicy(
            "cap",
            "Huge things are capped.",
            enforcement_level=EnforcementLevel.REMEDIATE,
            remediate=cap,
        ),
        StackValidationPolicy(
            "few-things", "Few.", few, MANDATORY, PolicyConfigSchema(MOST)
        ),
    ],
)
