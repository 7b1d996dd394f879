"""``docker:index/image:Image``. Behaves as pulumi-docker 5.2 does, with some additions.

Delete and a change of name remove the name from the engine (the real provider leaves
it), and the steps of builds that came to no end, which are known by the Dockerfile's
labels. A read without an id finds what an interrupted create has built. Every build
goes through the classic builder: Debian's engine has no BuildKit session for the API,
and the result is the same image.
"""

from __future__ import annotations

from collections.abc import Callable, Set
from pathlib import Path
from typing import Any

from embedded.providers.differences import compare
from embedded.providers.docker import labels
from embedded.providers.docker.context import Context
from embedded.providers.docker.engine import BuildFailed, Engine
from embedded.providers.resource import Difference, InputsInvalid, Log, State, Subject
from embedded.providers.values import UNKNOWN, Properties, contains_unknown

BUILDERS = ("BuilderBuildKit", "BuilderV1")
PLATFORM = "linux/amd64"
#: What the real resource has; `build.contextDigest` is its own.
INPUTS = {"build", "buildOnPreview", "imageName", "registry", "skipPush"}
BUILD_INPUTS = {
    "addHosts",
    "args",
    "builderVersion",
    "cacheFrom",
    "context",
    "dockerfile",
    "network",
    "platform",
    "target",
}
UNRESOLVED = (
    "Minimum inputs for build are unresolved: image name, dockerfile, args or context. "
    "Continuing without preview image build."
)


class Image:
    """One image; ``engine`` connects when it is needed."""

    def __init__(self, engine: Callable[[], Engine], log: Log) -> None:
        self._engine = engine
        self._log = log

    def check(
        self, subject: Subject, old: Properties | None, new: Properties, seed: bytes
    ) -> Properties:
        inputs = {key: value for key, value in new.items() if value is not None}
        _refuse_others("", inputs, INPUTS)
        inputs["build"] = build = _build(inputs.get("build"))
        inputs.setdefault("skipPush", False)
        inputs.setdefault("buildOnPreview", False)
        _check_name(inputs)
        places = (build["context"], build["dockerfile"])
        if not contains_unknown(list(places)):
            build["contextDigest"] = Context.find(*places).digest()
        return inputs

    def diff(self, subject: Subject, old: State, new: Properties) -> Difference:
        """New credentials alone are no difference: they are new each time."""
        details = compare(_comparable(old.inputs), _comparable(new))
        return Difference(details)

    def create(
        self, subject: Subject, inputs: Properties, *, preview: bool
    ) -> tuple[str, Properties]:
        if preview:
            return "", self._preview(subject, inputs)
        return str(inputs["imageName"]), self._make(subject, inputs)

    def update(
        self, subject: Subject, old: State, new: Properties, *, preview: bool
    ) -> Properties:
        if preview:
            return self._preview(subject, new)
        made = self._make(subject, new)
        before = str(old.outputs.get("imageName") or old.id)
        for name in {before, *self._others(before, new)} - {new["imageName"]}:
            self._engine().remove(name)  # what a container runs stays for now
        return made

    def read(self, subject: Subject, known: State) -> State | None:
        """What is in the state: the registry is not asked.

        Without an id: what an interrupted create has left on the engine.
        """
        if known.id:
            return known
        name = str(known.inputs["imageName"])
        if not self._engine().has(name):
            self._tidy(known.inputs)
            return None
        outputs = {**_outputs(known.inputs), "repoDigest": ""}
        return State(name, known.inputs, outputs)

    def delete(self, subject: Subject, old: State) -> None:
        name = str(old.outputs.get("imageName") or old.id)
        for one in {name, *self._others(name, old.inputs)}:
            self._engine().remove(one)
        self._tidy(old.inputs)

    def _others(self, name: str, inputs: Properties) -> list[str]:
        """Names of the same repository and Dockerfile: what previews have built, and
        what a container still ran when its turn came."""
        repository, known = name.rpartition(":")[0], _labels(inputs)
        return self._engine().names(repository, known) if known and repository else []

    def _preview(self, subject: Subject, inputs: Properties) -> Properties:
        """Build nothing, unless that is asked for and all is known; never push."""
        if not inputs["buildOnPreview"]:
            return {**_outputs(inputs), "repoDigest": UNKNOWN}
        needed = [inputs["buildOnPreview"], inputs.get("imageName"), inputs["build"]]
        if contains_unknown(needed):
            self._log(subject.urn, UNRESOLVED, ephemeral=False, warning=True)
            return {**_outputs(inputs), "repoDigest": UNKNOWN}
        return {**_outputs(inputs), "repoDigest": self._build(subject, inputs)}

    def _make(self, subject: Subject, inputs: Properties) -> Properties:
        id_ = self._build(subject, inputs)
        if inputs["skipPush"]:
            return {**_outputs(inputs), "repoDigest": id_}
        digest = self._engine().push(
            str(inputs["imageName"]),
            _login(inputs.get("registry")),
            lambda line: self._log(subject.urn, f"push {line}"),
        )
        return {**_outputs(inputs), "repoDigest": digest}

    def _build(self, subject: Subject, inputs: Properties) -> str:
        context = Context.find(
            inputs["build"]["context"], inputs["build"]["dockerfile"]
        )
        options = _options(inputs["build"])
        for image in options["cache_from"]:
            self._pull(subject, image, inputs)
        name = str(inputs["imageName"])
        try:
            return self._engine().build(
                name, context, options, lambda line: self._log(subject.urn, line)
            )
        except BuildFailed:
            self._tidy(inputs)
            raise

    def _pull(self, subject: Subject, image: str, inputs: Properties) -> None:
        """A cache that is not there makes a build slower, and no worse."""
        login = _login(inputs.get("registry"))
        reason = self._engine().pull(image, inputs["build"]["platform"], login)
        if reason:
            said = f"cacheFrom image {image} not available: {reason}"
            self._log(subject.urn, said, ephemeral=False)

    def _tidy(self, inputs: Properties) -> None:
        """Remove what a build that was cut off has left on the engine."""
        self._engine().prune(_labels(inputs))


