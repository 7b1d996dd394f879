"""A container group with all that the embedded Azure runs."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

#: Answers each datagram with the word of its environment, and keeps a file fresh.
ECHO = """\
import os, socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    udp.bind(("0.0.0.0", 9000))
    open("/shared/echo", "w").write("listening")
    while True:
        _, sender = udp.recvfrom(100)
        udp.sendto(os.environ["WORD"].encode(), sender)
"""
WRITE = "open('/shared/first', 'w').write(open('/run/hidden/pin').read())"
MOUNT = {"name": "shared", "mountPath": "/shared"}
SIDECAR = {
    "name": "echo",
    "command": ["python3", "-c", ECHO],
    "cpu": 0.25,
    "memory": 0.3,
    "cpuLimit": 0.5,
    "memoryLimit": 0.5,
    "ports": [{"port": 9000, "protocol": "UDP"}],
    "secureEnvironment": {"WORD": "sesame-of-the-sidecar"},
    "volumeMounts": [MOUNT],
    "livenessProbe": {"command": ["test", "-f", "/shared/echo"], "periodSeconds": 1},
}
#: What a group may have here: sidecar, init container, UDP, limits, volumes, probes.
FULL: Json = {
    "cpu": 0.5,
    "memory": 0.5,
    "command": ["python3", "-m", "web"],
    "restartPolicy": "OnFailure",
    "sidecars": [SIDECAR],
    "initContainers": [
        {
            "name": "first",
            "command": ["python3", "-c", WRITE],
            "volumeMounts": [MOUNT, {"name": "hidden", "mountPath": "/run/hidden"}],
        }
    ],
    "volumes": [
        {"name": "shared", "emptyDir": {}},
        {"name": "hidden", "secret": {"pin": "sesame-of-the-volume"}},
    ],
    "volumeMounts": [{**MOUNT, "readOnly": True}],
    "readinessProbe": {"command": ["test", "-f", "/shared/first"], "periodSeconds": 1},
    "systemIdentity": True,
    "zone": "1",
}


def sidecar(**values: Any) -> dict[str, Any]:
    """The sidecar with some values changed."""
    return {"sidecars": [{**SIDECAR, **values}]}
