"""Addresses and domain names of groups."""

from __future__ import annotations

import platform
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.azure.errors import ArmError
from embedded.azure.instance import addresses
from embedded.azure.instance.addresses import Addresses, domain_name
from embedded.azure.instance.spec import Address, Port
from embedded.azure.store import Store
from tests.embedded.azure.instance.portal import GROUPS

TENANT = "tenant"

pytestmark = pytest.mark.skipif(
    platform.system() != "Linux", reason="only Linux has all of 127.0.0.0/8"
)


@pytest.fixture
def book(tmp_path: Path) -> Addresses:
    return Addresses(Store(tmp_path / "store"), "home")


@pytest.fixture
def port() -> Iterator[int]:
    """One where somebody listens, on every address."""
    with socket.create_server(("0.0.0.0", 0)) as server:
        yield server.getsockname()[1]


def test_a_group_keeps_its_address(book: Addresses) -> None:
    first = book.allocate(f"{GROUPS}/web", [Port(80)])
    assert book.allocate(f"{GROUPS}/WEB", [Port(80)]) == first


def test_two_groups_have_two_addresses(book: Addresses) -> None:
    found = {book.allocate(f"{GROUPS}/g{n}", [Port(80)]) for n in range(30)}
    assert len(found) == 30
    assert all(address.startswith("127.") for address in found)


def test_a_released_address_is_free_again(book: Addresses) -> None:
    first = book.allocate(f"{GROUPS}/web", [Port(80)])
    book.release(f"{GROUPS}/web")
    assert book.allocate(f"{GROUPS}/web", [Port(80)]) == first


def test_a_port_in_use_everywhere_is_refused_by_number(
    book: Addresses, port: int
) -> None:
    with pytest.raises(ArmError, match=f"Port {port}/tcp is in use") as refused:
        book.allocate(f"{GROUPS}/web", [Port(port)])
    assert refused.value.code == "PortInUse"


def test_an_address_whose_port_is_in_use_is_passed_over(book: Addresses) -> None:
    first = book.allocate(f"{GROUPS}/web", [Port(80)])
    book.release(f"{GROUPS}/web")
    with socket.create_server((first, 0)) as server:
        port = server.getsockname()[1]
        assert book.allocate(f"{GROUPS}/web", [Port(port)]) != first


def test_where_there_is_one_address_groups_share_it(
    book: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "_exists", lambda _: False)
    ids = (f"{GROUPS}/one", f"{GROUPS}/two")
    assert {book.allocate(each, [Port(1)]) for each in ids} == {"127.0.0.1"}


def name(scope: str, group_id: str = f"{GROUPS}/web", label: str = "hello") -> str:
    address = Address((Port(80),), label, scope)
    found = domain_name(address, "westeurope", group_id, TENANT)
    assert found is not None
    return found


def test_an_unsecure_name_is_the_label_in_its_region() -> None:
    assert name("Unsecure") == "hello.westeurope.azurecontainer.io"


def test_a_reusable_name_has_a_hash_of_what_it_can_be_used_again_in() -> None:
    elsewhere = GROUPS.replace("/lab/", "/other/") + "/web"
    assert len(name("TenantReuse").split(".")[1]) == 16
    assert name("TenantReuse") == name("TenantReuse", elsewhere)
    assert name("ResourceGroupReuse") == name("ResourceGroupReuse", f"{GROUPS}/x")
    assert name("ResourceGroupReuse") != name("ResourceGroupReuse", elsewhere)
    assert name("Noreuse") != name("Noreuse")


def test_no_label_is_no_name() -> None:
    assert domain_name(Address((Port(80),)), "x", f"{GROUPS}/web", TENANT) is None


def test_an_address_whose_group_was_never_noted_is_free_again(book: Addresses) -> None:
    kept = book.allocate(f"{GROUPS}/kept", [Port(80)])
    book.allocate(f"{GROUPS}/lost", [Port(80)])
    book.release_unknown(lambda group: group.endswith("/kept"))
    assert book.allocate(f"{GROUPS}/kept", [Port(80)]) == kept
    assert list(book._store.records(addresses.KIND)) == [kept]
