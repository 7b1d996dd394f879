"""The tables of docs/configuration.md are made of the program."""

from __future__ import annotations

import pytest

from infra import document


def test_words_of_an_output_stay_and_a_new_one_asks_for_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(document, "outputs", lambda: ["url", "fresh"])
    told = f"Words.\n{document.MARK}\n| `url` | my words |\n| `gone` | old |\n"
    made = document.rewritten(told)
    assert made.startswith("Words.\n")
    assert "| `url` | my words |" in made
    assert f"| `fresh` | {document.UNTOLD} |" in made
    assert "gone" not in made


def test_a_key_has_its_type_its_default_and_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    declared = {
        "flag": {"type": "boolean", "default": False, "description": "This | that"},
        "names": {"type": "array", "items": {"type": "string"}, "default": []},
        "pin": {"type": "string", "secret": True},
    }
    monkeypatch.setattr(document, "keys", lambda: declared)
    made = document.rewritten(document.MARK)
    assert "| `flag` | boolean | `false` | This \\| that |" in made
    assert "| `names` | array of string |  |  |" in made
    assert "| `pin` | string, secret |  |  |" in made
