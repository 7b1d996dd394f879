"""``Pulumi.yaml`` and ``Pulumi.<stack>.yaml``: reading them, and the configuration.

Rules: pulumi/pulumi, sdk/go/common/workspace/project.go. A project key has a type,
a default and a description; the stack's value wins over the default.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from embedded.engine.errors import ConfigInvalid, ProjectInvalid, SecretUnreadable

Decrypt = Callable[[str], str]


@dataclass(frozen=True)
class Project:
    """``Pulumi.yaml``. ``config`` is its raw config section, by full key."""

    directory: Path
    name: str
    main: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, directory: Path) -> Project:
        """Raises ProjectInvalid."""
        file = _existing(directory, "Pulumi")
        if file is None:
            raise ProjectInvalid(f"There is no Pulumi.yaml in {directory}.")
        body = _read(file)
        runtime = body.get("runtime")
        kind = runtime.get("name") if isinstance(runtime, Mapping) else runtime
        if not isinstance(body.get("name"), str) or kind != "python":
            raise ProjectInvalid(
                f"{file} needs a `name` and `runtime: python`; it has "
                f"name {body.get('name')!r} and runtime {kind!r}."
            )
        name = str(body["name"])
        config = _config(file, name, body)
        return cls(directory, name, str(body.get("main") or ""), config)


@dataclass(frozen=True)
class StackSettings:
    """``Pulumi.<stack>.yaml``."""

    file: Path
    salt: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def load(cls, project: Project, stack: str) -> StackSettings:
        """Empty settings where there is no file. Raises ProjectInvalid."""
        default = project.directory / f"Pulumi.{stack}.yaml"
        file = _existing(project.directory, f"Pulumi.{stack}")
        if file is None:
            return cls(default)
        body = _read(file)
        config = _config(file, project.name, body)
        return cls(file, str(body.get("encryptionsalt") or ""), config)

    def add_salt(self, salt: str) -> None:
        """Keep a new salt in the file, and all that is in it."""
        old = self.file.read_text() if self.file.exists() else ""
        part = self.file.with_name(f".{self.file.name}.part")
        part.write_text(f"encryptionsalt: {salt}\n{old}")
        part.replace(self.file)  # the file is the user's: no crash may cut it off


@dataclass(frozen=True)
class Config:
    """What the program reads: full key -> text; objects and lists are JSON texts."""

    values: Mapping[str, str]
    secret_keys: frozenset[str]

    def namespace(self, name: str) -> dict[str, tuple[str, bool]]:
        """Key without its namespace -> (text, is secret)."""
        prefix = f"{name}:"
        return {
            key.removeprefix(prefix): (text, key in self.secret_keys)
            for key, text in self.values.items()
            if key.startswith(prefix)
        }


def resolve(project: Project, settings: StackSettings, decrypt: Decrypt) -> Config:
    """Defaults, then the stack's values. Raises ConfigInvalid with all mistakes."""
    values: dict[str, str] = {}
    secret: set[str] = set()
    mistakes: list[str] = []
    for key, raw in {**_defaults(project), **settings.config}.items():
        try:
            value, is_secret = _plain(raw, decrypt)
        except SecretUnreadable:
            value, is_secret = "", True
            mistakes.append(
                f"{key} is not encrypted with this stack's passphrase and salt: set "
                "it again, or bring back the line `encryptionsalt` that it came with"
            )
        else:
            mistakes += _mistake(key, value, project.config.get(key), is_secret)
        values[key] = _text(value)
        if is_secret:
            secret.add(key)
    missing = sorted(set(project.config) - set(values))
    mistakes += [f"{key} has no value and no default" for key in missing]
    if mistakes:
        raise ConfigInvalid(mistakes)
    return Config(values, frozenset(secret))


def full_key(project: str, key: str) -> str:
    """A key without a namespace belongs to the project."""
    return key if ":" in key else f"{project}:{key}"


