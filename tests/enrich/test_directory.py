"""Of several who hold an asset the most specific comes first, and none is forgotten."""

from ipaddress import ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from lionrock.enrich.directory import Directory, Held, Kind, Match


def held(constituent: int, kind: Kind, value: str) -> Held:
    return Held(constituent=constituent, kind=kind, value=value)


def ids(matches: tuple[Match, ...]) -> list[int]:
    return [match.constituent for match in matches]


DIRECTORY = Directory(
    [
        held(1, "network", "192.0.2.0/24"),
        held(2, "network", "192.0.2.64/26"),
        held(3, "network", "192.0.2.64/28"),
        held(4, "asn", "64496"),
        held(5, "domain", "example.org"),
        held(6, "domain", "www.example.org"),
        held(7, "network", "2001:db8::/32"),
        held(8, "network", "2001:db8:1::/48"),
        held(9, "asn", "AS64497"),
    ]
)


def test_networks_come_from_the_longest_then_the_asn_then_the_domain() -> None:
    found = DIRECTORY.responsible("192.0.2.65", 64496, "a.www.example.org")
    assert ids(found) == [3, 2, 1, 4, 6, 5]
    assert found[0] == Match(constituent=3, kind="network", value="192.0.2.64/28")


def test_what_lies_beside_a_network_is_not_in_it() -> None:
    assert ids(DIRECTORY.responsible("192.0.2.63", None, None)) == [1]
    assert ids(DIRECTORY.responsible("192.0.2.80", None, None)) == [2, 1]
    assert ids(DIRECTORY.responsible("192.0.3.0", None, None)) == []
    assert ids(DIRECTORY.responsible("2001:db8:1::1", None, None)) == [8, 7]
    assert ids(DIRECTORY.responsible("2001:db9::1", None, None)) == []


def test_a_host_belongs_to_its_own_domain_and_its_parents_but_not_to_a_likeness() -> None:
    assert ids(DIRECTORY.responsible(None, None, "example.org")) == [5]
    assert ids(DIRECTORY.responsible(None, None, "notexample.org")) == []
    assert ids(DIRECTORY.responsible(None, None, "org")) == []


def test_a_network_is_held_only_by_who_holds_all_of_it() -> None:
    assert ids(DIRECTORY.responsible("192.0.2.64/27", None, None)) == [2, 1]
    assert ids(DIRECTORY.responsible("192.0.0.0/16", None, None)) == []
    assert ids(DIRECTORY.responsible("192.0.2.0/word", None, None)) == []


def test_asns_are_read_with_and_without_their_letters() -> None:
    assert ids(DIRECTORY.responsible(None, 64497, None)) == [9]


def test_two_holders_of_one_network_keep_their_order() -> None:
    both = Directory([held(2, "network", "192.0.2.0/24"), held(1, "network", "192.0.2.0/24")])
    assert ids(both.responsible("192.0.2.1", None, None)) == [2, 1]


def test_a_holding_that_is_none_of_its_kind_is_put_aside_and_named() -> None:
    wrong = [held(1, "network", "192.0.2.0/33"), held(1, "asn", "many"), held(1, "domain", "a b")]
    found = Directory([*wrong, held(2, "asn", "64496")])
    assert found.unreadable == tuple(wrong)
    assert ids(found.responsible(None, 64496, None)) == [2]


def test_a_whole_ending_can_be_held_by_its_registry() -> None:
    assert ids(Directory([held(1, "domain", "xx")]).responsible(None, None, "www.a.xx")) == [1]


def test_nonsense_is_nobodys() -> None:
    assert DIRECTORY.responsible("not an address", None, None) == ()
    assert DIRECTORY.responsible("", None, "") == ()
    assert DIRECTORY.responsible(None, None, None) == ()


networks = st.tuples(st.integers(24, 32), st.integers(0, 255)).map(
    lambda one: str(ip_network(f"192.0.2.{one[1]}/{one[0]}", strict=False))
)


@given(st.lists(networks, max_size=15, unique=True), st.lists(st.integers(0, 255), max_size=10))
def test_many_at_once_are_as_each_alone_and_as_a_walk_through_all(
    values: list[str], hosts: list[int]
) -> None:
    directory = Directory([held(n, "network", value) for n, value in enumerate(values)])
    addresses = [f"192.0.2.{host}" for host in hosts]
    many = directory.responsible_many(addresses, [None] * len(hosts), [None] * len(hosts))
    for address, matches in zip(addresses, many, strict=True):
        over = [v for v in values if ip_address(address) in ip_network(v)]
        expected = sorted(over, key=lambda value: -ip_network(value).prefixlen)
        assert [match.value for match in matches] == expected
        assert matches == directory.responsible(address, None, None)
