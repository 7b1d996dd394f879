"""``python -m embedded``: the command line. Parsing only; the work is elsewhere."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module

from embedded.engine.errors import EngineError
from embedded.errors import CommandError, FileUnusable, Unforeseen
from embedded.home import Home

DEPLOYMENTS = {
    "preview": "show what an update would change",
    "up": "create or update the resources of the stack",
    "destroy": "delete all resources of the stack",
    "refresh": "bring the state in line with the cloud",
}


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 done, 1 failed, 2 wrong use, 3 a part is missing."""
    top = parser()
    options, rest = top.parse_known_args(arguments)
    if rest and not hasattr(options, "kind"):  # only deployments pass options on
        top.error(f"unrecognized arguments: {' '.join(rest)}")
    options.passed_on = rest
    try:
        handler: Handler = options.handler
        return handler(options)
    except (CommandError, EngineError) as error:
        sys.stderr.write(f"error: {error}\n")
        return error.code
    except BrokenPipeError:  # whoever reads us has seen enough
        return 1
    except OSError as error:
        sys.stderr.write(f"error: {FileUnusable(error)}\n")
        return FileUnusable.code
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 1
    except Exception as error:  # noqa: BLE001 (nobody should have to read a traceback)
        sys.stderr.write(f"error: {_unforeseen(error)}\n")
        return Unforeseen.code


def _unforeseen(error: Exception) -> Unforeseen:
    """A fault of ours; where it happened goes to a log."""
    log = Home.find().log("faults")
    log.touch(mode=0o600)
    with log.open("a") as file:
        traceback.print_exception(error, file=file)
    return Unforeseen(error, log)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m embedded", allow_abbrev=False)
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    for name, text in DEPLOYMENTS.items():
        _add_deployment(commands, name, text)
    _add_stack(commands)
    _add_azure(commands)
    return top


Commands = argparse._SubParsersAction  # noqa: SLF001 (argparse has no public name)
Handler = Callable[[argparse.Namespace], int]


def _handler(module: str, name: str) -> Handler:
    """A command of a module that is imported when it is called: the help is there at
    once, and no command waits for what only another one needs."""

    def call(options: argparse.Namespace) -> int:
        return int(getattr(import_module(f"embedded.{module}"), name)(options))

    return call


def _stack_options() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    shared.add_argument(
        "--stack", default="local", metavar="NAME", help="default: local"
    )
    shared.add_argument(
        "--engine",
        choices=["pulumi", "embedded"],
        help="default: the Pulumi CLI if it is on PATH",
    )
    return shared


def _add_deployment(
    commands: Commands[argparse.ArgumentParser], name: str, text: str
) -> None:
    command = commands.add_parser(
        name, help=text, parents=[_stack_options()], allow_abbrev=False
    )
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.add_argument(
        "--event-log", metavar="FILE", help="write what happens as lines of JSON, too"
    )
    if name in ("preview", "up"):
        _add_policies(command)
    if name != "preview":
        command.add_argument("--yes", action="store_true", help="do not ask")
    if name == "destroy":
        command.add_argument(
            "--run-program",
            action="store_true",
            help="run the program, too, for its error hooks",
        )
    command.set_defaults(
        handler=_handler("stack_commands", "deploy"),
        kind=name,
        policy_pack=[],
        policy_pack_config=[],
        run_program=False,
    )


def _add_policies(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--policy-pack",
        action="append",
        metavar="PATH",
        help="judge every resource by the rules of this folder; may be repeated",
    )
    command.add_argument(
        "--policy-pack-config",
        action="append",
        metavar="PATH",
        help="JSON file for the rules of the pack; the first one for the first pack",
    )


def _add_stack(commands: Commands[argparse.ArgumentParser]) -> None:
    stack = commands.add_parser("stack", help="outputs, export, import")
    verbs = stack.add_subparsers(metavar="VERB", required=True)
    shared = [_stack_options()]
    output = verbs.add_parser("output", help="print outputs", parents=shared)
    output.add_argument("name", nargs="?", metavar="NAME")
    output.add_argument("--json", action="store_true")
    output.add_argument("--show-secrets", action="store_true")
    output.set_defaults(handler=_handler("stack_commands", "output"))
    export = verbs.add_parser("export", help="print the state", parents=shared)
    export.add_argument("--file", metavar="FILE", help="default: standard output")
    export.set_defaults(handler=_handler("stack_commands", "export"))
    import_ = verbs.add_parser("import", help="replace the state", parents=shared)
    import_.add_argument("--file", metavar="FILE", help="default: standard input")
    import_.set_defaults(handler=_handler("stack_commands", "import_"))


def _add_azure(commands: Commands[argparse.ArgumentParser]) -> None:
    azure = commands.add_parser("azure", help="the local Azure itself")
    verbs = azure.add_subparsers(metavar="VERB", required=True)
    start = verbs.add_parser("start", help="start it in the background")
    start.set_defaults(handler=_handler("azure_commands", "start"))
    stop = verbs.add_parser("stop", help="stop it; its data stays")
    stop.set_defaults(handler=_handler("azure_commands", "stop"))
    status = verbs.add_parser("status", help="say whether it runs, and what is in it")
    status.set_defaults(handler=_handler("azure_commands", "status"))
    env = verbs.add_parser("env", help="print what az, SDKs and docker need")
    env.add_argument("--json", action="store_true")
    env.set_defaults(handler=_handler("azure_commands", "env"))
    reset = verbs.add_parser("reset", help="delete all that is in it")
    reset.add_argument("--yes", action="store_true", help="do not ask")
    reset.set_defaults(handler=_handler("azure_commands", "reset"))
