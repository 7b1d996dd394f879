"""Run the program on Pulumi's mocks, in a process of its own, and print what it did.

``python tests/on_mocks.py '{"sku": "Premium"}'`` prints one JSON object: ``inputs`` by
resource type, ``needs`` (names of what a type is told to wait for), and ``outputs``;
one that is not known is None. A second argument says what `docker.Image` answers as
``repoDigest``, a third one makes it a preview.
"""

from __future__ import annotations

import asyncio
import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pulumi
from pulumi.runtime import mocks

PROJECT = Path(__file__).resolve().parent.parent
DIGEST = "sha256:" + "ab" * 32
#: Type -> what its provider would add to the inputs.
ANSWERS: dict[str, dict[str, Any]] = {
    "Registry": {"loginServer": "acrlab.azurecr.io"},
    "UserAssignedIdentity": {"principalId": "p", "clientId": "c"},
    "Resource": {"value": "token-password"},
    "Image": {"repoDigest": f"acrlab.azurecr.io/acr-lab/web@{DIGEST}"},
    "ContainerGroup": {
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {}},
        "ipAddress": {"ip": "20.1.2.3", "ports": [], "type": "Public"},
    },
}


class Cloud(mocks.Mocks):
    """Answers as the providers would, and remembers what was asked for."""

    def __init__(self) -> None:
        self.inputs: dict[str, dict[str, Any]] = {}
        self.needs: dict[str, list[str]] = {}

    def new_resource(
        self, args: mocks.MockResourceArgs
    ) -> tuple[str | None, dict[str, Any]]:
        self.inputs[args.typ] = dict(args.inputs)
        more = dict(ANSWERS.get(args.typ.rpartition(":")[2], {}))
        if "ipAddress" not in args.inputs:  # a group without an address gets none
            more.pop("ipAddress", None)
        return f"/{args.name}", {**args.inputs, "name": args.name, **more}

    def note(self, args: pulumi.ResourceTransformationArgs) -> None:
        """A transformation that changes nothing: mocks are told of no dependencies."""
        after = args.opts.depends_on
        if isinstance(after, list):
            self.needs[args.type_] = [one.pulumi_resource_name for one in after]

    def call(self, args: mocks.MockCallArgs) -> Any:
        if args.token.endswith("getClientToken"):
            return {"token": "entra-token"}
        if args.token.endswith("listRegistryCredentials"):
            return {"username": "acrlab", "passwords": [{"value": "admin-password"}]}
        return {
            "clientId": "c",
            "objectId": "o",
            "subscriptionId": "s",
            "tenantId": "t",
        }


async def deploy(exported: dict[str, Any]) -> dict[str, Any]:
    sys.path.insert(0, str(PROJECT))
    from infra import sign_in

    sign_in.exchange = lambda *_: "refresh-token"
    setattr(pulumi, "export", exported.__setitem__)  # noqa: B010 (for mypy)
    runpy.run_path(str(PROJECT / "__main__.py"), run_name="__main__")
    outputs = [pulumi.Output.from_input(one).future() for one in exported.values()]
    return dict(zip(exported, await asyncio.gather(*outputs), strict=True))


def main() -> None:
    config = {f"acr-lab:{k}": v for k, v in json.loads(sys.argv[1]).items()}
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    cloud = Cloud()
    if sys.argv[2:]:
        ANSWERS["Image"] = {"repoDigest": sys.argv[2]}
    mocks.set_mocks(cloud, "acr-lab", "test", preview=bool(sys.argv[3:]))
    pulumi.runtime.set_all_config({"azure-native:location": "westeurope", **config})
    pulumi.runtime.register_stack_transformation(cloud.note)
    outputs = loop.run_until_complete(deploy({}))
    found = {"inputs": cloud.inputs, "needs": cloud.needs, "outputs": outputs}
    text = json.dumps(found, default=str)
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
