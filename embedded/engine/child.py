"""The entry point of the program's own process, run by the program's interpreter.

``child.py ENGINE``: the engine's process id. It imports the SDK, then reads on standard
input what to run (see ``Order``), and runs it.

It mirrors what the CLI's language host does (pulumi/pulumi, sdk/python/cmd/
pulumi-language-python-exec): 0 is well; 1 the deployment failed and the engine knows
why; 32 the program raised, and its error was shown. And 2, which the CLI does not
have: the configuration is wrong, and the program said so before it declared anything.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import runpy
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

# A program lives for seconds and makes little garbage: looking for it at every 700
# objects would be a tenth of the time that the imports take.
gc.set_threshold(500_000)

import pulumi  # noqa: E402 (see above)
import pulumi.log  # noqa: E402
import pulumi.runtime  # noqa: E402

MISCONFIGURED = 2
SHOWN = 32


@dataclass(frozen=True)
class Order:
    """What to run: one JSON object. ``address`` is the engine's, ``HOST:PORT``."""

    program: str
    directory: str
    project: str
    stack: str
    address: str
    parallel: int
    preview: bool
    environment: Mapping[str, str]


def main() -> int:
    parent = int(sys.argv[1])
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    order = _read_order()
    os.environ.clear()
    os.environ.update(order.environment)
    secret_keys = pulumi.runtime.get_config_secret_keys_env()
    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), secret_keys)
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=order.project,
            stack=order.stack,
            monitor=order.address,
            engine=order.address,
            parallel=order.parallel,
            dry_run=order.preview,
            organization="organization",
            root_directory=order.directory,
        )
    )
    os.chdir(order.directory)
    sys.path.insert(0, order.directory)
    sys.argv = [order.program]
    # Tasks that a failed deployment leaves unfinished are no news for the user.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    return _run(order.program, order.parallel)


def _read_order() -> Order:
    """The program's own standard input is empty."""
    text = sys.stdin.read()
    if not text:
        sys.exit(1)  # the engine is gone
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    return Order(**json.loads(text))


def _end_with(parent: int) -> None:
    """A program does not outlive its engine: what it asked for will not come."""
    while os.getppid() == parent:
        time.sleep(0.2)
    os._exit(1)


def _run(program: str, parallel: int) -> int:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=parallel * 4)
    loop.set_default_executor(executor)

    def run() -> None:
        runpy.run_path(program, run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(run))
    except pulumi.RunError as error:
        if "Resource monitor has terminated" not in str(error):
            pulumi.log.error(str(error))
        return MISCONFIGURED if _is_configuration(error) else 1
    except Exception:  # noqa: BLE001 (whatever the program raises is shown)
        pulumi.log.error(
            f"Program failed with an unhandled exception:\n{_trace(program)}"
        )
        return SHOWN
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def _is_configuration(error: pulumi.RunError) -> bool:
    """A program's own error can say so, too: by its ``is_configuration``."""
    known = (pulumi.ConfigMissingError, pulumi.ConfigTypeError)
    return isinstance(error, known) or getattr(error, "is_configuration", False)


def _trace(program: str) -> str:
    """The traceback, from the user's own program on."""
    kind, error, trace = sys.exc_info()
    frames = traceback.extract_tb(trace)
    name = os.path.abspath(program)  # noqa: PTH100 (it must not follow links)
    names = [os.path.abspath(frame.filename) for frame in frames]  # noqa: PTH100
    # A program that cannot be compiled has no frame of its own.
    first = names.index(name) if name in names else len(frames)
    lines = traceback.format_list(frames[first:])
    return "".join([*lines, *traceback.format_exception_only(kind, error)])


if __name__ == "__main__":
    code = main()
    # A thread of the SDK may still wait for an engine that is gone.
    os._exit(code)
