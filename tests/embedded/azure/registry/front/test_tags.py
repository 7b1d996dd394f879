"""The listing of tags below ``/v2``."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.embedded.azure.registry.registry import Registry, got, push

NAME = "tagged/much"
TAGS = f"/v2/{NAME}/tags/list"


@pytest.fixture
def client(registry: Registry) -> Iterator[httpx.Client]:
    with registry.pusher(NAME) as made:
        for tag in ("b", "a", "c", "B"):
            push(made, NAME, tag)
        yield made


def test_pages_follow_one_another_in_the_order_of_the_names(
    client: httpx.Client,
) -> None:
    assert got(client.get(TAGS)) == {"name": NAME, "tags": ["B", "a", "b", "c"]}
    first = client.get(TAGS, params={"n": "3"})
    assert got(first)["tags"] == ["B", "a", "b"]
    second = client.get(first.links["next"]["url"])
    assert got(second)["tags"] == ["c"]
    assert "link" not in second.headers


def test_a_page_begins_behind_a_name_that_need_not_be_there(
    client: httpx.Client,
) -> None:
    for last, tags in (("a", ["b", "c"]), ("aa", ["b", "c"]), ("z", [])):
        assert got(client.get(TAGS, params={"last": last}))["tags"] == tags


def test_a_page_of_none_is_empty(client: httpx.Client) -> None:
    answer = client.get(TAGS, params={"n": "0"})
    assert got(answer)["tags"] == []
    assert "link" not in answer.headers
