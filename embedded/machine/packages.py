"""Debian and Ubuntu packages: what is missing is installed, or only unpacked."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from embedded.home import Home
from embedded.machine.command import as_root, run, say
from embedded.machine.errors import NotPermitted, PackagesMissing

#: apt must not ask questions that nobody can answer.
QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


def install(names: Sequence[str], home: Home) -> None:
    """Install packages by apt. Raises PackagesMissing, NotPermitted, CommandFailed."""
    if not names:
        return
    _require_apt(names)
    say(f"Installing Debian packages: {' '.join(names)}")
    refresh(home, names)
    options = ["-y", "-q", "--no-install-recommends"]
    _apt(["apt-get", "install", *options, *names], home, names)


def unpack(name: str, executable: str, home: Home) -> Path:
    """The path of an executable of a package that is unpacked and not installed.

    For packages whose installation would start a service that nobody asked for.
    """
    target = home.packages / "usr" / "bin" / executable
    if target.exists():
        return target
    _require_apt([name])
    say(f"Unpacking Debian package {name} into {home.packages.name}/ (not installed)")
    refresh(home, [name])
    archives = home.packages / "archives"
    archives.mkdir(parents=True, exist_ok=True)
    run(["apt-get", "download", name], home.log("machine"), directory=archives)
    whole = archives / "unpacked"
    for archive in archives.glob(f"{name}_*.deb"):
        run(["dpkg-deb", "-x", str(archive), str(whole)], home.log("machine"))
    _put_in_place(whole, target.relative_to(home.packages), home.packages)
    shutil.rmtree(archives)
    return target


def _put_in_place(source: Path, executable: Path, folder: Path) -> None:
    """The executable comes last: it says that the others are there."""
    ready = source / executable
    ready.replace(aside := source.parent / executable.name)
    shutil.copytree(source, folder, symlinks=True, dirs_exist_ok=True)
    aside.replace(folder / executable)


def refresh(home: Home, names: Sequence[str]) -> None:
    """Fetch the package lists where some package is not in them yet."""
    policy = run(["apt-cache", "policy", *names], home.log("machine"))
    if policy.count("Candidate: ") - policy.count("Candidate: (none)") < len(names):
        _apt(["apt-get", "update", "-q"], home, names)


def _apt(command: Sequence[str], home: Home, names: Sequence[str]) -> None:
    rooted = as_root(["env", *(f"{k}={v}" for k, v in QUIET.items()), *command])
    if rooted is None:
        raise NotPermitted(names)
    run(rooted, home.log("machine"))


def _require_apt(names: Sequence[str]) -> None:
    if shutil.which("apt-get") is None:
        raise PackagesMissing(names)
