"""Holders that the tables name, and taking them over."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from lionrock.desk.constituents.models import Constituent, Mode
from lionrock.desk.constituents.registries import holders
from lionrock.desk.people.roles import Role
from tests.enrich.makes import taken
from tests.people.someone import someone

DAY = date(2026, 11, 20)
DELEGATED = (
    "2|apnic|20261101|4|19830101|20261101|+1000\n"
    "apnic|HK|ipv4|198.18.0.0|512|20100101|allocated\n"
    "apnic|XY|ipv4|198.18.2.0|256|20100101|allocated\n"
    "apnic|HK|ipv4|198.19.0.0|256|20100101|allocated\n"
    "apnic|HK|ipv6|2001:2::|48|20100101|allocated\n"
)
ROUTING = "198.18.0.0/22\t64500\n198.18.1.0/24\t64501\n2001:2::/48\t64501\n"


@pytest.fixture
def data(tmp_path: Path, settings: Settings) -> Path:
    settings.LIONROCK_DATA = tmp_path
    taken(tmp_path, DELEGATED)
    taken(tmp_path, ROUTING)
    return tmp_path


def test_who_announces_what_is_registered_here_is_proposed(data: Path) -> None:
    found = holders(data / "tables", countries=["HK"], at=DAY)

    assert [(one.asn, one.networks, one.addresses) for one in found.holders] == [
        (64501, ("198.18.1.0/24", "2001:2::/48"), 256),
        (64500, ("198.18.0.0/24",), 256),
    ]


def test_without_tables_nobody_is_proposed(tmp_path: Path) -> None:
    assert holders(tmp_path / "tables", countries=["HK"], at=DAY).holders == ()


@pytest.mark.django_db
def test_a_picked_holder_becomes_a_constituent_with_its_asn(data: Path, client: Client) -> None:
    client.force_login(someone(Role.APPROVER))
    address = reverse("constituents:registries")

    client.post(address, {"asn": ["64501", "65000"], "kind": "isp"})

    made = Constituent.objects.get()
    assert (made.name, made.kind, made.mode) == ("AS64501", "isp", Mode.APPROVED)
    assert list(made.holdings.values_list("kind", "value")) == [("asn", "64501")]
    page = client.get(address).content.decode()
    assert "AS64500" in page
    assert "AS64501" not in page
