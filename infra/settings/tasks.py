"""The key ``tasks``: images that the registry builds by itself.

https://learn.microsoft.com/azure/container-registry/container-registry-tasks-overview
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from infra import rules
from infra.settings import structure
from infra.settings.reader import Reader
from infra.settings.structure import Entry

NAME = rules.text("[a-zA-Z0-9_-]{5,50}", "5 to 50 letters, digits, '-' and '_'")
CONTEXT = rules.text(
    r"https://([^\s#/:@]+@)?[^\s#/@]+/[^\s#@]+(#\S*)?",
    "a git repository without a password in it, https://HOST/OWNER/NAME.git#BRANCH:FOLDER",
)
FILE = rules.text(r"[\w./-]{1,255}", "the path of a Dockerfile in the repository")
IMAGE = rules.text(
    r"[a-z0-9._/-]+:[\w.{}$-]+", "REPOSITORY:TAG; {{.Run.ID}} makes the tag unique"
)
SCHEDULE = rules.text(r"\S+( \S+){4}", "five fields of cron, in UTC, such as 0 4 * * *")
ACCESS_TOKEN = rules.text(r"[!-~]{8,512}", "a personal access token")
TIMEOUT = rules.integer(300, 28_800)
#: Whose commits ACR Tasks can be told of: GitHub's and those of Azure Repos.
GITHUB = re.compile(r"https://github\.com/")
AZURE_REPOS = re.compile(
    r"https://([^/@]+@)?(dev\.azure\.com|[^/.]+\.visualstudio\.com)/"
)


@dataclass(frozen=True)
class Task:
    """``schedule`` None: no timer. ``token`` is for the git repository."""

    name: str
    context: str
    image: str
    file: str = "Dockerfile"
    on_commit: bool = False
    on_base_image: bool = True
    schedule: str | None = None
    timeout: int = 3600
    token: str | None = field(default=None, repr=False)


def read(reader: Reader) -> tuple[Task, ...]:
    found = structure.rows(reader, "tasks", _task)
    structure.refuse_twins(reader, "tasks", [one.name for one in found])
    return found


def _task(entry: Entry) -> Task:
    task = Task(
        name=entry.need("name", NAME, ""),
        context=entry.need("context", CONTEXT, "", secret=True),
        image=entry.need("image", IMAGE, ""),
        file=entry.take("file", FILE, "Dockerfile"),
        on_commit=entry.take("onCommit", rules.boolean(), False),
        on_base_image=entry.take("onBaseImage", rules.boolean(), True),
        schedule=entry.take("schedule", SCHEDULE, "") or None,
        timeout=entry.take("timeoutSeconds", TIMEOUT, 3600),
        token=entry.take("accessToken", ACCESS_TOKEN, "", secret=True) or None,
    )
    if task.on_commit and task.token is None:
        entry.refuse(
            "accessToken", "onCommit needs one, to be told of commits.", secret=True
        )
    if task.on_commit and not tells_of_commits(task.context):
        said = (
            "onCommit is for repositories of github.com and Azure Repos (dev.azure.com)"
        )
        entry.refuse("context", f"{said}: set a schedule for others.", secret=True)
    return task


def tells_of_commits(context: str) -> bool:
    return any(one.match(context) for one in (GITHUB, AZURE_REPOS))
