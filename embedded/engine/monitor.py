"""The gRPC server that the program and the plugins talk to. Thin: it only translates.

pulumi/resource.proto (ResourceMonitor) and pulumi/engine.proto (Engine), served by the
SDK's own stubs. An option that is not supported is refused by name.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import (
    engine_pb2,
    engine_pb2_grpc,
    provider_pb2,
    resource_pb2,
    resource_pb2_grpc,
)

from embedded.engine import urn
from embedded.engine.errors import (
    Cancelled,
    EngineError,
    OptionUnsupported,
    Skipped,
)
from embedded.engine.events import Events, Severity, Step
from embedded.engine.hooks import ErrorHooks
from embedded.engine.plan import Goal
from embedded.engine.plugins import CHANNEL_OPTIONS
from embedded.engine.project import Config
from embedded.engine.provider_registry import PREFIX
from embedded.engine.state import Resource
from embedded.engine.values import Properties, from_struct, from_wire, to_struct

LOGGER = logging.getLogger(__name__)
FEATURES = [
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
]
#: Request field -> what the user wrote, for options that are not supported.
UNSUPPORTED = {
    "remote": "remote components",
    "importId": "the option `import_`",
    "replace_with": "the option `replace_with`",
    "transforms": "the option `transforms`",
    "packageRef": "parameterized packages",
    "envVarMappings": "the option `env_var_mappings`",
    "state_migrations": "state migrations",
    "pluginDownloadURL": "the option `plugin_download_url`",
}
SEVERITIES: dict[int, Severity] = {
    engine_pb2.DEBUG: "debug",
    engine_pb2.INFO: "info",
    engine_pb2.WARNING: "warning",
    engine_pb2.ERROR: "error",
}
#: Result.SKIP of resource.proto, which the SDK's stubs have no name for: the outputs
#: are unknown to the program.
SKIP: Any = 2
#: ``5m``, ``1h30m``, ``90s`` and plain seconds.
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


class Monitor(
    resource_pb2_grpc.ResourceMonitorServicer, engine_pb2_grpc.EngineServicer
):
    """One deployment's server; ``serve`` starts it, ``stop`` ends it."""

    def __init__(
        self,
        stack: str,
        project: str,
        directory: Path,
        config: Config,
        events: Events,
        hooks: ErrorHooks,
        *,
        preview: bool,
        parallel: int,
    ) -> None:
        self.address = ""
        #: Set by the deployment before the program starts.
        self.register: Callable[[Goal], Resource]
        self.invoke: Callable[[str, str, Properties], Properties]
        self.default_provider: Callable[[str, str], str]
        self.outputs: Callable[[str, Properties], None]
        self.greeted: Callable[[], None]
        self.declared: Callable[[], None]
        self.failures: list[str] = []
        self._stack = stack
        self._project = project
        self._directory = directory
        self._config = config
        self._events = events
        self._hooks = hooks
        self._preview = preview
        self._parallel = parallel
        self._idle = threading.Condition()
        self._active = 0

    def serve(self) -> None:
        """Listen on a free port of the loopback interface."""
        # The SDK blocks one thread of ours for every registration in flight.
        pool = ThreadPoolExecutor(max_workers=256)
        self._server = grpc.server(pool, options=CHANNEL_OPTIONS)
        resource_pb2_grpc.add_ResourceMonitorServicer_to_server(self, self._server)
        engine_pb2_grpc.add_EngineServicer_to_server(self, self._server)
        port = self._server.add_insecure_port("127.0.0.1:0")
        self._server.start()
        self.address = f"127.0.0.1:{port}"

    def stop(self) -> None:
        self._server.stop(0.5).wait()

    def wait_until_idle(self) -> None:
        """Return when no step is under way any more."""
        with self._idle:
            self._idle.wait_for(lambda: self._active == 0)

    # ResourceMonitor

    def GetDeploymentInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        self.greeted()
        return resource_pb2.DeploymentInfo(
            project=self._project,
            stack=self._stack,
            organization="organization",
            config=dict(self._config.values),
            configSecretKeys=sorted(self._config.secret_keys),
            dryRun=self._preview,
            parallel=self._parallel,
            supportedFeatures=FEATURES,
        )

    def SupportsFeature(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        known = request.id in ("secrets", "resourceReferences", "deletedWith")
        return resource_pb2.SupportsFeatureResponse(hasSupport=known)

    def RegisterResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        with self._busy():
            goal = self._read_goal(request, context)
            try:
                resource = self.register(goal)
            except Cancelled:
                self._abort_late(context)
            except Skipped:
                return resource_pb2.RegisterResourceResponse(urn=goal.urn, result=SKIP)
            except EngineError as error:  # the registrar has told of it
                self._fail(context, error)
            except Exception as error:
                LOGGER.exception("registering %s", goal.urn)
                text = f"the engine failed inside: {type(error).__name__}: {error}"
                self._events.message("error", text, goal.urn)
                self._fail(context, EngineError(text))
        return resource_pb2.RegisterResourceResponse(
            urn=resource.urn,
            id=resource.id,
            object=to_struct(resource.outputs),
        )

    def RegisterResourceOutputs(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        self.outputs(request.urn, from_struct(request.outputs))
        return empty_pb2.Empty()

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        try:
            package = request.tok.split(":", 1)[0]
            if package == "pulumi":
                raise OptionUnsupported(f"the function {request.tok}", self._project)
            ref = request.provider or self.default_provider(package, request.version)
            result = self.invoke(ref, request.tok, from_struct(request.args))
        except EngineError as error:
            text = f"invoke of {request.tok} failed: {error}"
            context.abort(grpc.StatusCode.UNKNOWN, text)
        message = provider_pb2.InvokeResponse()
        getattr(message, "return").CopyFrom(to_struct(result))
        return message

    def ReadResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        error = OptionUnsupported("reading existing resources (`get`)", request.name)
        self._events.message("error", str(error))
        self._fail(context, error)

    def Call(self, request: Any, context: Any) -> Any:  # noqa: N802
        error = OptionUnsupported(f"the method {request.tok}", self._project)
        self._events.message("error", str(error))
        self._fail(context, error)

    def RegisterErrorHook(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        self._hooks.add(request.name, request.callback)
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        # It has declared all. Deletions come now: it serves the error hooks of them.
        self.wait_until_idle()
        self.declared()
        return empty_pb2.Empty()

    # Engine

    def Log(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        severity = SEVERITIES.get(request.severity, "info")
        if severity != "debug":
            self._events.message(
                severity, request.message, request.urn, ephemeral=request.ephemeral
            )
        if severity == "error":
            self.failures.append(request.message)
        return empty_pb2.Empty()

    def RequirePulumiVersion(self, request: Any, context: Any) -> Any:  # noqa: N802, ARG002
        return engine_pb2.RequirePulumiVersionResponse()

    # Translation

    def _read_goal(self, request: Any, context: Any) -> Goal:
        try:
            return self._goal(request)
        except EngineError as error:
            step = Step("create", "", request.type, request.name)
            self._events.failed(step, str(error))
            self._fail(context, error)

    def _goal(self, request: Any) -> Goal:
        name = urn.make(
            self._stack, self._project, request.parent, request.type, request.name
        )
        _refuse_unsupported(request, name)
        return Goal(
            urn=name,
            type=request.type,
            name=request.name,
            custom=request.custom,
            inputs=from_struct(request.object),
            parent=request.parent,
            provider=self._provider(request),
            version=request.version,
            dependencies=tuple(sorted(request.dependencies)),
            property_dependencies={
                key: tuple(sorted(one.urns))
                for key, one in sorted(request.propertyDependencies.items())
            },
            protect=_optional(request, "protect"),
            retain_on_delete=_optional(request, "retainOnDelete"),
            delete_before_replace=request.deleteBeforeReplace
            if request.deleteBeforeReplaceDefined
            else None,
            deleted_with=request.deletedWith,
            ignore_changes=tuple(request.ignoreChanges),
            replace_on_changes=tuple(request.replaceOnChanges),
            replacement_trigger=from_wire(request.replacement_trigger),
            hide_diff=tuple(request.hideDiffs),
            additional_secret_outputs=tuple(request.additionalSecretOutputs),
            aliases=tuple(request.aliasURNs),
            custom_timeouts=_timeouts(request.customTimeouts),
            error_hooks=tuple(request.hooks.on_error),
            source_position=self._position(request.sourcePosition),
            stack_trace=tuple(
                self._position(frame.pc) for frame in request.stackTrace.frames
            ),
        )

    def _provider(self, request: Any) -> str:
        if not request.custom or request.type.startswith(PREFIX):
            return ""
        if request.provider:
            return str(request.provider)
        package = request.type.split(":", 1)[0]
        return self.default_provider(package, request.version)

    def _position(self, position: Any) -> str:
        """``project:///__main__.py#12``, relative to the project; ``''`` for none."""
        if not position.uri.startswith("file:///"):
            return ""
        path = os.path.relpath(position.uri.removeprefix("file://"), self._directory)
        column = f",{position.column}" if position.column else ""
        return f"project:///{path}#{position.line}{column}"

    # Failure

    def _busy(self) -> _Busy:
        return _Busy(self)

    def _fail(self, context: Any, error: EngineError) -> NoReturn:
        """A resource failed, and the user was told: let the program end."""
        self.failures.append(str(error))
        self.cancel()
        self._abort_late(context)

    def _abort_late(self, context: Any) -> NoReturn:
        context.abort(grpc.StatusCode.UNAVAILABLE, "the deployment has ended")
        raise AssertionError("abort does not return")

    def cancel(self) -> None:
        """Replaced by the deployment: no new step is begun after it."""


class _Busy:
    """Counts the steps under way."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    def __enter__(self) -> None:
        with self._monitor._idle:  # noqa: SLF001 (one thing in two classes)
            self._monitor._active += 1  # noqa: SLF001

    def __exit__(self, *_: object) -> None:
        with self._monitor._idle:  # noqa: SLF001
            self._monitor._active -= 1  # noqa: SLF001
            self._monitor._idle.notify_all()  # noqa: SLF001


def _refuse_unsupported(request: Any, name: str) -> None:
    for field, _ in request.ListFields():
        if field.name in UNSUPPORTED:
            raise OptionUnsupported(UNSUPPORTED[field.name], name)
    for field, _ in request.hooks.ListFields():
        if field.name != "on_error":
            raise OptionUnsupported(f"the hook `{field.name}`", name)


def _optional(request: Any, field: str) -> bool | None:
    return bool(getattr(request, field)) if request.HasField(field) else None


def _timeouts(timeouts: Any) -> dict[str, float]:
    """Operation -> seconds, of what is set."""
    return {
        field.name: sum(
            float(amount) * _UNITS[unit] for amount, unit in _DURATION.findall(text)
        )
        for field, text in timeouts.ListFields()
    }
