from __future__ import annotations

from collections.abc import Iterator

from pulumi_policy import Severity

from ..kinds import IMAGE
from ..rule import Config, Properties, Rule
from ..secret_texts import looks_secret


def arguments(image: Properties) -> Iterator[Properties]:
    """Each build argument by itself: one that is not known hides no other."""
    given = (image.get("build") or {}).get("args") or {}
    for name in given:
        yield {"name": name, "all": given}


def check(argument: Properties, _: Config) -> Iterator[str]:
    name = argument["name"]
    if looks_secret(name, str(argument["all"][name] or "")):
        yield f"The build argument {name} looks like a secret."


RULE = Rule(
    "image-build-no-secrets",
    "No secret is a build argument: `docker history` shows it to whoever pulls.",
    change="Take it out of `build.args`; mount secrets, or give them to the container.",
    severity=Severity.CRITICAL,
    source="https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
).about([IMAGE], check, each=arguments)
