"""One comment a stack on a pull request, edited in place.

Runs after the workflow that made the reports, on the main branch, with a token that may
write. Which pull request it is comes from GitHub's event and never from the artifact.
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline import artifact, comment, report
from pipeline.comment import Source
from pipeline.github import GitHub, Json

#: An artifact's name is this and the stack's.
ARTIFACT = "report-"
#: Who writes with a workflow's own token. Nobody else's comment is edited.
AUTHOR = "github-actions[bot]"


@dataclass(frozen=True)
class Run:
    """The workflow run that the event is about."""

    id: int
    commit: str
    branch: str
    owner: str
    head: int
    url: str
    fork: bool

    @classmethod
    def of_event(cls, event: Json) -> Run:
        """Of a `workflow_run` event. Raises KeyError for any other."""
        run = event["workflow_run"]
        # A fork can be deleted meanwhile; then no pull request is found.
        head = run["head_repository"] or {"id": 0, "owner": {"login": ""}}
        return cls(
            id=run["id"],
            commit=run["head_sha"],
            branch=run["head_branch"],
            owner=head["owner"]["login"],
            head=head["id"],
            url=run["html_url"],
            fork=head["id"] != event["repository"]["id"],
        )


def post(github: GitHub, run: Run) -> list[str]:
    """Write or edit the comments; what was done, a line each.

    Raises GitHubRefused, ArtifactDamaged, StackNameRefused.
    """
    pulls = list(_pull_requests(github, run))
    if not pulls:
        return [f"No open pull request is at {run.commit}: nothing to say."]
    source = Source(run.commit, run.url, run.fork)
    done = []
    for stack, id_ in _artifacts(github, run):
        archive = github.download(f"actions/artifacts/{id_}/zip", artifact.LONGEST)
        made = report.of_files(stack, artifact.files(archive))
        text = comment.body(made, source)
        done += [_write(github, number, stack, text) for number in pulls]
    return done or ["The run left no report: nothing to say."]


def _pull_requests(github: GitHub, run: Run) -> Iterator[int]:
    """Those whose last commit the run was about; a later one gets a run of its own."""
    head = urllib.parse.quote(f"{run.owner}:{run.branch}", safe="")
    for one in github.rows(f"pulls?state=open&head={head}"):
        repository = one["head"]["repo"] or {}
        if one["head"]["sha"] == run.commit and repository.get("id") == run.head:
            yield int(one["number"])


def _artifacts(github: GitHub, run: Run) -> Iterator[tuple[str, int]]:
    """Stack and id. A fork speaks for the stack that needs no credential, only.

    An attempt that is repeated leaves another artifact of the same name: the newest one
    counts, and ids grow.
    """
    seen: dict[str, int] = {}
    for one in github.rows(f"actions/runs/{run.id}/artifacts", "artifacts"):
        stack = str(one["name"]).removeprefix(ARTIFACT)
        named = str(one["name"]).startswith(ARTIFACT) and report.STACK.fullmatch(stack)
        if named and not one["expired"] and stack in _allowed(run, stack):
            seen[stack] = max(int(one["id"]), seen.get(stack, 0))
    yield from sorted(seen.items())


def _allowed(run: Run, stack: str) -> tuple[str, ...]:
    return (report.ALL_COMMANDS,) if run.fork else (stack,)


def _write(github: GitHub, number: int, stack: str, text: str) -> str:
    first = re.escape(comment.marker(stack))
    for one in github.rows(f"issues/{number}/comments"):
        mine = one["user"] and one["user"]["login"] == AUTHOR
        if mine and re.match(first, one["body"] or ""):
            github.patch(f"issues/comments/{one['id']}", {"body": text})
            return f"Edited the comment on #{number} about {stack}."
    github.post(f"issues/{number}/comments", {"body": text})
    return f"Wrote a comment on #{number} about {stack}."
