"""The entry point of a policy pack's own process, run by the pack's interpreter.

``pack_child.py ENGINE FOLDER``: the SDK's own runner (``pulumi.policy``) does the work.
"""

from __future__ import annotations

import os
import runpy
import threading
import time

#: Read first: once the pack answers, the engine may be gone.
PARENT = os.getppid()


def end_with_the_engine() -> None:
    """No engine, no pack: nobody else would end it after a kill."""
    while os.getppid() == PARENT:
        time.sleep(0.5)
    os._exit(0)


threading.Thread(target=end_with_the_engine, daemon=True).start()
runpy.run_module("pulumi.policy", run_name="__main__", alter_sys=True)
