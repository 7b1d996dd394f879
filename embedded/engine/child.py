"""The entry point of the program's own process, run by the program's interpreter.

It mirrors what the CLI's language host does (pulumi/pulumi, sdk/python/cmd/
pulumi-language-python-exec): 0 is well; 1 the deployment failed and the engine knows
why; 32 the program raised, and its error was shown.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import runpy
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import pulumi
import pulumi.log
import pulumi.runtime

SHOWN = 32


def main() -> int:
    options = _options()
    watch = threading.Thread(target=_end_with, args=(options.parent,), daemon=True)
    watch.start()
    secret_keys = pulumi.runtime.get_config_secret_keys_env()
    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), secret_keys)
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=options.project,
            stack=options.stack,
            monitor=options.monitor,
            engine=options.engine,
            parallel=options.parallel,
            dry_run=options.preview,
            organization="organization",
            root_directory=options.directory,
        )
    )
    os.chdir(options.directory)
    sys.path.insert(0, options.directory)
    sys.argv = [options.program]
    # Tasks that a failed deployment leaves unfinished are no news for the user.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    return _run(options.program, options.parallel)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("project", "stack", "monitor", "engine", "directory"):
        parser.add_argument(f"--{name}", required=True)
    for name in ("parallel", "parent"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--preview", action="store_true")
    parser.add_argument("program")
    return parser.parse_args()


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
        return 1
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


def _trace(program: str) -> str:
    """The traceback, from the user's own program on."""
    kind, error, trace = sys.exc_info()
    frames = traceback.extract_tb(trace)
    name = os.path.abspath(program)  # noqa: PTH100 (it must not follow links)
    names = [os.path.abspath(frame.filename) for frame in frames]  # noqa: PTH100
    first = names.index(name) if name in names else 0
    lines = traceback.format_list(frames[first:])
    return "".join([*lines, *traceback.format_exception_only(kind, error)])


if __name__ == "__main__":
    code = main()
    # A thread of the SDK may still wait for an engine that is gone.
    os._exit(code)
