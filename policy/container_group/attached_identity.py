from __future__ import annotations

from collections.abc import Iterator

from ..kinds import CONTAINER_GROUP
from ..rule import Config, Properties, Rule
from .parts import credentials


def check(group: Properties, _: Config) -> Iterator[str]:
    # A list of ids in the SDK, a map with the ids as keys in ARM.
    attached = (group.get("identity") or {}).get("userAssignedIdentities") or ()
    known = {str(one).lower() for one in attached}
    for credential in credentials(group):
        identity = str(credential.get("identity") or "")
        if identity and identity.lower() not in known:
            yield f"The login at {credential.get('server')} uses {identity}."


RULE = Rule(
    "container-group-identity-attached",
    "The identity that pulls is one of the group's own: else no image is accessible.",
    change="Add its id to `identity.user_assigned_identities` of the group.",
    source="https://learn.microsoft.com/azure/container-instances/using-azure-container-registry-mi",
).about([CONTAINER_GROUP], check)
