"""``python3 -m pipeline``: what the workflows call. Needs no package."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pipeline import comment, post, report, reviewers
from pipeline.artifact import ArtifactDamaged
from pipeline.github import GitHub, GitHubRefused
from pipeline.post import Run

FAILURES = (
    ArtifactDamaged,
    GitHubRefused,
    report.StackNameRefused,
    reviewers.NobodyAsked,
)


def main(arguments: Sequence[str]) -> int:
    """The exit code: 0 done; 1 not done, and the run's page says why."""
    options = parser().parse_args(arguments)
    try:
        lines: list[str] = options.handler(options)
    except FAILURES as error:
        sys.stdout.write(f"::error::{' '.join(str(error).split())}\n")
        return 1
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python3 -m pipeline", allow_abbrev=False)
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    text = "print what the comment on a folder of logs says"
    write = commands.add_parser("comment", help=text)
    write.add_argument("folder", type=Path)
    write.add_argument("--stack", required=True, metavar="NAME")
    text = "one that should have run; default: those of a pull request"
    write.add_argument(
        "--command", action="append", default=[], choices=report.COMMANDS, help=text
    )
    write.set_defaults(handler=_comment)
    text = "write the comments on the run of $GITHUB_EVENT_PATH"
    commands.add_parser("post", help=text).set_defaults(handler=_post)
    text = "fail unless the environment asks somebody"
    guard = commands.add_parser("reviewers", help=text)
    guard.add_argument("environment")
    guard.set_defaults(handler=_reviewers)
    return top


def _comment(options: argparse.Namespace) -> list[str]:
    told = report.of_folder(options.stack, options.folder, options.command)
    return [comment.body(told)]


def _post(_: argparse.Namespace) -> list[str]:
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text())
    return post.post(GitHub.of_environment(), Run.of_event(event))


def _reviewers(options: argparse.Namespace) -> list[str]:
    count = reviewers.check(GitHub.of_environment(), options.environment)
    return [f"The environment {options.environment} asks {count} before it deploys."]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
