"""An address that names another machine in every network is nobody's, whatever is said of it."""

import ipaddress

import pytest

from lionrock.core.documentation import HOLDERS
from lionrock.core.events import AssetKind
from lionrock.core.facts import Facts, Why
from lionrock.enrich.directory import Directory, Held
from lionrock.enrich.nobody import nobodys, placeable
from lionrock.enrich.scope import Scoper
from tests.enrich.makes import XX, event

NOBODYS = {
    "0.0.0.0": "unspecified",
    "10.0.0.1": "private",
    "10.0.0.0/8": "private",
    "100.64.0.1": "shared",
    "100.127.255.255": "shared",
    "127.0.0.1": "loopback",
    "169.254.1.1": "link-local",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.0.0.8": "reserved",
    "192.168.1.1": "private",
    "192.168.0.0/16": "private",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "::1/128": "loopback",
    "fe80::1": "link-local",
    "fe80::/10": "link-local",
    "fd00::1": "private",
    "fc00::/7": "private",
    "fec0::1": "reserved",
    "ff02::1": "multicast",
}
SOMEBODYS = (
    *("1.0.0.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "101.64.0.1"),
    *("126.0.0.1", "128.0.0.1", "169.253.0.1", "172.15.0.1", "172.32.0.1", "172.160.0.1"),
    *("192.0.1.1", "192.167.0.1", "192.169.0.1", "223.255.255.255", "22.4.0.1", "25.0.0.1"),
    *("2001:4860::1", "2606:4700::1", "fee::1", "::a:1", "2001:db8::1"),
)


@pytest.mark.parametrize(("text", "what"), NOBODYS.items())
def test_the_range_says_what_kind_of_nobodys_it_is(text: str, what: str) -> None:
    assert nobodys(text) == what


@pytest.mark.parametrize("text", SOMEBODYS)
def test_what_stands_beside_the_ranges_may_be_somebodys(text: str) -> None:
    assert nobodys(text) is None


@pytest.mark.parametrize("network", [text for holder in HOLDERS for text in holder.networks])
def test_the_made_up_holders_networks_are_theirs(network: str) -> None:
    assert nobodys(network) is None
    assert nobodys(network.partition("/")[0]) is None


def test_no_octet_begins_an_address_that_python_calls_private_and_this_does_not() -> None:
    documented = [ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.18.0.0/15")]
    documented += [ipaddress.ip_network(text) for text in ("198.51.100.0/24", "203.0.113.0/24")]
    for number in range(1 << 16):  # every /16, and within it a few of every kind
        for tail in ("0.8", "2.1", "51.1", "100.1", "113.1"):
            text = f"{number >> 8}.{number & 255}.{tail}"
            address = ipaddress.IPv4Address(text)
            if address.is_private and not any(address in one for one in documented):
                assert nobodys(text) is not None, text


@pytest.mark.parametrize("text", ["127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "fe80::1"])
@pytest.mark.parametrize(
    "facts", [Facts(), Facts(network="0.0.0.0/0", located="XX", tables=("geolocation 2026-11-20",))]
)
def test_no_country_ending_or_holding_makes_it_ours(text: str, facts: Facts) -> None:
    held = Held(constituent=1, kind="network", value="::/0" if ":" in text else "0.0.0.0/0")
    scoper = Scoper(XX, Directory([held]))
    told = placeable(event(text, reported_country="XX", reported_asn=64500, host="mail.shop.xx"))
    scope = scoper.scope(told, facts)

    assert (scope.why, scope.constituents, scope.kept) == (Why.UNKNOWN, (), False)
    assert scope.fact.startswith(f"{text} is nobody's: its range is ")
    assert (told.address, told.reported_country, told.reported_asn) == (None, None, None)
    assert told.asset.value == text
    neighbour = event("8.8.4.4" if "." in text else "2001:db8::1")
    assert scoper.scope(neighbour, facts).kept  # nothing of it is remembered for another address


def test_a_host_keeps_no_such_address_and_is_placed_by_its_name_alone() -> None:
    told = placeable(
        event("www.shop.xx", AssetKind.HOST, address="10.0.0.1", reported_country="DE")
    )
    assert (told.host, told.address, told.reported_country) == ("www.shop.xx", None, None)
    assert Scoper(XX, Directory([])).scope(told, Facts()).why is Why.DOMAIN


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1/x", "127.0.0.1"),
        ("http://[fe80::1]/x", "fe80::1"),
        ("http://localhost/x", None),
        ("http://intranet/x", None),
    ],
)
def test_a_url_that_names_no_place_of_its_own_has_none(url: str, address: str | None) -> None:
    told = placeable(event(url, AssetKind.URL, url=url, address=address, reported_country="XX"))
    assert (told.asset.value, told.url, told.address) == (url, url, None)
    assert Scoper(XX, Directory([])).scope(told, Facts()).why is Why.UNKNOWN


def test_what_may_be_somebodys_is_left_as_it_is() -> None:
    for one in (
        event("192.0.2.1", reported_country="XX"),
        event("192.0.2.0/24", AssetKind.NETWORK, reported_country="XX"),
        event("https://a.example/", AssetKind.URL, host="a.example", reported_country="XX"),
        event("a.example", AssetKind.HOST, reported_country="XX"),
        event("64500", AssetKind.ASN, reported_country="XX"),
    ):
        assert placeable(one) is one
