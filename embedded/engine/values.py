"""Property values as the engine holds them, and their three forms. Sans-I/O.

Plain values are ``None``, ``bool``, ``float``, ``str``, ``list`` and ``dict``; all
numbers are floats, as on the wire. The rest are the marker classes below. The forms are
the wire (protobuf ``Struct``), the state file (JSON) and the screen (masked).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2

#: A property value; the only honest static type for JSON-like data.
Value = Any
#: Property name -> value.
Properties = dict[str, Value]

#: These strings are the protocol's: pulumi/runtime/rpc.py of the SDK.
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 (a signature)
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

#: Text -> ciphertext, and back: how secrets go into the state file.
Cipher = Callable[[str], str]


class Unknown:
    """A value that only the deployment itself will tell. Use the one ``UNKNOWN``."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, _: object) -> Unknown:
        return self  # it is known by its identity


UNKNOWN: Final = Unknown()


@dataclass(frozen=True)
class Secret:
    """A value that is encrypted at rest and masked on every screen."""

    value: Value

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True)
class Asset:
    """A file, text or URI, in the wire's own form (the signature map)."""

    fields: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class Archive:
    """As ``Asset``, for archives."""

    fields: tuple[tuple[str, Value], ...]


@dataclass(frozen=True)
class ResourceReference:
    """A resource used as a value."""

    urn: str
    id: Value
    package_version: str = ""


def from_struct(struct: struct_pb2.Struct) -> Properties:
    """The properties of a wire message."""
    return {name: from_wire(value) for name, value in struct.fields.items()}


def to_struct(
    properties: Mapping[str, Value], *, keep_secrets: bool = True
) -> struct_pb2.Struct:
    """The wire form. ``keep_secrets`` False sends them as plain values."""
    struct = struct_pb2.Struct()
    for name, value in properties.items():
        struct.fields[name].CopyFrom(_to_wire(value, keep_secrets))
    return struct


def from_wire(value: struct_pb2.Value) -> Value:
    """One value of a wire message; None for a null, and for one that is not set."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return UNKNOWN if text == UNKNOWN_TEXT else text
    if kind == "struct_value":
        return _from_map(from_struct(value.struct_value))
    if kind == "list_value":
        return [from_wire(item) for item in value.list_value.values]
    if kind in ("number_value", "bool_value"):
        return getattr(value, kind)
    return None


def _from_map(fields: Properties) -> Value:
    """A map as it is, or the marker that its signature stands for."""
    signature = fields.get(SIGNATURE)
    if signature == SECRET:
        return Secret(fields.get("value"))
    if signature == OUTPUT:
        value = fields.get("value", UNKNOWN)
        return Secret(value) if fields.get("secret") else value
    if signature in (ASSET, ARCHIVE):
        inner = tuple((k, v) for k, v in fields.items() if k != SIGNATURE)
        return Asset(inner) if signature == ASSET else Archive(inner)
    if signature == RESOURCE:
        version = fields.get("packageVersion") or ""
        return ResourceReference(fields["urn"], fields.get("id"), version)
    return fields


def _to_wire(value: Value, keep_secrets: bool) -> struct_pb2.Value:
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=UNKNOWN_TEXT)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    return _composite_to_wire(value, keep_secrets)


def _composite_to_wire(value: Value, keep_secrets: bool) -> struct_pb2.Value:
    if isinstance(value, Secret) and not keep_secrets:
        return _to_wire(value.value, keep_secrets)
    if isinstance(value, list):
        items = struct_pb2.ListValue(values=[_to_wire(v, keep_secrets) for v in value])
        return struct_pb2.Value(list_value=items)
    fields = to_struct(_fields(value), keep_secrets=keep_secrets)
    return struct_pb2.Value(struct_value=fields)


def _fields(value: Value) -> Mapping[str, Value]:
    """The map that stands for a marker on the wire."""
    if isinstance(value, Secret):
        return {SIGNATURE: SECRET, "value": value.value}
    if isinstance(value, Asset | Archive):
        signature = ASSET if isinstance(value, Asset) else ARCHIVE
        return {SIGNATURE: signature, **dict(value.fields)}
    if isinstance(value, ResourceReference):
        fields = {SIGNATURE: RESOURCE, "urn": value.urn}
        if value.id is not None:
            fields["id"] = value.id
        return {**fields, "packageVersion": value.package_version}
    assert isinstance(value, Mapping), f"no property value: {value!r}"
    return value


def to_json(value: Value, encrypt: Cipher) -> Any:
    """The state's form: a secret is a signature map with its ciphertext in it.

    The plaintext that is encrypted is the JSON text of the value.
    """
    if isinstance(value, Secret):
        text = dump(to_json(value.value, encrypt))
        return {SIGNATURE: SECRET, "ciphertext": encrypt(text)}
    if value is UNKNOWN:
        return UNKNOWN_TEXT
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    if isinstance(value, list):
        return [to_json(item, encrypt) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return {name: to_json(item, encrypt) for name, item in _fields(value).items()}


def from_json(value: Any, decrypt: Cipher) -> Value:
    """The reverse of ``to_json``; accepts ``plaintext`` too, as the CLI does."""
    if isinstance(value, list):
        return [from_json(item, decrypt) for item in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if value == UNKNOWN_TEXT:
        return UNKNOWN
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == SECRET:
        text = value.get("plaintext") or decrypt(value["ciphertext"])
        return Secret(from_json(load(text), decrypt))
    return _from_map({name: from_json(item, decrypt) for name, item in value.items()})


def dump(value: Any) -> str:
    """Compact JSON with no escapes that JSON does not ask for."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def load(text: str) -> Any:
    return json.loads(text)


def mask(value: Value) -> Any:
    """What a screen may show."""
    if isinstance(value, Secret):
        return "[secret]"
    if value is UNKNOWN:
        return "[unknown]"
    if isinstance(value, Asset | Archive):
        return "[file]"
    if isinstance(value, ResourceReference):
        return value.urn
    if isinstance(value, list):
        return [mask(item) for item in value]
    if isinstance(value, Mapping):
        return {name: mask(item) for name, item in value.items()}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def unwrap(value: Value) -> Value:
    """The same value with no secret marker in it."""
    if isinstance(value, Secret):
        return unwrap(value.value)
    if isinstance(value, list):
        return [unwrap(item) for item in value]
    if isinstance(value, Mapping):
        return {name: unwrap(item) for name, item in value.items()}
    return value


def walk(value: Value) -> Iterable[Value]:
    """The value and all that is in it."""
    yield value
    inner: Iterable[Value] = ()
    if isinstance(value, Secret):
        inner = [value.value]
    elif isinstance(value, list):
        inner = value
    elif isinstance(value, Mapping):
        inner = value.values()
    for item in inner:
        yield from walk(item)


def contains_secret(value: Value) -> bool:
    return any(isinstance(item, Secret) for item in walk(value))


def equal(one: Value, other: Value) -> bool:
    """Whether two values are the same but for secrecy."""
    return bool(unwrap(one) == unwrap(other))


def mark_secrets(outputs: Value, inputs: Value) -> Value:
    """The outputs with a secret wherever the inputs have one at the same place.

    A list with a secret in it is one as a whole: items may move. So does the CLI
    (pulumi/pulumi, pkg/resource/plugin/provider_plugin.go, annotateSecrets).
    """
    if isinstance(outputs, dict) and isinstance(inputs, dict):
        return {k: mark_secrets(v, inputs.get(k)) for k, v in outputs.items()}
    return as_secret(outputs) if contains_secret(inputs) else outputs


def as_secret(value: Value) -> Value:
    return value if isinstance(value, Secret) else Secret(value)
