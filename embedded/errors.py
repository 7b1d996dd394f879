"""Failures of the command line itself, each with the exit code that it ends in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class CommandError(Exception):
    """The base of them all; ``code`` is the exit code."""

    code = 1


class WrongUse(CommandError):
    """Wrong use or configuration."""

    code = 2


class FileUnusable(CommandError):
    """A file or folder that cannot be read or written: its name and the reason."""

    def __init__(self, error: OSError) -> None:
        where = f"{error.filename}: " if error.filename else ""
        super().__init__(
            f"{where}{error.strerror or error}. Mend that, and run it again."
        )


class Unforeseen(CommandError):
    """A fault of the program: no other class is for it."""

    def __init__(self, error: Exception, log: Path) -> None:
        super().__init__(
            f"This is a fault of acr-lab: {type(error).__name__}: {error}. What was "
            f"done until then is in the state. Please report it with the end of {log}."
        )


class PartMissing(CommandError):
    """A needed part is not there."""

    code = 3


class CliNeeded(WrongUse):
    def __init__(self, stack: str) -> None:
        super().__init__(
            f"Stack {stack!r} deploys to Azure, which needs the Pulumi CLI, and there "
            "is none on PATH. Install it (https://www.pulumi.com/docs/install/), or "
            "use the embedded Azure: `--stack local`."
        )


class EngineNotForAzure(WrongUse):
    def __init__(self, stack: str) -> None:
        super().__init__(
            f"The embedded engine does not deploy to Azure (stack {stack!r}); the "
            "Pulumi CLI does: `--engine pulumi`. The embedded engine serves the stack "
            "`local` and stacks named `local-…`."
        )


class StackNameInvalid(WrongUse):
    def __init__(self, stack: str) -> None:
        super().__init__(
            f"{stack!r} is no name of a stack: at most 100 letters, digits, and any of "
            "- _ . make one. Nothing was done."
        )


class CliMissing(PartMissing):
    def __init__(self) -> None:
        super().__init__(
            "`--engine pulumi` was asked for and there is no `pulumi` on PATH. Install "
            "it (https://www.pulumi.com/docs/install/), or leave the option out."
        )


class OptionRefused(WrongUse):
    def __init__(self, options: Sequence[str]) -> None:
        names = [one for one in options if one.startswith("-")] or options
        joined = ", ".join(names)
        super().__init__(
            f"The embedded engine does not support {joined}, and nothing was done. "
            "With the Pulumi CLI on PATH the option is passed on to it."
        )


class ConfirmationNeeded(WrongUse):
    def __init__(self, command: str) -> None:
        super().__init__(
            f"`{command}` asks before it changes anything, and there is no terminal to "
            "ask on. Add --yes."
        )


class OutputUnknown(WrongUse):
    def __init__(self, name: str, known: Sequence[str]) -> None:
        there = ", ".join(known) if known else "none; the stack is not deployed"
        super().__init__(f"The stack has no output {name!r}. It has: {there}.")


class DockerMissing(PartMissing):
    """No Docker Engine answers, or it will not talk to this user."""


class VariableInvalid(WrongUse):
    def __init__(self, name: str, value: str, allowed: str) -> None:
        super().__init__(
            f"The environment variable {name} is {value!r}. It must be {allowed}; "
            "nothing was done."
        )


class StoreDamaged(CommandError):
    """The local Azure cannot read its own records."""


class PortTaken(PartMissing):
    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} of this machine is taken by another process, perhaps by the "
            "local Azure of another clone. Stop it there (`python -m embedded azure "
            "stop`), or choose another port: EMBEDDED_PORT=4848."
        )


class AzureDidNotStart(PartMissing):
    """``output``: what it wrote to its log; ``error: …`` is its last word, if any."""

    def __init__(self, output: str, log: Path) -> None:
        _, found, word = f"\n{output}".rpartition("\nerror: ")
        lines = word.splitlines() if found else output.splitlines()[-6:]
        tail = "\n".join(f"    {line}" for line in lines)
        super().__init__(f"The local Azure did not start:\n{tail}\n  Its log is {log}.")


class ResetIncomplete(CommandError):
    def __init__(self, failures: Sequence[str]) -> None:
        lines = "\n".join(f"  {failure}" for failure in failures)
        super().__init__(
            f"Not everything in the local Azure could be deleted:\n{lines}\n"
            "Mend that and run it again; its records are kept until then."
        )


class AzureNotRunning(CommandError):
    def __init__(self) -> None:
        super().__init__(
            "The local Azure does not run. Start it: `python -m embedded azure start`."
        )


class AzureSilent(CommandError):
    def __init__(self, endpoint: str, reason: str) -> None:
        super().__init__(
            f"The local Azure at {endpoint} runs and does not answer ({reason}). "
            "Stop it with `python -m embedded azure stop`, and run this again."
        )


class AppSilent(CommandError):
    """``said``: what it answered with; ``facts``: what is known of its containers."""

    def __init__(
        self, url: str, seconds: float, said: str, facts: Sequence[str]
    ) -> None:
        lines = "".join(f"\n  {fact}" for fact in facts)
        super().__init__(
            f"Everything is deployed, but within {seconds:.0f} s the app at {url} "
            f"answered {said}.{lines}\n  Mend the app, or what is configured for it, "
            "and run `up` again."
        )
