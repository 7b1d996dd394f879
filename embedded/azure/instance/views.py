"""What answers show of a container group: never a secret, and what runs right now.

Shapes: ContainerGroup, ContainerPropertiesInstanceView and ContainerState of
api-version 2024-05-01-preview.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping

from embedded.azure.ids import ResourceId
from embedded.azure.instance.observation import Observation
from embedded.azure.instance.parsing import location
from embedded.azure.service import Json

ENDED = ("exited", "dead")
READ_ONLY = ("provisioningState", "instanceView", "isCreatedFromStandbyPool")
Seen = Mapping[str, Observation]


def public(
    resource_id: str,
    request: Json,
    *,
    state: str,
    address: str | None,
    domain_name: str | None,
    identity: Json | None,
) -> Json:
    """The body without the instance view, which only a GET of one group shows."""
    given = copy.deepcopy(request.get("properties") or {})
    properties = {key: value for key, value in given.items() if key not in READ_ONLY}
    for container in containers(properties):
        container.pop("instanceView", None)
        _mask(container.get("environmentVariables"), "secureValue")
        for port in container.get("ports") or []:
            port.setdefault("protocol", "TCP")
    _mask(properties.get("imageRegistryCredentials"), "password")
    for volume in properties.get("volumes") or []:
        if volume.get("secret") is not None:
            volume["secret"] = {}
    _show_address(properties, address, domain_name)
    defaults = {"sku": "Standard", "restartPolicy": "Always", "initContainers": []}
    root: Json = {
        "id": resource_id,
        "name": ResourceId.parse(resource_id).name,
        "type": "Microsoft.ContainerInstance/containerGroups",
        "location": location(request["location"]),
        "properties": {**defaults, **properties, "provisioningState": state},
    }
    if identity is not None:
        root["identity"] = identity
    kept = ("tags", "zones")
    return root | {key: request[key] for key in kept if request.get(key) is not None}


def containers(properties: Json) -> Iterator[Json]:
    """The properties of each container and init container."""
    for kind in ("containers", "initContainers"):
        for container in properties.get(kind) or []:
            inner: Json = container.setdefault("properties", {})
            yield inner


def _mask(items: list[Json] | None, secret: str) -> None:
    for item in items or []:
        item.pop(secret, None)


def _show_address(
    properties: Json, address: str | None, domain_name: str | None
) -> None:
    shown = properties.get("ipAddress")
    if not shown:
        return
    shown.pop("fqdn", None)
    shown.setdefault("type", "Public")
    for port in shown.get("ports") or []:
        port.setdefault("protocol", "TCP")
    if address is not None:
        shown["ip"] = address
    if domain_name is not None:
        shown["fqdn"] = domain_name


def with_instances(
    body: Json,
    seen: Seen | None,
    history: Json,
    not_ready: frozenset[str],
    *,
    stopped: bool,
) -> Json:
    """Add the instance views; ``seen`` is None while the engine does not answer."""
    whole = copy.deepcopy(body)
    properties = whole["properties"]
    for kind in ("containers", "initContainers"):
        for container in properties.get(kind) or []:
            name = container["name"]
            view = instance(
                None if seen is None else seen.get(name),
                history.get(name) or {},
                ready=name not in not_ready,
            )
            container["properties"]["instanceView"] = view
    names = [each["name"] for each in properties["containers"]]
    state = group_state(properties["provisioningState"], names, seen, stopped=stopped)
    properties["instanceView"] = {"events": [], "state": state}
    return whole


def group_state(
    provisioning: str, names: list[str], seen: Seen | None, *, stopped: bool
) -> str:
    """Running, Stopped, Pending, Succeeded or Failed."""
    if stopped:
        return "Stopped"
    if provisioning in ("Pending", "Creating") or seen is None:
        return "Pending"
    found = [seen[name] for name in names if name in seen]
    # After an update that failed, what ran before it may still run.
    if provisioning == "Failed" and not any(e.status == "running" for e in found):
        return "Failed"
    if len(found) < len(names) or any(each.status not in ENDED for each in found):
        return "Running"
    return "Failed" if any(each.exit_code for each in found) else "Succeeded"


def instance(seen: Observation | None, history: Json, *, ready: bool) -> Json:
    """One container's view. ``seen`` is None while the engine has no such container."""
    current = _current(seen, ready=ready)
    waits_again = current["detailStatus"] == "CrashLoopBackOff"
    previous = history.get("last") if waits_again else history.get("previous")
    counted = int(history.get("restarts", 0))
    view: Json = {
        "restartCount": max(counted, seen.restarts if seen else 0),
        "currentState": current,
        "events": history.get("events", []),
    }
    if previous:
        view["previousState"] = previous
    return view


def _current(seen: Observation | None, *, ready: bool) -> Json:
    if seen is None:
        return {"state": "Waiting", "detailStatus": ""}
    if seen.status == "restarting":
        return {"state": "Waiting", "detailStatus": "CrashLoopBackOff"}
    if seen.status in ENDED:
        return _terminated(seen)
    if seen.status == "created":
        reason = "RunContainerError" if seen.error else "ContainerCreating"
        return {"state": "Waiting", "detailStatus": reason}
    detail = "" if ready else "NotReady"
    return {"state": "Running", "startTime": seen.started, "detailStatus": detail}


def _terminated(seen: Observation) -> Json:
    detail = "Completed" if seen.exit_code == 0 else "Error"
    return {
        "state": "Terminated",
        "startTime": seen.started,
        "exitCode": seen.exit_code,
        "finishTime": seen.finished,
        "detailStatus": "OOMKilled" if seen.out_of_memory else detail,
    }
