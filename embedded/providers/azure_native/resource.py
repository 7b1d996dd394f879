"""The life of one resource in ARM: the same for every row of the table."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from embedded.providers.azure_native import shape
from embedded.providers.azure_native.arm import TERMINAL, ArmRefused, Client
from embedded.providers.azure_native.types import GROUP, ResourceType
from embedded.providers.differences import compare
from embedded.providers.resource import (
    Difference,
    InitFailed,
    InputsInvalid,
    ProviderError,
    State,
    Subject,
)
from embedded.providers.values import UNKNOWN, Properties, contains_unknown

GROUP_VERSION = "2024-03-01"
DEPLOYMENT_VERSION = "2024-03-01"
#: Seconds for which a read waits for the end of what is under way, between two looks.
PATIENCE, POLL = 60.0, 0.2
#: Outputs that no update changes: a preview may show them.
STABLE = (
    "name",
    "type",
    "loginServer",
    "creationDate",
    "principalId",
    "clientId",
    "tenantId",
    "azureApiVersion",
)


class ArmResource:
    """One type; ``client`` is made when it is needed first."""

    def __init__(
        self, row: ResourceType, client: Callable[[], Client], location: str | None
    ) -> None:
        self._row = row
        self._client = client
        self._location = location

    def check(
        self, subject: Subject, old: Properties | None, new: Properties, seed: bytes
    ) -> Properties:
        row = self._row
        inputs = {key: value for key, value in new.items() if value is not None}
        before = old or {}
        if row.name_input not in inputs:
            known = before.get(row.name_input)
            inputs[row.name_input] = known or self._make_name(subject.name, seed)
        if row.has_location and "location" not in inputs:
            inputs["location"] = self._find_location(before, inputs)
        inputs["azureApiVersion"] = row.version
        self._require(inputs)
        if before and before != inputs:
            self._preflight(inputs)
        return inputs

    def diff(self, subject: Subject, old: State, new: Properties) -> Difference:
        before = _comparable(old.inputs)
        details = compare(before, _comparable(new))
        fixed = {path for path in details if _head(path) in self._row.fixed}
        named = new.get(self._row.name_input)
        random = rf"{re.escape(subject.name)}[0-9a-f]{{8}}"
        automatic = isinstance(named, str) and re.fullmatch(random, named)
        return Difference(details, frozenset(fixed), delete_first=not automatic)

    def create(
        self, subject: Subject, inputs: Properties, *, preview: bool
    ) -> tuple[str, Properties]:
        if preview:
            return "", self._foreseen(inputs)
        path = self._path(inputs)
        client, version = self._client(), self._row.version
        if client.get(path, version):
            raise ProviderError(f"cannot create already existing resource '{path}'")
        return self._put(path, inputs)

    def update(
        self, subject: Subject, old: State, new: Properties, *, preview: bool
    ) -> Properties:
        if preview:
            stable = {k: old.outputs[k] for k in STABLE if k in old.outputs}
            return {**stable, **self._foreseen(new)}
        return self._put(old.id, new)[1]

    def read(self, subject: Subject, known: State) -> State | None:
        body = self._settled(known.id or self._path(known.inputs))
        if body is None:
            return None
        outputs = self._outputs(body)
        inputs = known.inputs or {
            k: v for k, v in outputs.items() if k in (*self._row.root, "location")
        }
        taken = {
            key: overlay(value, known.outputs.get(key), outputs.get(key))
            for key, value in inputs.items()
        }
        return State(str(body.get("id", known.id)), taken, outputs)

    def _settled(self, path: str) -> Properties | None:
        """The body once nothing is under way on it any more, or when that is too long:
        somebody else's work, or that of an engine that was interrupted."""
        end = time.monotonic() + PATIENCE
        while True:
            body = self._client().get(path, self._row.version)
            state = ((body or {}).get("properties") or {}).get("provisioningState")
            if state in (None, *TERMINAL) or time.monotonic() > end:
                return body
            time.sleep(POLL)

    def delete(self, subject: Subject, old: State) -> None:
        self._client().delete(old.id, self._row.version)

    def _put(self, path: str, inputs: Properties) -> tuple[str, Properties]:
        client, version = self._client(), self._row.version
        body, answer = client.put(path, version, shape.to_arm(self._row, inputs))
        id_ = str(body.get("id", path))
        try:
            client.finish(answer)
        except ArmRefused as error:
            found = client.get(path, version) or body
            raise InitFailed(id_, self._outputs(found), str(error)) from error
        return id_, self._outputs(client.get(path, version) or body)

    def _foreseen(self, inputs: Properties) -> Properties:
        """The outputs that are known before anything is done."""
        return {k: v for k, v in inputs.items() if k not in self._row.computed}

    def _outputs(self, body: Properties) -> Properties:
        outputs = shape.from_arm(self._row, body)
        return {**outputs, "azureApiVersion": self._row.version}

    def _path(self, inputs: Properties) -> str:
        values = {name: str(inputs[name]).strip("/") for name in self._row.parameters}
        return self._row.path.format(
            subscriptionId=self._client().subscription, **values
        )

    def _preflight(self, inputs: Properties) -> None:
        """Have a change checked by ARM. Raises ArmRefused.

        What cannot change in place may be deleted before the new one is asked for:
        a refusal must come before that.
        """
        if self._row.path.startswith(f"{GROUP}/") and not contains_unknown(inputs):
            body = shape.to_arm(self._row, inputs)
            path, template = shape.template(self._row, self._path(inputs), body)
            self._client().post(path, DEPLOYMENT_VERSION, template)

    def _make_name(self, name: str, seed: bytes) -> str:
        if self._row.naming == "uuid":
            return str(uuid.UUID(bytes=(seed or uuid.uuid4().bytes)[:16], version=4))
        if self._row.naming == "copy":
            return name
        return name + (seed or uuid.uuid4().bytes)[:4].hex()

    def _find_location(self, before: Properties, inputs: Properties) -> Any:
        """Where it was, else the configured one, else its group's."""
        found = before.get("location") or self._location
        if found or self._row.path == GROUP:
            return found
        group = inputs.get("resourceGroupName")
        if group is None or contains_unknown(group):
            return UNKNOWN
        client = self._client()
        path = GROUP.format(subscriptionId=client.subscription, resourceGroupName=group)
        body = client.get(path, GROUP_VERSION)
        return body["location"] if body else UNKNOWN

    def _require(self, inputs: Properties) -> None:
        mistakes = [
            (name, "is required")
            for name in (*self._row.parameters, *self._needs_location())
            if not inputs.get(name)
        ]
        own = inputs.get(self._row.name_input)
        if isinstance(own, str) and not re.fullmatch(self._row.pattern, own):
            rule = f"'{own}' does not match the pattern {self._row.pattern}"
            mistakes.append((self._row.name_input, rule))
        if mistakes:
            raise InputsInvalid(mistakes)

    def _needs_location(self) -> tuple[str, ...]:
        return ("location",) if self._row.has_location else ()


def overlay(wanted: Any, before: Any, now: Any) -> Any:
    """An input with what changed in the cloud since, at the places that it names."""
    if isinstance(wanted, dict):
        old = before if isinstance(before, dict) else {}
        new = now if isinstance(now, dict) else {}
        return {k: overlay(v, old.get(k), new.get(k)) for k, v in wanted.items()}
    if isinstance(wanted, list):
        lists = isinstance(before, list) and isinstance(now, list)
        if lists and len(before) == len(now) == len(wanted):
            rows = zip(wanted, before, now, strict=True)
            return [overlay(*row) for row in rows]
        return wanted
    return wanted if now is None or now == before else now


def _comparable(inputs: Properties) -> Properties:
    """Inputs as they are compared: a location has no case and no blanks."""
    location = inputs.get("location")
    if not isinstance(location, str):
        return inputs
    return {**inputs, "location": location.lower().replace(" ", "")}


def _head(path: str) -> str:
    return path.split(".")[0].split("[")[0]
