"""Which engine and which cloud serve a stack."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded.choose import choose
from embedded.errors import (
    CliMissing,
    CliNeeded,
    EngineNotForAzure,
    StackNameInvalid,
    VariableInvalid,
)


@pytest.fixture
def with_cli(tmp_path: Path) -> dict[str, str]:
    cli = tmp_path / "pulumi"
    cli.write_text("#!/bin/sh\n")
    cli.chmod(0o755)
    return {"PATH": str(tmp_path)}


WITHOUT_CLI = {"PATH": "/nowhere"}


@pytest.mark.parametrize("stack", ["local", "local-two"])
def test_a_local_stack_lives_in_the_embedded_azure(stack: str) -> None:
    chosen = choose(stack, None, WITHOUT_CLI)
    assert (chosen.engine, chosen.cloud) == ("embedded", "embedded")


def test_the_cli_is_taken_where_it_is_on_path(with_cli: dict[str, str]) -> None:
    chosen = choose("local", None, with_cli)
    assert (chosen.engine, chosen.cloud) == ("pulumi", "embedded")


def test_the_flag_wins_over_the_environment_and_that_over_path(
    with_cli: dict[str, str],
) -> None:
    asked = {**with_cli, "EMBEDDED_ENGINE": "embedded"}
    assert choose("local", None, asked).engine == "embedded"
    assert choose("local", "pulumi", asked).engine == "pulumi"


def test_a_stack_of_azure_goes_to_the_cli(with_cli: dict[str, str]) -> None:
    chosen = choose("dev", None, with_cli)
    assert (chosen.engine, chosen.cloud) == ("pulumi", "azure")


def test_a_stack_of_azure_without_the_cli_is_wrong_use() -> None:
    with pytest.raises(CliNeeded, match="needs the Pulumi CLI") as caught:
        choose("dev", None, WITHOUT_CLI)
    assert caught.value.code == 2


def test_the_embedded_engine_does_not_deploy_to_azure(with_cli: dict[str, str]) -> None:
    with pytest.raises(EngineNotForAzure) as caught:
        choose("dev", "embedded", with_cli)
    assert caught.value.code == 2


@pytest.mark.parametrize("stack", ["local-../x", "local-a/b", "local-a b", "local-\n"])
def test_a_stack_has_the_name_of_a_file(stack: str) -> None:
    with pytest.raises(StackNameInvalid, match="no name of a stack") as caught:
        choose(stack, None, WITHOUT_CLI)
    assert caught.value.code == 2


def test_an_engine_that_there_is_not_is_named(with_cli: dict[str, str]) -> None:
    asked = {**with_cli, "EMBEDDED_ENGINE": "terraform"}
    with pytest.raises(VariableInvalid, match=r"'terraform'.*pulumi or embedded"):
        choose("local", None, asked)


def test_asking_for_a_cli_that_is_not_there_is_a_missing_part() -> None:
    with pytest.raises(CliMissing) as caught:
        choose("local", "pulumi", WITHOUT_CLI)
    assert caught.value.code == 3
