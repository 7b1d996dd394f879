"""The gRPC stubs of the Pulumi SDK without the SDK.

Engine and providers speak the protocol and declare no resources. Importing
``pulumi.runtime.proto`` would run the whole SDK first: a tenth of a second of each
process's start, and memory. So the three packages are found, and not run.
"""

from __future__ import annotations

import gc
import sys
from importlib.util import find_spec, module_from_spec

PACKAGES = ("pulumi", "pulumi.runtime", "pulumi.runtime.proto")


def use() -> None:
    """For the first line of a process that never imports the SDK itself, and ends soon:
    looking for garbage at every 700 objects is a tenth of what the imports take."""
    gc.set_threshold(100_000)
    for name in PACKAGES:
        if name in sys.modules:
            return
        spec = find_spec(name)
        assert spec is not None, "requirements.txt names it"
        sys.modules[name] = module_from_spec(spec)
