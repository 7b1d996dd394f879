"""The few calls of GitHub's REST API that the workflows need.

https://docs.github.com/rest; the variables are those that GitHub's runners set.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

Json = dict[str, Any]
#: Rows that a list gives at once, the most that GitHub allows; and the lists' end.
PAGE, PAGES = 100, 30
#: Seconds that an answer may take.
PATIENCE = 30


class GitHubRefused(Exception):
    """GitHub answered with an error. ``status``: HTTP's, 0 if there was no answer."""

    def __init__(self, request: str, status: int, reason: str) -> None:
        super().__init__(f"{request}: {status or 'no answer'} {reason}".rstrip())
        self.status = status


class _Staying(urllib.request.HTTPRedirectHandler):
    """Follows nothing: the token is for GitHub's API alone."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


@dataclass(frozen=True)
class GitHub:
    """One repository, ``owner/name``, as one token sees it."""

    repository: str
    token: str
    api: str = "https://api.github.com"

    @classmethod
    def of_environment(cls) -> GitHub:
        """Raises KeyError for a variable that is not set."""
        api = os.environ.get("GITHUB_API_URL", cls.api)
        return cls(os.environ["GITHUB_REPOSITORY"], os.environ["GITHUB_TOKEN"], api)

    def get(self, path: str) -> Any:
        """``path`` is relative to the repository. Raises GitHubRefused."""
        return json.loads(self._call("GET", path))

    def rows(self, path: str, key: str | None = None) -> Iterator[Json]:
        """All rows of a list, page by page; ``key`` names it inside an object."""
        sign = "&" if "?" in path else "?"
        for page in range(1, PAGES + 1):
            found = self.get(f"{path}{sign}per_page={PAGE}&page={page}")
            rows = found[key] if key else found
            yield from rows
            if len(rows) < PAGE:
                return

    def post(self, path: str, body: Mapping[str, Any]) -> None:
        self._call("POST", path, body)

    def patch(self, path: str, body: Mapping[str, Any]) -> None:
        self._call("PATCH", path, body)

    def download(self, path: str, longest: int) -> bytes:
        """What ``path`` leads to, elsewhere and without the token, up to ``longest``.

        Raises GitHubRefused, for what is longer too.
        """
        request = self._request("GET", path)
        opener = urllib.request.build_opener(_Staying)
        try:
            opener.open(request, timeout=PATIENCE).close()
        except urllib.error.HTTPError as error:
            elsewhere = error.headers.get("Location")
            error.close()
            if error.code != 302 or not elsewhere:
                raise GitHubRefused(f"GET {path}", error.code, error.reason) from error
        else:
            raise GitHubRefused(f"GET {path}", 200, "no redirect to the content")
        body = _read(urllib.request.Request(elsewhere), path, longest + 1)  # noqa: S310
        if len(body) > longest:
            raise GitHubRefused(f"GET {path}", 200, f"longer than {longest} bytes")
        return body

    def _call(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> bytes:
        return _read(self._request(method, path, body), path)

    def _request(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> urllib.request.Request:
        return urllib.request.Request(  # noqa: S310 (GitHub sets the address)
            f"{self.api}/repos/{self.repository}/{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )


def _read(request: urllib.request.Request, path: str, longest: int = -1) -> bytes:
    answer: HTTPResponse
    name = f"{request.get_method()} {path}"
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310
            return answer.read(None if longest < 0 else longest)
    except urllib.error.HTTPError as error:
        reason = error.read(300).decode(errors="replace")
        error.close()
        raise GitHubRefused(name, error.code, reason) from error
    except OSError as error:
        raise GitHubRefused(name, 0, str(error)) from error
