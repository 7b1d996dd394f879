"""``python -m embedded``, with the project's own environment if it has one."""

from __future__ import annotations

import importlib.util
import os
import sys
from contextlib import suppress


def use_environment() -> None:
    """Go on in ``.venv`` when this interpreter lacks what is needed."""
    from embedded.home import PROJECT

    if importlib.util.find_spec("pulumi") and importlib.util.find_spec("httpx"):
        return
    python = PROJECT / ".venv" / "bin" / "python"
    if python.exists() and sys.prefix != str(PROJECT / ".venv"):
        command = [str(python), "-m", "embedded", *sys.argv[1:]]
        os.execv(python, command)  # noqa: S606 (no shell is the point)
    sys.stderr.write("error: Nothing is installed yet. Run `make up` first.\n")
    sys.exit(3)


def run() -> int:
    """The command; also while it is still being imported Ctrl-C is no crash."""
    try:
        use_environment()
        from embedded import stubs

        stubs.use()
        from embedded.cli import main

        return main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        return 1


if __name__ == "__main__":
    code = run()
    with suppress(BrokenPipeError):  # whoever reads us has seen enough
        sys.stdout.flush()
    sys.stderr.flush()
    # Taking the interpreter apart takes longer than some commands, and serves nobody.
    os._exit(code)
