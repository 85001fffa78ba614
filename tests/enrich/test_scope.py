"""An event is ours by a stated fact, and by the first that holds."""

import pytest

from lionrock.core.events import AssetKind, Event
from lionrock.core.facts import Facts, Why
from lionrock.enrich.directory import Directory, Held
from lionrock.enrich.scope import Scoper
from tests.enrich.makes import XX, event

DIRECTORY = Directory(
    [
        Held(constituent=1, kind="network", value="198.51.100.0/24"),
        Held(constituent=2, kind="network", value="198.51.100.0/28"),
        Held(constituent=3, kind="domain", value="bank.example"),
        Held(constituent=2, kind="asn", value="64500"),
    ]
)
SCOPER = Scoper(XX, DIRECTORY)
HERE = Facts(network="192.0.2.0/24", located="XX", tables=("geolocation 2026-11-20",))
ALSO = Facts(located="XY", tables=("geolocation 2026-11-20",))
AWAY = Facts(network="198.51.100.0/24", asn=64500, located="DE", tables=("geolocation 2026-11-20",))
NONE = Facts()

CASES: dict[str, tuple[Event, Facts, Why, str, tuple[int, ...]]] = {
    "used in the region": (
        event("192.0.2.1", reported_country="DE"),
        HERE,
        Why.LOCATED,
        "192.0.2.0/24 is used in XX (geolocation 2026-11-20)",
        (),
    ),
    "used in the region's second country": (
        event("192.0.2.1"),
        ALSO,
        Why.LOCATED,
        "192.0.2.1 is used in XY (geolocation 2026-11-20)",
        (),
    ),
    "the source says so and no table knows": (
        event("192.0.2.1", reported_country="XX"),
        NONE,
        Why.REPORTED,
        "the source says that 192.0.2.1 is in XX; no table knows",
        (),
    ),
    "a table knows better than the source": (
        event("203.0.113.1", reported_country="XX"),
        Facts(located="DE", tables=("geolocation 2026-11-20",)),
        Why.ELSEWHERE,
        "203.0.113.1 is used in DE (geolocation 2026-11-20)",
        (),
    ),
    "a host under an ending of the region, hosted elsewhere": (
        event("www.shop.xx", AssetKind.HOST, address="203.0.113.1"),
        Facts(located="DE", tables=("geolocation 2026-11-20",)),
        Why.DOMAIN,
        "www.shop.xx stands under .xx",
        (),
    ),
    "a host under the international ending": (
        event("shop.xn--j1ay", AssetKind.HOST),
        NONE,
        Why.DOMAIN,
        "shop.xn--j1ay stands under .xn--j1ay",
        (),
    ),
    "a constituent's network elsewhere": (
        event("198.51.100.1"),
        AWAY,
        Why.CONSTITUENT,
        "198.51.100.0/28 is a constituent's; it is used in DE",
        (2, 1),
    ),
    "a constituent's domain, hosted nobody knows where": (
        event("login.bank.example", AssetKind.HOST),
        NONE,
        Why.CONSTITUENT,
        "bank.example is a constituent's",
        (3,),
    ),
    "a constituent's ASN": (
        event("64500", AssetKind.ASN),
        Facts(asn=64500),
        Why.CONSTITUENT,
        "AS64500 is a constituent's",
        (2,),
    ),
    "a constituent's asset in the region": (
        event("198.51.100.99"),
        Facts(located="XX", tables=("geolocation 2026-11-20",)),
        Why.LOCATED,
        "198.51.100.99 is used in XX (geolocation 2026-11-20)",
        (1,),
    ),
    "reported elsewhere": (
        event("203.0.113.1", reported_country="DE"),
        NONE,
        Why.ELSEWHERE,
        "the source says that 203.0.113.1 is in DE; no table knows",
        (),
    ),
    "nothing is known": (
        event("203.0.113.1"),
        NONE,
        Why.UNKNOWN,
        "no table knows where 203.0.113.1 is used",
        (),
    ),
    "registered in the region is not used in it": (
        event("203.0.113.1"),
        Facts(registered="XX"),
        Why.UNKNOWN,
        "no table knows where 203.0.113.1 is used, only that it is registered in XX",
        (),
    ),
    "a page nobody knows the place of": (
        event("https://a.example/b", AssetKind.URL, host="a.example"),
        NONE,
        Why.UNKNOWN,
        "no table knows where a.example is used",
        (),
    ),
    "a file is nowhere": (
        event("sha256:" + "0" * 64, AssetKind.HASH),
        NONE,
        Why.UNKNOWN,
        f"no table knows where sha256:{'0' * 64} is used",
        (),
    ),
    "a host that only ends in the same letters": (
        event("shop.notxx", AssetKind.HOST),
        NONE,
        Why.UNKNOWN,
        "no table knows where shop.notxx is used",
        (),
    ),
}


@pytest.mark.parametrize(("one", "facts", "why", "fact", "constituents"), CASES.values(), ids=CASES)
def test_the_first_fact_that_holds_decides_and_is_told(
    one: Event, facts: Facts, why: Why, fact: str, constituents: tuple[int, ...]
) -> None:
    scope = SCOPER.scope(one, facts)
    assert (scope.why, scope.fact, scope.constituents) == (why, fact, constituents)


def test_many_at_once_are_as_each_alone() -> None:
    events = [case[0] for case in CASES.values()]
    facts = [case[1] for case in CASES.values()]
    again = Scoper(XX, DIRECTORY).scope_many(events, facts)
    assert [(scope.why, scope.fact) for scope in again] == [case[2:4] for case in CASES.values()]


def test_a_fact_is_cut_to_what_its_column_holds() -> None:
    long = event("https://a.example/" + "b" * 2000, AssetKind.URL)
    assert len(SCOPER.scope(long, NONE).fact) == 300


def test_constituents_elsewhere_are_told_but_not_counted() -> None:
    scope = SCOPER.scope(event("198.51.100.1"), AWAY)
    assert scope.kept
    assert not scope.counted


def test_what_was_asked_before_changes_no_answer() -> None:
    here = Facts(network="198.51.100.0/24", asn=64500, located="XX", tables=("geolocation 1",))
    facts = [here, ALSO, AWAY, NONE, HERE, here]
    hosts = [None, "www.bank.example", "mail.bank.example", "www.shop.example", "www.shop.xx"]
    addresses = ["198.51.100.1", "198.51.100.20", "192.0.2.1", "203.0.113.1", "198.51.100.0/26"]
    asked = [
        (event(address, kind, address=address, host=host), known)
        for known in facts
        for host in hosts
        for address in addresses
        for kind in [AssetKind.NETWORK if "/" in address else AssetKind.ADDRESS]
    ]
    expected = [Scoper(XX, DIRECTORY).scope(one, known) for one, known in asked]
    scoper = Scoper(XX, DIRECTORY)
    for _ in range(2):
        found = scoper.scope_many([one for one, _ in asked], [known for _, known in asked])
        assert found == expected
    backwards = scoper.scope_many(
        [one for one, _ in reversed(asked)], [known for _, known in reversed(asked)]
    )
    assert backwards == expected[::-1]
    assert len({scope.constituents for scope in expected}) > 5
