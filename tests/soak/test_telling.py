"""Whether a command spoke of what was pending."""

from __future__ import annotations

from soak.state import Pending
from soak.telling import unnamed

GROUP = Pending("creating", "a:b:Group", "web")
SAID = """Updating (local)
  +  a:b:Group  web  created (0.1 s)

Diagnostics:
  a:b:Group (web):
    warning: an earlier run was interrupted while creating it; it is there
  program:
    hello

Outputs:
  url : x
"""


def test_what_is_told_of_is_not_unnamed() -> None:
    assert list(unnamed([GROUP], SAID)) == []


def test_another_resource_of_the_same_name_must_be_told_of_too() -> None:
    other = Pending("creating", "a:b:Registry", "web")
    (found,) = unnamed([GROUP, other], SAID)
    assert "creating web (a:b:Registry)" in found


def test_a_name_outside_of_the_diagnostics_tells_nothing() -> None:
    said = "a:b:Group (web):\n    interrupted\n"
    assert len(list(unnamed([GROUP], said))) == 1


def test_another_word_about_it_tells_nothing() -> None:
    said = SAID.replace("interrupted", "slow")
    assert len(list(unnamed([GROUP], said))) == 1
