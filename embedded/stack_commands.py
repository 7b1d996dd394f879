"""``preview``, ``up``, ``destroy``, ``refresh`` and ``stack …``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from embedded.app import App, patience_of
from embedded.choose import Choice, choose
from embedded.cloud import LocalAzure
from embedded.confirmation import confirm
from embedded.engine import ahead
from embedded.errors import CommandError, OptionRefused, OutputUnknown
from embedded.home import PROJECT, PROVIDERS, Home
from embedded.machine import durations
from embedded.parts import require_docker
from embedded.pulumi_cli import PulumiCli

if TYPE_CHECKING:  # the engine is imported while the program's process starts
    from embedded.embedded_engine import EmbeddedEngine
    from embedded.engine.host import Host
    from embedded.engine.policy_settings import PackSource

#: The passphrase of local stacks, which hold nothing worth one.
PASSPHRASE = "embedded"  # noqa: S105 (published on purpose)


def deploy(options: argparse.Namespace) -> int:
    """Run one deployment; 0 if it succeeded and, locally, the app answers."""
    choice = choose(options.stack, options.engine)
    if choice.engine == "embedded" and options.passed_on:
        raise OptionRefused(options.passed_on)
    packs = _policy_packs(options, choice)
    if not options.json:
        print(f"Using the {choice}.", flush=True)
    home = Home.find()
    azure = LocalAzure(home)
    if choice.cloud == "embedded" and options.kind in ("up", "destroy"):
        patience_of(os.environ)
        require_docker(os.environ)
    # Only the first is one from nothing: it makes the local Azure, too.
    first = options.kind == "up" and not home.azure.exists()
    start = time.monotonic()
    with ExitStack() as begun:
        host = _begin(options, choice, home, begun)
        environment = _environment(choice, home, azure, start=True)
        if choice.engine == "pulumi":
            cli = PulumiCli(options.stack, environment)
            code = cli.deploy(options.kind, _cli_options(options))
        else:
            from embedded.embedded_engine import EmbeddedEngine

            engine = EmbeddedEngine(options.stack, environment, packs, host)
            code = _deploy_here(options, engine)
    if choice.cloud == "embedded":
        _afterwards(options, choice, environment, azure, code)
        if code == 0 and first:
            durations.note(home, "up", "deployment", time.monotonic() - start)
    return code


def _begin(
    options: argparse.Namespace, choice: Choice, home: Home, begun: ExitStack
) -> Host | None:
    """Begin what takes the embedded engine long; it is for ``begun`` to end."""
    if choice.engine == "pulumi":
        return None
    backend = _backend(choice, home)
    host = None
    if options.kind in ("preview", "up") or options.run_program:
        python = Path(sys.executable)
        host = begun.enter_context(ahead.host(python, PROJECT, backend))
    ahead.key(PROJECT, options.stack, backend)
    return host


def output(options: argparse.Namespace) -> int:
    """Print all outputs, or one."""
    runner = _runner(options)
    outputs = runner.outputs(show_secrets=options.show_secrets)
    if options.name is not None:
        if options.name not in outputs:
            raise OutputUnknown(options.name, sorted(outputs))
        value = outputs[options.name]
        print(json.dumps(value) if options.json else _text(value))
    elif options.json:
        print(json.dumps(outputs, indent=4))
    else:
        for name, value in sorted(outputs.items()):
            print(f"{name:<18} {_text(value)}")
    return 0


def export(options: argparse.Namespace) -> int:
    text = _runner(options).export()
    if options.file is None:
        print(text)
    else:
        Path(options.file).write_text(text)
    return 0


def import_(options: argparse.Namespace) -> int:
    try:
        text = Path(options.file).read_text() if options.file else sys.stdin.read()
    except UnicodeDecodeError as error:
        name = options.file or "standard input"
        raise CommandError(f"{name} is no text: {error}.") from error
    return _runner(options).import_(text)


def _policy_packs(options: argparse.Namespace, choice: Choice) -> list[PackSource]:
    """Those of the embedded engine; the CLI reads its own."""
    if choice.engine == "pulumi":
        return []
    from embedded.engine import policy_settings

    return policy_settings.load(options.policy_pack, options.policy_pack_config)


def _deploy_here(options: argparse.Namespace, engine: EmbeddedEngine) -> int:
    if options.kind != "preview" and not options.yes:
        _ask(options, engine)
    with _event_log(options) as log:
        return engine.deploy(
            options.kind,
            as_json=options.json,
            log=log,
            run_program=options.run_program,
        )


def _event_log(options: argparse.Namespace) -> AbstractContextManager[TextIO | None]:
    """The file that ``--event-log`` names, opened. Raises CommandError."""
    if options.event_log is None:
        return nullcontext()
    try:
        return Path(options.event_log).open("w")
    except OSError as error:
        file, reason = options.event_log, error.strerror
        raise CommandError(f"Cannot write {file}: {reason}.") from error


def _ask(options: argparse.Namespace, engine: EmbeddedEngine) -> None:
    """Show what would change where that can be shown, then ask."""
    question = f"Do you want to perform this {options.kind} of {options.stack}?"
    if options.kind == "up" and sys.stdin.isatty():
        engine.deploy("preview", as_json=False)
    confirm(options.kind, question)


def _runner(options: argparse.Namespace) -> PulumiCli | EmbeddedEngine:
    choice = choose(options.stack, options.engine)
    home = Home.find()
    environment = _environment(choice, home, LocalAzure(home), start=False)
    return _stack(options, choice, environment)


def _stack(
    options: argparse.Namespace, choice: Choice, environment: Mapping[str, str]
) -> PulumiCli | EmbeddedEngine:
    if choice.engine == "pulumi":
        return PulumiCli(options.stack, environment)
    from embedded.embedded_engine import EmbeddedEngine

    return EmbeddedEngine(options.stack, environment)


def _environment(
    choice: Choice, home: Home, azure: LocalAzure, *, start: bool
) -> dict[str, str]:
    """What engine, program and providers get beside our own environment."""
    if choice.cloud == "azure":
        return {}
    found = _backend(choice, home)
    if start:
        azure.start(automatic=True)
        found |= azure.environment()
    found |= _base_image(home)
    path = f"{PROVIDERS}{os.pathsep}{os.environ.get('PATH', '')}"
    return {
        **found,
        "PATH": path,
        "EMBEDDED_PYTHON": sys.executable,
        "PULUMI_HOME": str(home.pulumi),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def _backend(choice: Choice, home: Home) -> dict[str, str]:
    """Where the state is and what opens it, as far as our environment does not say."""
    if choice.cloud == "azure":
        return {}
    home.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = {
        "PULUMI_BACKEND_URL": f"file://{home.state}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
    }
    names = ("PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE")
    if any(name in os.environ for name in names):
        del found["PULUMI_CONFIG_PASSPHRASE"]
    if "PULUMI_BACKEND_URL" in os.environ:
        del found["PULUMI_BACKEND_URL"]
    return found


def _base_image(home: Home) -> dict[str, str]:
    """The image that stands in for the upstream one, where that cannot be pulled."""
    name = "ACR_LAB_BASE_IMAGE"
    if name in os.environ or not home.machine_file.exists():
        return {}
    try:
        made = json.loads(home.machine_file.read_text()).get("baseImage")
    except (ValueError, AttributeError):  # `make up` writes it anew
        made = None
    return {name: made} if made else {}


def _cli_options(options: argparse.Namespace) -> list[str]:
    found = list(options.passed_on)
    for name in ("policy_pack", "policy_pack_config"):
        for path in getattr(options, name):
            found += [f"--{name.replace('_', '-')}", str(Path(path).resolve())]
    if options.event_log:
        found += ["--event-log", str(Path(options.event_log).resolve())]
    if options.json:
        found.append("--json")
    if options.run_program:
        found.append("--run-program")
    if options.kind != "preview" and options.yes:
        found.append("--yes")
    return found


def _afterwards(
    options: argparse.Namespace,
    choice: Choice,
    environment: Mapping[str, str],
    azure: LocalAzure,
    code: int,
) -> None:
    """After an update wait for the app; after a destroy leave nothing running."""
    if code == 0 and options.kind == "up":
        runner = _stack(options, choice, environment)
        app = App.of(azure, runner.outputs(show_secrets=False))
        if app is not None:
            app.wait()
            if not options.json:
                print(f"\nThe app answers at {app.url}")
    over = code == 0 and options.kind == "destroy"
    if over and azure.started_automatically and not azure.groups():
        azure.stop()


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
