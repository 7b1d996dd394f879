"""The providers of one deployment: default ones, explicit ones, those of the state."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from embedded.engine import plugins, urn
from embedded.engine.errors import PluginMissing, StateDamaged
from embedded.engine.journal import Journal, now
from embedded.engine.plugins import ProviderPlugin, Starting
from embedded.engine.project import Config
from embedded.engine.provider import Provider
from embedded.engine.state import Resource
from embedded.engine.values import Properties, Secret

PREFIX = "pulumi:providers:"
#: Where the CLI keeps what is its own; with a version it is there, empty or not.
INTERNAL = "__internal"


@dataclass
class ProviderRegistry:
    """Starts a package's plugin once for each configured provider of it.

    ``engine`` is the address of the engine's own server, where plugins log to.
    """

    stack: str
    project: str
    config: Config
    journal: Journal
    engine: Callable[[], str]
    folders: Sequence[str]
    environment: Mapping[str, str]
    directory: str
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _running: dict[str, Provider] = field(default_factory=dict)
    _plugins: list[ProviderPlugin] = field(default_factory=list)
    _ahead: dict[str, Starting] = field(default_factory=dict)

    def start_ahead(self) -> None:
        """Start what the state says was needed, to be ready when it is asked for.

        One of a package is enough: few stacks have more of them.
        """
        for one in self.journal.old:
            package = package_of(one)
            if one.is_provider and not one.delete and package not in self._ahead:
                with suppress(PluginMissing):  # perhaps nobody asks for it any more
                    self._ahead[package] = self._spawn(package)

    def default(self, package: str, version: str) -> str:
        """The reference (``urn::id``) of a package's default provider."""
        suffix = f"_{version.replace('.', '_')}" if version else ""
        type_ = PREFIX + package
        name = urn.make(self.stack, self.project, "", type_, f"default{suffix}")
        inputs: Properties = {
            key: Secret(text) if secret else text
            for key, (text, secret) in self.config.namespace(package).items()
        }
        inputs = versioned(inputs, version)
        with self._lock:
            known = next((r for r in self.journal.new if r.urn == name), None)
            found = known or self.register(Resource(name, type_, True, inputs=inputs))
        return reference(found)

    def register(self, wanted: Resource) -> Resource:
        """Configure a provider and keep it in the state; it keeps its id."""
        with self._lock:
            old = next((r for r in self.journal.old if r.urn == wanted.urn), None)
            plugin = self._start(package_of(wanted))
            provider = Provider(plugin)
            inputs = provider.check_config(wanted.urn, _config(wanted.inputs))
            if INTERNAL in wanted.inputs:
                inputs = {INTERNAL: wanted.inputs[INTERNAL], **inputs}
            made = replace(
                wanted,
                id=old.id if old else str(uuid.uuid4()),
                inputs=inputs,
                outputs=_config(inputs),
                created=old.created if old else now(),
                modified=old.modified if old else now(),
            )
            provider.configure(_config(inputs))
            self._running[reference(made)] = provider
            self.journal.settle(old, made)
            return made

    def get(self, ref: str) -> Provider:
        """The provider of a reference; one that only the state knows is started.

        Raises StateDamaged, PluginMissing, PluginFailed, ProviderRefused.
        """
        with self._lock:
            if ref not in self._running:
                known = [*self.journal.new, *self.journal.old]
                found = next((r for r in known if reference(r) == ref), None)
                if found is None:
                    raise StateDamaged(f"the state does not know the provider {ref}")
                provider = Provider(self._start(package_of(found)))
                provider.configure(_config(found.inputs))
                self._running[ref] = provider
            return self._running[ref]

    def cancel(self) -> None:
        for provider in self._running.values():
            provider.cancel()

    def stop(self) -> None:
        for starting in self._ahead.values():
            starting.end()
        for plugin in self._plugins:  # they end at the same time
            plugin.end()
        for plugin in self._plugins:
            plugin.stop()

    def _start(self, package: str) -> ProviderPlugin:
        starting = self._ahead.pop(package, None) or self._spawn(package)
        plugin = plugins.connect(package, starting)
        self._plugins.append(plugin)
        return plugin

    def _spawn(self, package: str) -> Starting:
        return plugins.spawn(
            package, self.engine(), self.folders, self.environment, self.directory
        )


def reference(provider: Resource) -> str:
    return f"{provider.urn}::{provider.id}"


def versioned(inputs: Properties, version: str) -> Properties:
    """A provider's inputs with the version of its package, if the program names one."""
    return {INTERNAL: {}, "version": version, **inputs} if version else inputs


def _config(inputs: Properties) -> Properties:
    """What a provider is told of its own inputs."""
    return {name: value for name, value in inputs.items() if name != INTERNAL}


def package_of(provider: Resource) -> str:
    return provider.type.removeprefix(PREFIX)
