"""Whether somebody is asked before a deployment: a rule of GitHub's environments."""

from __future__ import annotations

from pipeline.github import GitHub, GitHubRefused


class NobodyAsked(Exception):
    """The environment is not there, or lets everything through."""

    def __init__(self, environment: str, why: str) -> None:
        super().__init__(
            f"The environment `{environment}` {why}. Nothing is deployed until it has "
            "required reviewers: Settings, Environments, or docs/real-azure.md."
        )


def check(github: GitHub, environment: str) -> int:
    """How many reviewers it has. Raises NobodyAsked, GitHubRefused."""
    try:
        found = github.get(f"environments/{environment}")
    except GitHubRefused as error:
        if error.status == 404:
            raise NobodyAsked(environment, "does not exist") from error
        raise
    rules = found.get("protection_rules", [])
    asked = [one for one in rules if one["type"] == "required_reviewers"]
    count = sum(len(one["reviewers"]) for one in asked)
    if not count:
        raise NobodyAsked(environment, "has no required reviewers")
    return count
