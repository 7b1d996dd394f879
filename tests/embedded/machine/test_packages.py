"""Packages that are unpacked, by stand-ins for apt and dpkg."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded.home import Home
from embedded.machine import packages
from embedded.machine.errors import CommandFailed

APT_CACHE = "#!/bin/sh\necho '  Candidate: 1'\n"
APT_GET = '#!/bin/sh\ntouch "$2_1_all.deb"\n'
#: Ends after half of its work, as one that is killed.
CUT_OFF = '#!/bin/sh\nmkdir -p "$3/usr/bin"\nprintf half > "$3/usr/bin/tool"\nexit 1\n'
WHOLE = (
    '#!/bin/sh\nmkdir -p "$3/usr/bin" "$3/usr/lib"\n'
    'printf whole > "$3/usr/bin/tool"\nprintf lib > "$3/usr/lib/part"\n'
)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    for name, text in {"apt-cache": APT_CACHE, "apt-get": APT_GET}.items():
        put(folder / name, text)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def put(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o755)


def test_what_was_unpacked_by_halves_is_unpacked_again(
    tools: Path, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    put(tools / "dpkg-deb", CUT_OFF)
    with pytest.raises(CommandFailed):
        packages.unpack("thing", "tool", home)
    put(tools / "dpkg-deb", WHOLE)
    tool = packages.unpack("thing", "tool", home)
    assert tool.read_text() == "whole"
    assert (home.packages / "usr/lib/part").read_text() == "lib"
    assert not (home.packages / "archives").exists()
    put(tools / "dpkg-deb", CUT_OFF)
    assert packages.unpack("thing", "tool", home).read_text() == "whole"
