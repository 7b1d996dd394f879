"""What the workflows may do, and that they call what is there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from embedded import cli
from pipeline import __main__ as pipeline

PROJECT = Path(__file__).resolve().parent.parent
FILES = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
Json = dict[str, Any]


def workflow(file: Path) -> Json:
    loaded: dict[Any, Any] = yaml.safe_load(file.read_text())
    loaded["on"] = loaded.pop(True)  # YAML 1.1 reads `on` as a truth value
    return loaded


WORKFLOWS = {file.stem: workflow(file) for file in FILES}
JOBS = {
    (name, job): body
    for name, one in WORKFLOWS.items()
    for job, body in one["jobs"].items()
}


def steps() -> Iterator[tuple[str, Json]]:
    for (name, job), body in JOBS.items():
        for step in body["steps"]:
            yield f"{name} {job} {step.get('name', step.get('uses'))}", step


def commands() -> Iterator[list[str]]:
    """Each command of each step, as words; pipes and redirections end one."""
    for _, step in steps():
        text = step.get("run", "").replace("\\\n", " ")
        for line in text.splitlines():
            lexer = shlex.shlex(line, posix=True, punctuation_chars="|>&;")
            lexer.whitespace_split = True
            words: list[str] = []
            for word in [*lexer, "|"]:
                if set(word) <= set("|>&;"):
                    if words:
                        yield words
                    words = []
                else:
                    words.append(word)


def test_there_is_one_for_tests_previews_comments_and_deployments() -> None:
    assert set(WORKFLOWS) == {"test", "preview", "comment", "deploy"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_action_is_pinned_by_commit_and_says_its_version(file: Path) -> None:
    used = re.findall(r"uses: (.*)", file.read_text())
    assert used
    for one in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one), one


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_secret_is_stored(file: Path) -> None:
    text = file.read_text()
    assert "secrets." not in text
    assert "secrets: inherit" not in text
    assert "PULUMI_CONFIG_PASSPHRASE" not in text


def test_the_actions_are_those_of_github_pulumi_and_azure() -> None:
    used = {step["uses"].split("@")[0] for _, step in steps() if "uses" in step}
    assert used == {
        "actions/checkout",
        "actions/setup-python",
        "actions/upload-artifact",
        "azure/login",
        "pulumi/actions",
    }


def test_nothing_of_an_event_gets_into_a_shell() -> None:
    for where, step in steps():
        assert "${{" not in step.get("run", ""), where


def test_no_checkout_keeps_its_token_or_takes_another_commit() -> None:
    for where, step in steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"] == {"persist-credentials": False}, where


PERMISSIONS = {
    ("test", "test"): {"contents": "read"},
    ("preview", "local"): {"contents": "read"},
    ("preview", "dev"): {"contents": "read", "id-token": "write"},
    ("comment", "post"): {
        "actions": "read",
        "contents": "read",
        "pull-requests": "write",
    },
    ("deploy", "asks"): {"actions": "read", "contents": "read"},
    ("deploy", "dev"): {"contents": "read", "id-token": "write"},
}


def test_every_job_has_the_least_permissions() -> None:
    found = {
        where: job.get("permissions", WORKFLOWS[where[0]]["permissions"])
        for where, job in JOBS.items()
    }
    assert found == PERMISSIONS


def test_code_of_a_pull_request_never_runs_where_something_may_be_written() -> None:
    for name, one in WORKFLOWS.items():
        triggers = set(one["on"])
        assert "pull_request_target" not in triggers
        granted = {
            permission
            for (workflow, _), job in PERMISSIONS.items()
            for permission, level in job.items()
            if workflow == name and level == "write" and permission != "id-token"
        }
        assert not ("pull_request" in triggers and granted), name


def test_a_fork_s_job_asks_for_nothing_and_has_no_condition() -> None:
    job = JOBS["preview", "local"]
    assert "if" not in job
    assert "environment" not in job
    assert job["env"] == {"EMBEDDED_ENGINE": "embedded"}


def test_a_fork_and_dependabot_never_get_to_azure() -> None:
    condition = " ".join(JOBS["preview", "dev"]["if"].split())
    assert "head.repo.full_name == github.repository" in condition
    assert "user.login != 'dependabot[bot]'" in condition


def test_without_azure_its_jobs_are_left_out_and_a_notice_says_so() -> None:
    assert JOBS["preview", "dev"]["if"].startswith("vars.AZURE_CLIENT_ID != ''")
    assert JOBS["deploy", "asks"]["outputs"] == {
        "azure": "${{ vars.AZURE_DEPLOY_CLIENT_ID != '' }}"
    }
    assert JOBS["deploy", "dev"]["if"] == "needs.asks.outputs.azure == 'true'"
    notices = [
        step for _, step in steps() if "::notice" in step.get("run", "") and step["if"]
    ]
    assert len(notices) == 2


def test_a_deployment_asks_first_and_is_never_cut_off() -> None:
    job = JOBS["deploy", "dev"]
    assert (job["environment"], job["needs"]) == ("dev", "asks")
    assert job["concurrency"] == {"group": "stack-dev", "cancel-in-progress": False}
    words = [step.get("run", "") for step in JOBS["deploy", "asks"]["steps"]]
    assert "python3 -m pipeline reviewers dev" in words


def test_every_job_ends_and_each_stack_waits_for_itself() -> None:
    groups = [
        job["concurrency"]["group"] for job in JOBS.values() if "concurrency" in job
    ]
    assert len(groups) == len(set(groups)) == 4
    assert all(job["timeout-minutes"] <= 60 for job in JOBS.values())


def test_previews_and_updates_keep_the_policies() -> None:
    deployments = [
        one
        for one in commands()
        if {"preview", "up"} & set(one) and {"embedded", "pulumi"} & set(one)
    ]
    assert len(deployments) == 4
    for one in deployments:
        assert one[one.index("--policy-pack") + 1] == "policy"


def test_the_cli_is_of_the_version_of_the_sdk() -> None:
    pinned = re.search(
        r"^pulumi==(\S+)$", (PROJECT / "requirements.txt").read_text(), re.M
    )
    assert pinned is not None
    versions = {
        step["with"]["pulumi-version"]
        for _, step in steps()
        if step.get("uses", "").startswith("pulumi/actions@")
    }
    assert versions == {pinned[1]}


#: Programs whose use is judged here or by tests/e2e/test_workflows.py.
KNOWN = {
    ("make",),
    ("mkdir", "-p", "report"),
    ("python3", "-m", "venv", ".venv"),
    ("python3", "-m", "embedded.machine", "up"),
    ("python3", "-m", "pipeline"),
    (".venv/bin/python", "-m", "embedded"),
    (".venv/bin/python", "-m", "pip", "install"),
    ("pulumi",),
    ("curl",),
    ("tee",),
    ("echo",),
    ("1",),
    ("$GITHUB_STEP_SUMMARY",),
    ("url=$(pulumi stack output url --stack dev)",),
}


def test_every_command_is_one_that_is_judged() -> None:
    for words in commands():
        assert any(tuple(words[: len(known)]) == known for known in KNOWN), words


def test_our_own_commands_are_there() -> None:
    parsers = {
        ("python3", "-m", "pipeline"): pipeline.parser(),
        (".venv/bin/python", "-m", "embedded"): cli.parser(),
    }
    found = 0
    for words in commands():
        for head, parser in parsers.items():
            if tuple(words[:3]) == head:
                parser.parse_args([one for one in words[3:] if one != "2"])
                found += 1
    assert found == 8


def test_targets_of_make_are_there() -> None:
    targets = re.findall(r"^(\w+):", (PROJECT / "Makefile").read_text(), re.M)
    called = [words[1] for words in commands() if words[0] == "make"]
    assert set(called) == {"lint", "test"} <= set(targets)


def test_what_a_repository_has_to_set_is_told_and_the_reverse() -> None:
    page = (PROJECT / "docs" / "real-azure.md").read_text()
    texts = {file.name: file.read_text() for file in FILES}
    used = {
        (name, variable)
        for name, text in texts.items()
        for variable in re.findall(r"\bvars\.(\w+)", text)
    }
    rows = re.findall(r"^\| `([A-Z_]+)` \| .* \| ([^|]*) \|$", page, re.M)
    told = {
        (name, variable)
        for variable, cell in rows
        for name in re.findall(r"`([\w.]+)`", cell)
    }
    assert told == used
    for variable in {variable for _, variable in used}:
        assert f"gh variable set {variable} " in page


def test_what_azure_trusts_is_what_the_jobs_are() -> None:
    page = (PROJECT / "docs" / "real-azure.md").read_text()
    environments = {job["environment"] for job in JOBS.values() if "environment" in job}
    assert environments == {"dev"}
    signed_in = {
        name
        for (name, _), job in JOBS.items()
        if "id-token" in job.get("permissions", {})
    }
    assert signed_in == {"preview", "deploy"}
    subjects = set(re.findall(r"\"subject\": \"(repo:[^\"]+)\"", page))
    repository = "repo:OWNER/REPOSITORY"
    assert subjects == {f"{repository}:pull_request", f"{repository}:environment:dev"}


def test_every_workflow_has_its_row_in_the_page_on_azure() -> None:
    page = (PROJECT / "docs" / "real-azure.md").read_text()
    told = re.findall(r"^\| `(\w+)\.yml`", page, re.M)
    assert set(told) == set(WORKFLOWS)
