"""``Pulumi.yaml``, ``Pulumi.<stack>.yaml`` and the configuration they make."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded.engine.errors import ConfigInvalid, ProjectInvalid
from embedded.engine.project import Config, Project, StackSettings, resolve
from embedded.engine.secrets import PassphraseSecrets


def load(folder: Path, config: str = "", stack: str = "") -> Config:
    head = "name: p\nruntime: python\n"
    (folder / "Pulumi.yaml").write_text(head + config)
    (folder / "Pulumi.s.yaml").write_text(stack)
    project = Project.load(folder)
    return resolve(project, StackSettings.load(project, "s"), lambda text: text[::-1])


def test_the_stack_s_value_wins_over_the_default(tmp_path: Path) -> None:
    config = (
        "config:\n  a: {type: string, default: x}\n  b: {type: integer, default: 1}\n"
    )
    found = load(tmp_path, config, "config:\n  p:b: 2\n  other:c: z\n")
    assert found.values == {"p:a": "x", "p:b": "2", "other:c": "z"}
    assert found.namespace("other") == {"c": ("z", False)}


def test_objects_are_json_and_secure_parts_make_a_key_secret(tmp_path: Path) -> None:
    stack = "config:\n  p:o: {a: {secure: olleh}, b: [1, true]}\n  p:t: {secure: x}\n"
    found = load(tmp_path, "", stack)
    assert found.values == {"p:o": '{"a":"hello","b":[1,true]}', "p:t": "x"}
    assert found.secret_keys == {"p:o", "p:t"}


def test_all_mistakes_come_in_one_report_without_secrets(tmp_path: Path) -> None:
    config = """config:
  a: {type: integer}
  b: {type: boolean}
  c: {type: string}
  d: {type: number, default: 1}
  e: {type: array}
"""
    stack = "config:\n  p:a: many\n  p:b: 3\n  p:e: {secure: 2retnuh}\n"
    with pytest.raises(ConfigInvalid) as caught:
        load(tmp_path, config, stack)
    report = "\n".join(caught.value.mistakes)
    assert len(caught.value.mistakes) == 5
    for key in "abcde":
        assert f"p:{key}" in report
    assert "[secret]" in report
    assert "hunter2" not in report


@pytest.mark.parametrize(
    ("declared", "value"),
    [("integer", '"7"'), ("boolean", '"true"'), ("string", "0.5"), ("array", "[1]")],
)
def test_values_that_the_cli_writes_as_text_are_taken(
    tmp_path: Path, declared: str, value: str
) -> None:
    config = f"config:\n  a: {{type: {declared}}}\n"
    assert "p:a" in load(tmp_path, config, f"config:\n  p:a: {value}\n").values


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-24T09:30:00Z", "2026-11-24 09:30:00 +0000 UTC"),
        ("2026-11-24T09:30:00.25+01:00", "2026-11-24 09:30:00.25 +0100 +0100"),
        ("2026-11-24", "2026-11-24 00:00:00 +0000 UTC"),
        ("2026-13-24", "2026-13-24"),
        ('"2026-11-24T09:30:00Z"', "2026-11-24T09:30:00Z"),
    ],
)
def test_a_time_without_quotes_is_the_text_that_the_cli_makes_of_it(
    tmp_path: Path, written: str, read: str
) -> None:
    config = "config:\n  a: {type: string}\n"
    found = load(tmp_path, config, f"config:\n  p:a: {written}\n").values
    assert found["p:a"] == read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: [", "not valid YAML"),
        ("name: a\nname: b", r"the key name is there twice[^$]*Pulumi\.yaml\", line 2"),
        ("name: p\nruntime: go\n", "runtime: python"),
        ("runtime: python\n", "name"),
        ("- a\n", "map of keys"),
        ("name: p\nruntime: python\nconfig: [a]\n", "`config` in .* map of keys"),
        ("name: p\nruntime: python\nconfig: a\n", "`config` in .* map of keys"),
    ],
)
def test_a_project_file_that_is_wrong_is_named(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(text)
    with pytest.raises(ProjectInvalid, match=said):
        Project.load(tmp_path)


def test_a_settings_file_that_is_no_text_or_no_file_is_named(tmp_path: Path) -> None:
    load(tmp_path, "", "")
    project, file = Project.load(tmp_path), tmp_path / "Pulumi.s.yaml"
    file.write_bytes(b"config:\n  p:a: \xff\n")
    with pytest.raises(ProjectInvalid, match=r"Pulumi\.s\.yaml is not valid YAML"):
        StackSettings.load(project, "s")
    file.unlink()
    file.mkdir()
    with pytest.raises(ProjectInvalid, match=r"Pulumi\.s\.yaml cannot be read: Is a"):
        StackSettings.load(project, "s")


def test_a_key_that_is_a_number_is_a_text(tmp_path: Path) -> None:
    assert load(tmp_path, "", "config:\n  7: a\n").values == {"p:7": "a"}


def test_a_secret_of_another_stack_is_named_and_not_shown(tmp_path: Path) -> None:
    ours, others = PassphraseSecrets.create("x"), PassphraseSecrets.create("x")
    secret = others.encrypt("hunter2")
    load(tmp_path, "", f"config:\n  p:pin: {{secure: {secret!r}}}\n")
    project = Project.load(tmp_path)
    with pytest.raises(ConfigInvalid, match="p:pin is not encrypted with") as caught:
        resolve(project, StackSettings.load(project, "s"), ours.decrypt)
    assert secret not in str(caught.value)


def test_a_folder_without_a_project_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectInvalid, match=r"no Pulumi\.yaml"):
        Project.load(tmp_path)


def test_a_new_salt_is_added_and_nothing_lost(tmp_path: Path) -> None:
    load(tmp_path, "", "# kept\nconfig:\n  p:a: 1\n")
    project = Project.load(tmp_path)
    StackSettings.load(project, "s").add_salt("v1:x:y")
    again = StackSettings.load(project, "s")
    assert again.salt == "v1:x:y"
    assert again.config == {"p:a": 1}
    assert "# kept" in again.file.read_text()