def _refuse_others(where: str, given: Properties, known: Set[str]) -> None:
    """What the real provider ignores would be missed in silence."""
    others = sorted(set(given) - known)
    if others:
        said = f"docker:index/image:Image has no such input; {', '.join(sorted(known))}"
        raise InputsInvalid([(f"{where}{name}", said) for name in others])


def _labels(inputs: Properties) -> list[str]:
    """Those by which images of the same Dockerfile are known."""
    build = inputs.get("build")
    if isinstance(build, dict) and isinstance(build.get("dockerfile"), str):
        return labels.of_dockerfile(Path(build["dockerfile"]))
    return []


def _options(build: Properties) -> dict[str, Any]:
    """As the Engine API's client calls them."""
    pairs = (one.split(":", 1) for one in build.get("addHosts") or ())
    return {
        "buildargs": {k: str(v) for k, v in (build.get("args") or {}).items()},
        "cache_from": list((build.get("cacheFrom") or {}).get("images") or ()),
        "extra_hosts": dict(pairs) or None,
        "network_mode": build.get("network"),
        "platform": build["platform"],
        "target": build.get("target"),
    }


def _build(asked: Any) -> Properties:
    """The build section with pulumi-docker's defaults."""
    given = {"context": asked} if isinstance(asked, str) else dict(asked or {})
    build: Properties = {k: v for k, v in given.items() if v is not None}
    _refuse_others("build.", build, BUILD_INPUTS)
    build.setdefault("context", ".")
    if "dockerfile" not in build:
        folder = build["context"]
        build["dockerfile"] = folder if folder is UNKNOWN else f"{folder}/Dockerfile"
    build.setdefault("platform", PLATFORM)
    build.setdefault("builderVersion", BUILDERS[0])
    build.setdefault("args", {})
    if build["builderVersion"] not in (*BUILDERS, UNKNOWN):
        mistake = f"must be one of {', '.join(BUILDERS)}"
        raise InputsInvalid([("build.builderVersion", mistake)])
    if "cacheFrom" in build and not (build["cacheFrom"] or {}).get("images"):
        raise InputsInvalid([("build.cacheFrom", "needs `images`")])
    return build


def _check_name(inputs: Properties) -> None:
    name = inputs.get("imageName")
    if name is UNKNOWN or contains_unknown(name):
        return
    if not isinstance(name, str) or not name:
        raise InputsInvalid([("imageName", "is required")])
    if not inputs["skipPush"] and "/" not in name:
        raise InputsInvalid(
            [
                (
                    "imageName",
                    f"{name!r} names no registry to push to: write "
                    "`registry.example/name:tag`, or set skipPush",
                )
            ]
        )


def _comparable(inputs: Properties) -> Properties:
    registry = inputs.get("registry") or {}
    server = registry.get("server") if isinstance(registry, dict) else None
    return {**inputs, "registry": {"server": server} if server else None}


def _outputs(inputs: Properties) -> Properties:
    build = inputs["build"]
    registry = inputs.get("registry") or {}
    name = inputs.get("imageName")
    host = name.split("/", 1)[0] if isinstance(name, str) else UNKNOWN
    return {
        "baseImageName": name,
        "imageName": name,
        "context": build["context"],
        "dockerfile": build["dockerfile"],
        "platform": build["platform"],
        "registryServer": registry.get("server") or host,
    }


def _login(registry: Any) -> dict[str, str] | None:
    """Credentials for one push, if both are given."""
    if not registry or not registry.get("username") or not registry.get("password"):
        return None
    return {
        "username": str(registry["username"]),
        "password": str(registry["password"]),
        "serveraddress": str(registry.get("server") or ""),
    }