def _config(file: Path, project: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """The section ``config``, by full key. Raises ProjectInvalid."""
    config = body.get("config") or {}
    if not isinstance(config, Mapping):
        raise ProjectInvalid(f"`config` in {file} must be a map of keys.")
    return {full_key(project, str(key)): value for key, value in config.items()}


def _defaults(project: Project) -> dict[str, Any]:
    """Keys with a default (or a plain value) in ``Pulumi.yaml``."""
    found: dict[str, Any] = {}
    for key, declared in project.config.items():
        if not isinstance(declared, Mapping):
            found[key] = declared
        elif declared.get("default") is not None:
            found[key] = declared["default"]
        elif "value" in declared:
            found[key] = declared["value"]
    return found


_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def _mistake(key: str, value: Any, declared: Any, is_secret: bool) -> list[str]:
    """Why a value does not have the type that Pulumi.yaml declares."""
    wanted = declared.get("type") if isinstance(declared, Mapping) else None
    if wanted is not None and wanted not in _TYPES:
        known = ", ".join(_TYPES)
        return [f"{key} is declared with type {wanted!r}; the types are {known}"]
    if wanted is None or _has_type(value, wanted):
        return []
    shown = "[secret]" if is_secret else json.dumps(value)
    return [f"{key} is {shown}, and must be of type {wanted}"]


def _has_type(value: Any, wanted: str) -> bool:
    if isinstance(value, bool) and wanted == "integer":
        return False
    if isinstance(value, _TYPES[wanted]):
        return True
    # `pulumi config set` writes every value as text.
    if isinstance(value, str) and wanted in ("integer", "boolean"):
        return _parses(value, wanted)
    return wanted == "string" and isinstance(value, int | float | bool)


def _parses(text: str, wanted: str) -> bool:
    if wanted == "boolean":
        return text in ("true", "false")
    try:
        int(text)
    except ValueError:
        return False
    return True


def _plain(raw: Any, decrypt: Decrypt) -> tuple[Any, bool]:
    """A value with its ``secure`` parts opened, and whether it had any."""
    if isinstance(raw, Mapping):
        if set(raw) == {"secure"}:
            return decrypt(str(raw["secure"])), True
        pairs = {key: _plain(item, decrypt) for key, item in raw.items()}
        return {k: v for k, (v, _) in pairs.items()}, any(s for _, s in pairs.values())
    if isinstance(raw, list):
        items = [_plain(item, decrypt) for item in raw]
        return [v for v, _ in items], any(s for _, s in items)
    return raw, False


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _existing(directory: Path, stem: str) -> Path | None:
    candidates = (directory / f"{stem}{suffix}" for suffix in (".yaml", ".yml"))
    return next((file for file in candidates if file.exists()), None)


# The safe loader of libyaml, where PyYAML was built with it, is ten times as fast.
class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """As the CLI reads: no key twice, and a time without quotes in Go's own form."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key.value} is there twice",
                    problem_mark=key.start_mark,
                )
            seen.add(str(key.value))
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found

    def time(self, node: yaml.ScalarNode) -> str:
        try:
            found = self.construct_yaml_timestamp(node)
        except ValueError:  # no such day
            return str(node.value)
        if not isinstance(found, datetime):
            return f"{found} 00:00:00 +0000 UTC"
        offset = found.strftime("%z") or "+0000"
        zone = "UTC" if offset == "+0000" else offset
        fraction = f".{found.microsecond:06}".rstrip("0").rstrip(".")
        return f"{found:%Y-%m-%d %H:%M:%S}{fraction} {offset} {zone}"


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.time)


def _read(file: Path) -> dict[str, Any]:
    try:
        with file.open() as text:  # by its name, which the errors tell
            body = yaml.load(text, Loader=_Loader) or {}  # noqa: S506 (safe)
    except OSError as error:
        raise ProjectInvalid(f"{file} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ProjectInvalid(f"{file} is not valid YAML: {error}") from error
    if not isinstance(body, dict):
        raise ProjectInvalid(f"{file} must be a map of keys.")
    return body
