"""Scopes are read as the specification says, and never grant more than is allowed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from embedded.azure.registry.front.scopes import (
    REPOSITORY_ACTIONS,
    Scope,
    granted,
    parse,
)

parts = st.sampled_from(["a", "web", "b-2", "x.y", "catalog", "localhost:5000"])
names = st.lists(parts, min_size=1, max_size=3).map("/".join)
actions = st.lists(st.sampled_from((*REPOSITORY_ACTIONS, "*", "fly")), unique=True).map(
    tuple
)
asked = st.builds(Scope, st.sampled_from(["repository", "registry"]), names, actions)
allowed = st.frozensets(st.sampled_from((*REPOSITORY_ACTIONS, "catalog")))


def text(scope: Scope) -> str:
    return f"{scope.type}:{scope.name}:{','.join(scope.actions)}"


@given(st.lists(asked, max_size=4))
def test_scopes_read_the_same_one_by_one_and_as_one_text_with_blanks(
    scopes: list[Scope],
) -> None:
    texts = [text(one) for one in scopes]
    assert parse(texts) == scopes
    assert parse([" ".join(texts)]) == scopes


@given(st.lists(st.text(max_size=40)))
def test_what_is_no_scope_is_left_out_and_harms_nothing(texts: list[str]) -> None:
    for scope in parse(texts):
        assert scope.name
        assert any(scope.name in one for one in texts)


@given(st.lists(asked, max_size=4), allowed)
def test_nothing_is_granted_that_was_not_both_asked_and_allowed(
    scopes: list[Scope], rights: frozenset[str]
) -> None:
    wanted = [(s.type, s.name, set(s.actions)) for s in scopes]
    for scope in granted(scopes, lambda action, _: action in rights):
        matching = [a for t, n, a in wanted if (t, n) == (scope.type, scope.name)]
        assert matching
        if scope.type == "repository":
            assert set(scope.actions) <= rights
            assert any("*" in a or set(scope.actions) <= a for a in matching)
        else:
            assert scope.name == "catalog"
            assert "catalog" in rights


@given(st.lists(asked, max_size=4), allowed)
def test_what_was_asked_and_is_allowed_is_granted(
    scopes: list[Scope], rights: frozenset[str]
) -> None:
    result = granted(scopes, lambda action, _: action in rights)
    for scope in scopes:
        for action in set(scope.actions) & rights & set(REPOSITORY_ACTIONS):
            if scope.type == "repository":
                assert any(
                    one.name == scope.name and action in one.actions for one in result
                )


def test_a_name_may_hold_a_host_with_a_port_and_slashes() -> None:
    assert parse(["repository:localhost:5000/a/b:pull"]) == [
        Scope("repository", "localhost:5000/a/b", ("pull",))
    ]


def test_a_resource_class_in_brackets_is_passed_over() -> None:
    assert parse(["repository(plugin):a/b:pull"]) == [
        Scope("repository", "a/b", ("pull",))
    ]


def test_the_older_spelling_of_metadata_actions_is_understood() -> None:
    assert parse(["repository:a:metadataRead,metadataWrite"]) == [
        Scope("repository", "a", ("metadata_read", "metadata_write"))
    ]


def test_the_catalog_is_granted_as_the_star_that_distribution_looks_for() -> None:
    catalog = Scope("registry", "catalog", ("*",))
    assert granted([catalog], lambda action, _: action == "catalog") == [catalog]
    assert granted([catalog], lambda action, _: action == "pull") == []
    assert granted([Scope("registry", "else", ("*",))], lambda *_: True) == []
