"""A stack of the file backend, with its secrets opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from embedded.engine import secrets, state
from embedded.engine.backend import FileBackend
from embedded.engine.errors import ProjectInvalid, StackUnknown, StateDamaged
from embedded.engine.project import Config, Project, StackSettings, resolve
from embedded.engine.secrets import PassphraseSecrets
from embedded.engine.state import Snapshot

#: What the state says of who wrote it. The CLI compares it with nothing.
VERSION = "v3.272.0"


@dataclass
class Stack:
    """What one deployment, or one look at the state, works with."""

    project: Project
    name: str
    backend: FileBackend
    settings: StackSettings
    secrets: PassphraseSecrets

    @classmethod
    def open(cls, directory: Path, name: str, environment: Mapping[str, str]) -> Stack:
        """Raises ProjectInvalid, WrongPassphrase, StateDamaged: nothing is touched
        before.

        A settings file without a salt, or none, gets that of the state.
        """
        project = Project.load(directory)
        settings = StackSettings.load(project, name)
        passphrase = secrets.passphrase(environment)
        if passphrase is None:
            raise ProjectInvalid(
                "Set PULUMI_CONFIG_PASSPHRASE (or …_FILE): the stack's secrets are "
                "encrypted with it."
            )
        backend = FileBackend.open(environment.get("PULUMI_BACKEND_URL", ""))
        salt = settings.salt or _salt(backend.load(project.name, name) or {})
        if salt:
            opened = PassphraseSecrets.open(salt, passphrase, name)
        else:
            opened = PassphraseSecrets.create(passphrase)
        if not settings.salt:
            settings.add_salt(opened.salt)
        return cls(project, name, backend, settings, opened)

    @staticmethod
    def require(directory: Path, name: str, environment: Mapping[str, str]) -> None:
        """Raises StackUnknown if the stack has neither a settings file nor a state."""
        project = Project.load(directory)
        settings = StackSettings.load(project, name)
        backend = FileBackend.open(environment.get("PULUMI_BACKEND_URL", ""))
        state_file = backend.stack_file(project.name, name)
        if not settings.file.exists() and not state_file.exists():
            raise StackUnknown(name, str(settings.file))

    def config(self) -> Config:
        return resolve(self.project, self.settings, self.secrets.decrypt)

    def load(self) -> Snapshot:
        """The state; empty for a new stack. Raises StateDamaged."""
        body = self.backend.load(self.project.name, self.name)
        try:
            return self.parse(body or {})
        except StateDamaged as error:
            raise self.backend.damaged(self.project.name, self.name, error) from error

    def parse(self, body: Mapping[str, Any]) -> Snapshot:
        """A deployment object as a sound snapshot. Raises StateDamaged."""
        snapshot = state.deployment_from_json(dict(body), self.secrets.decrypt)
        state.check(snapshot)
        return snapshot

    def body(self, snapshot: Snapshot) -> dict[str, Any]:
        written = replace(snapshot, version=VERSION)
        return state.deployment_to_json(
            written, self.secrets.provider, self.secrets.encrypt
        )

    def save(self, snapshot: Snapshot) -> None:
        self.backend.save(self.project.name, self.name, self.body(snapshot))


def _salt(deployment: Mapping[str, Any]) -> str:
    """What a state's secrets are encrypted with; empty where it does not say."""
    provider = deployment.get("secrets_providers") or {}
    return str((provider.get("state") or {}).get("salt") or "")
