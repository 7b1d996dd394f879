"""Policy packs as the user names them, and the configuration of their rules.

Rules: pulumi/pulumi, pkg/resource/analyzer/config.go. A config file is one JSON object:
rule (or ``all``) -> a level, or an object with ``enforcementLevel`` and properties.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from embedded.engine.errors import PolicyConfigInvalid, PolicyPackInvalid

LEVELS = ("advisory", "mandatory", "remediate", "disabled")
#: Stands for every rule of a pack; it sets a level only.
ALL = "all"


@dataclass(frozen=True)
class Setting:
    """One rule's configuration. ``level`` empty: as it was."""

    level: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)

    def over(self, below: Setting) -> Setting:
        """This one, and what it leaves open from the other."""
        properties = {**below.properties, **self.properties}
        return Setting(self.level or below.level, properties)


@dataclass(frozen=True)
class Declared:
    """What a pack says of one of its rules: level, and JSON schema of each key."""

    level: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    def default(self) -> Setting:
        found = {k: v["default"] for k, v in self.properties.items() if "default" in v}
        return Setting(self.level, found)

    def schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": dict(self.properties),
            "required": list(self.required),
        }


@dataclass(frozen=True)
class PackSource:
    """A pack's folder, its ``PulumiPolicy.yaml``, and what its rules are told.

    ``python`` is the pack's own interpreter; None: that of the program.
    """

    directory: Path
    version: str = ""
    python: Path | None = None
    settings: Mapping[str, Setting] = field(default_factory=dict)

    @classmethod
    def load(cls, directory: Path, config: Path | None = None) -> PackSource:
        """Raises PolicyPackInvalid, PolicyConfigInvalid."""
        body = _read(directory)
        runtime = body.get("runtime")
        if not isinstance(runtime, Mapping):
            runtime = {"name": runtime}
        if runtime.get("name") != "python":
            raise PolicyPackInvalid(directory, f"its runtime is {runtime.get('name')}")
        options = runtime.get("options") or {}
        python = _interpreter(directory, options.get("virtualenv"))
        settings = read_settings(config) if config else {}
        return cls(directory, str(body.get("version") or ""), python, settings)


def _read(directory: Path) -> dict[str, Any]:
    file = directory / "PulumiPolicy.yaml"
    try:
        body = yaml.safe_load(file.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise PolicyPackInvalid(directory, str(error)) from error
    if not isinstance(body, dict):
        raise PolicyPackInvalid(directory, f"{file.name} is no map of keys")
    return body


def _interpreter(directory: Path, virtualenv: str | None) -> Path | None:
    if virtualenv is None:
        return None
    python = directory / virtualenv / "bin" / "python"
    if not python.exists():
        raise PolicyPackInvalid(
            directory, f"its virtual environment {virtualenv} is not there"
        )
    return python


def load(packs: Sequence[str], configs: Sequence[str]) -> list[PackSource]:
    """The first config file is for the first pack, and so on, as with the CLI.

    Raises PolicyPackInvalid, PolicyConfigInvalid.
    """
    if len(configs) > len(packs):
        raise PolicyConfigInvalid(
            [f"there are {len(configs)} config files for {len(packs)} policy packs"]
        )
    files = [Path(one) for one in configs]
    padded = [*files, *[None] * (len(packs) - len(files))]
    return [
        PackSource.load(Path(pack).resolve(), file)
        for pack, file in zip(packs, padded, strict=True)
    ]


def read_settings(file: Path) -> dict[str, Setting]:
    """Rule -> its setting. Raises PolicyConfigInvalid with all mistakes."""
    try:
        text = file.read_text()
        body = json.loads(text) if text.strip() else {}
    except (OSError, ValueError) as error:
        raise PolicyConfigInvalid([f"cannot read {file}: {error}"]) from error
    if not isinstance(body, dict):
        raise PolicyConfigInvalid([f"{file} must be a map of rules"])
    mistakes = [_mistake(rule, given) for rule, given in body.items()]
    if any(mistakes):
        raise PolicyConfigInvalid([one for one in mistakes if one])
    return {rule: _setting(given) for rule, given in body.items()}


def _mistake(rule: str, given: Any) -> str:
    if rule == "environments":
        return "`environments` need Pulumi Cloud: set the values here instead"
    level = given.get("enforcementLevel", "") if isinstance(given, dict) else given
    if level in LEVELS or (isinstance(given, dict) and level == ""):
        return ""
    levels = ", ".join(LEVELS)
    return f"{rule}: {json.dumps(level)} is no level; the levels are {levels}"


def _setting(given: Any) -> Setting:
    if isinstance(given, str):
        return Setting(given)
    properties = {k: v for k, v in given.items() if k != "enforcementLevel"}
    return Setting(given.get("enforcementLevel", ""), properties)


def reconcile(
    declared: Mapping[str, Declared], *layers: Mapping[str, Setting]
) -> dict[str, Setting]:
    """Defaults of the rules, then each layer on top. Raises PolicyConfigInvalid."""
    import jsonschema  # for those who use policies

    result = {rule: one.default() for rule, one in declared.items()}
    for layer in layers:
        if ALL in layer and layer[ALL].level:
            level = layer[ALL].level
            result = {rule: replace(one, level=level) for rule, one in result.items()}
        named = {rule: one for rule, one in layer.items() if rule in declared}
        result |= {rule: one.over(result[rule]) for rule, one in named.items()}
    mistakes = [
        f"{rule}: {one.json_path.removeprefix('$.')}: {one.message}"
        for rule, info in declared.items()
        for one in jsonschema.Draft7Validator(info.schema()).iter_errors(
            result[rule].properties
        )
    ]
    if mistakes:
        raise PolicyConfigInvalid(mistakes)
    return result
