"""The base image of ``app/Dockerfile``: the upstream one, else an equal one.

The equal one is a root file system of Debian packages (mmdebstrap) with python3 in it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

from embedded.home import Home
from embedded.machine import engine_api, packages
from embedded.machine.command import as_root, run, say
from embedded.machine.errors import NotPermitted

INCLUDE = "python3,base-files,dash,coreutils,tzdata"
#: Not needed at run time, and half of the size.
LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")


def prepare(project: Path, home: Home) -> str | None:
    """The image to pass as ``BASE_IMAGE``; None where the upstream one is there, or
    the Dockerfile takes none: then it names its own, and the build gets it."""
    host = engine_api.address()
    upstream = upstream_name(project / "app" / "Dockerfile")
    made = made_name(codename())
    if upstream is None or engine_api.has_image(host, upstream):
        return None
    if engine_api.has_image(host, made):
        return made
    say(f"Pulling the base image {upstream}")
    if engine_api.pull(host, upstream):
        return None
    say(f"It cannot be pulled here: making {made} of Debian packages")
    _make(host, made, home)
    return made


def upstream_name(dockerfile: Path) -> str | None:
    """The default of ``ARG BASE_IMAGE``; None without one. A file that is not there
    is for the deployment to tell of."""
    text = dockerfile.read_text(errors="replace") if dockerfile.is_file() else ""
    pattern = r"""^ARG\s+BASE_IMAGE=["']?([^\s"']+)"""
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1) if found else None


def made_name(suite: str) -> str:
    """The name of our own: another recipe has another name."""
    recipe = hashlib.sha256("\n".join([suite, INCLUDE, *LEFT_OUT]).encode())
    return f"acr-lab-base:{suite}-{recipe.hexdigest()[:8]}"


def codename(os_release: Path = Path("/etc/os-release")) -> str:
    """``bookworm``: the suite of this machine, whose archive keys it has."""
    if os_release.exists():
        found = re.search(
            r'^VERSION_CODENAME="?([a-z]+)"?', os_release.read_text(), re.MULTILINE
        )
        if found is not None:
            return found.group(1)
    return "bookworm"


def remove(home: Home) -> None:
    """Take away the image that was made here."""
    host = engine_api.address()
    if engine_api.answers(host):
        engine_api.remove_image(host, made_name(codename()))
    home.machine_file.unlink(missing_ok=True)


def _make(host: str, name: str, home: Home) -> None:
    if shutil.which("mmdebstrap") is None:
        packages.install(["mmdebstrap"], home)
    archive = home.root / "base.tar"
    exclude = [f"--dpkgopt=path-exclude={pattern}" for pattern in LEFT_OUT]
    command = as_root(
        [
            "mmdebstrap",
            "--quiet",
            "--mode=root",
            "--variant=extract",
            f"--include={INCLUDE}",
            *exclude,
            codename(),
            str(archive),
        ]
    )
    if command is None:
        raise NotPermitted(["mmdebstrap"])
    run(command, home.log("machine"))
    engine_api.import_image(host, name, archive)
    archive.unlink(missing_ok=True)
