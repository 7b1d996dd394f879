"""Failures of the engine. Each says what happened, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence


class EngineError(Exception):
    """The base of them all."""

    #: Exit code of the command: 1 the deployment failed, 2 wrong use, 3 part missing.
    code = 1


class ProjectInvalid(EngineError):
    code = 2


class ConfigInvalid(EngineError):
    """All mistakes of the configuration, in one report."""

    code = 2

    def __init__(self, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        lines = "\n".join(f"  - {mistake}" for mistake in mistakes)
        super().__init__(f"The configuration is not valid:\n{lines}")


class WrongPassphrase(EngineError):
    code = 2

    def __init__(self, stack: str = "") -> None:
        where = f" of stack {stack!r}" if stack else ""
        super().__init__(
            f"The passphrase does not open the secrets{where}. Set "
            "PULUMI_CONFIG_PASSPHRASE (or …_FILE) to the one it was made with."
        )


class PassphraseFileUnreadable(EngineError):
    code = 2

    def __init__(self, file: str, reason: Exception) -> None:
        super().__init__(
            f"PULUMI_CONFIG_PASSPHRASE_FILE is {file}, which cannot be read "
            f"({reason}). Name a file with the passphrase, or set "
            "PULUMI_CONFIG_PASSPHRASE. Nothing was done."
        )


class SecretUnreadable(EngineError):
    """A ciphertext that was not made with this passphrase and salt, or is damaged."""

    code = 2

    def __init__(self) -> None:
        super().__init__(
            "A secret is encrypted with another passphrase or salt than the stack's "
            "(`encryptionsalt` in its file), or damaged. Nothing was touched. Bring "
            "back the two that it was made with."
        )


class StateDamaged(EngineError):
    """The state is not what an engine could have written."""


class StateUnsupported(EngineError):
    """The state is whole, and has something in it that this engine does not know."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(
            f"{where} needs an engine that knows {what}; the embedded one does not. "
            "Nothing was touched. The Pulumi CLI is for this stack: `--engine pulumi`."
        )


class StackUnknown(EngineError):
    code = 2

    def __init__(self, stack: str, file: str) -> None:
        super().__init__(
            f"There is no stack {stack!r}: it has neither a file {file} nor a state. "
            "Write the file, and `up` makes the stack."
        )


class StackLocked(EngineError):
    def __init__(self, stack: str, holder: str, path: str) -> None:
        super().__init__(
            f"The stack {stack!r} is locked by {holder}. Wait until that is done. "
            f"If it is gone, remove the lock: {path}"
        )


class PluginMissing(EngineError):
    code = 3

    def __init__(self, package: str, folders: Sequence[str]) -> None:
        super().__init__(
            f"There is no provider for {package!r}: `pulumi-resource-{package}` is not "
            f"in {', '.join(folders)} and not on PATH."
        )


class OutcomeUnknown(EngineError):
    """A provider cannot tell whether what it was asked for has happened."""


class PluginFailed(OutcomeUnknown):
    """A provider did not start, or died."""


class ProviderRefused(EngineError):
    """A provider answered with an error; the message is the provider's."""


class ResourceIncomplete(EngineError):
    """The resource exists, but its creation or update did not end well."""

    def __init__(
        self, id_: str, outputs: dict[str, object], reasons: Sequence[str]
    ) -> None:
        self.id = id_
        self.outputs = outputs
        self.reasons = tuple(reasons)
        super().__init__("\n".join(reasons))


class OptionUnsupported(EngineError):
    code = 2

    def __init__(self, option: str, urn: str) -> None:
        super().__init__(
            f"{urn}: the embedded engine does not support {option}. "
            "Leave it out, or deploy this stack with the Pulumi CLI."
        )


class Protected(EngineError):
    def __init__(self, urn: str, action: str) -> None:
        super().__init__(
            f"{urn} is protected and would be {action}. Take `protect=True` out of "
            "its options and run `up` first."
        )


class Cancelled(EngineError):
    def __init__(self) -> None:
        super().__init__(
            "The deployment was cancelled. What was done until then is in the state: "
            "run it again to go on."
        )


class Skipped(EngineError):
    """A destroy runs the program, and the program declares what does not exist."""

    def __init__(self, urn: str) -> None:
        super().__init__(f"{urn} does not exist, and a destroy creates nothing.")


class PolicyPackInvalid(EngineError):
    code = 2

    def __init__(self, directory: object, reason: str) -> None:
        super().__init__(
            f"{directory} is no policy pack that runs here: {reason}. It needs a "
            "PulumiPolicy.yaml with `runtime: python`, and its environment."
        )


class PolicyConfigInvalid(EngineError):
    """All mistakes of the configuration of a policy pack, in one report."""

    code = 2

    def __init__(self, mistakes: Sequence[str]) -> None:
        self.mistakes = tuple(mistakes)
        lines = "\n".join(f"  - {mistake}" for mistake in mistakes)
        super().__init__(f"The configuration of the policies is not valid:\n{lines}")


class PolicyPackFailed(EngineError):
    """A policy pack answered with an error, or died: nothing can be judged."""

    def __init__(self, pack: str, urn: str, reason: str) -> None:
        where = f" at {urn}" if urn else ""
        super().__init__(
            f"The policy pack {pack} failed{where}, so the deployment was stopped: "
            f"{reason}. Mend the pack, or leave --policy-pack out."
        )


class PolicyViolated(EngineError):
    """A mandatory rule is not kept: the resource is not touched."""

    def __init__(self, urn: str, policies: Sequence[str]) -> None:
        self.urn = urn
        self.policies = tuple(dict.fromkeys(policies))
        rules = ", ".join(self.policies)
        super().__init__(
            f"The resource violates mandatory policies: {rules}. What to change is "
            "under Policies."
        )
