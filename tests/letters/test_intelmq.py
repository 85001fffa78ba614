"""IntelMQ's format: what goes out comes in again as it was."""

import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.events import Asset, AssetKind, Event, Part, Seen, Severity
from lionrock.core.facts import Facts
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds import catalogue
from lionrock.feeds.reading import read_delivery
from lionrock.letters.intelmq import Origin, as_intelmq, intelmq_lines

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
ORIGIN = Origin(name="example", provider="Example", accuracy=80, tlp=Tlp.GREEN)


def back(event: Event, facts: Facts | None = None) -> Event:
    content = b"".join(intelmq_lines([as_intelmq(event, ORIGIN, observed=NOW, facts=facts)]))
    delivery = Delivery.of(content, name="events.jsonl", received=NOW)
    [found] = read_delivery(catalogue()["intelmq"], delivery)
    assert isinstance(found, Event), found
    return found


WORDS = st.from_regex(r"[a-z][a-z0-9]{0,10}", fullmatch=True)
ADDRESSES = st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6, network="2001:db8::/32").map(str)
ASNS = st.integers(1, (1 << 32) - 1)
PORTS = st.integers(1, 65535)
TIMES = st.datetimes(datetime(1990, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def events(draw: st.DrawFn) -> Event:
    address = draw(ADDRESSES)
    part = draw(st.sampled_from(Part))
    kind = draw(
        st.sampled_from([Rsit.INFECTED_SYSTEM, Rsit.SCANNER, Rsit.VULNERABLE_SYSTEM, Rsit.DDOS])
    )
    other = draw(st.none() | ADDRESSES.map(lambda a: Asset(kind=AssetKind.ADDRESS, value=a)))
    far = draw(st.sampled_from([p for p in Part if p is not part]))
    return Event(
        line=1,
        at=draw(TIMES),
        asset=Asset(kind=AssetKind.ADDRESS, value=address),
        part=part,
        kind=kind,
        severity=draw(st.sampled_from(Severity)),
        seen=draw(st.sampled_from(Seen)),
        variant=draw(WORDS),
        address=address,
        host=draw(st.none() | WORDS.map(lambda w: f"{w}.example")),
        port=draw(st.none() | PORTS),
        transport=draw(st.sampled_from([None, "tcp", "udp"])),
        service=draw(st.none() | WORDS),
        family=draw(st.none() | WORDS),
        cves=draw(st.sampled_from([(), ("CVE-2021-26855",), ("CVE-2021-26855", "CVE-2020-0001")])),
        brand=draw(st.none() | WORDS),
        other=other,
        other_part=far if other else None,
        other_port=draw(st.none() | PORTS),
        other_asn=draw(st.none() | ASNS),
        other_country=draw(st.sampled_from([None, "HK", "DE"])),
        reported_asn=draw(st.none() | ASNS),
        reported_country=draw(st.sampled_from([None, "HK", "DE"])),
        report=draw(WORDS),
        ref=draw(st.none() | WORDS),
        tlp=draw(st.sampled_from(Tlp)),
        until=draw(st.none() | TIMES),
        count=draw(st.integers(1, 10**6)),
    )


@given(events())
def test_what_both_formats_know_survives_the_way_there_and_back(event: Event) -> None:
    found = back(event)
    known = {n: getattr(found, n) for n in Event.__dataclass_fields__ if n != "details"}
    assert known == {n: getattr(event, n) for n in Event.__dataclass_fields__ if n != "details"}


@pytest.mark.parametrize(
    ("asset", "name"),
    [
        (Asset(kind=AssetKind.URL, value="http://a.example/x"), "source.url"),
        (Asset(kind=AssetKind.HOST, value="a.example"), "source.fqdn"),
        (Asset(kind=AssetKind.NETWORK, value="192.0.2.0/24"), "source.network"),
        (Asset(kind=AssetKind.ASN, value="64496"), "source.asn"),
        (Asset(kind=AssetKind.HASH, value="md5:" + "0" * 32), "malware.hash.md5"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.kind.value,
)
def test_every_kind_of_asset_has_its_name(asset: Asset, name: str) -> None:
    event = Event(line=1, at=NOW, asset=asset, part=Part.HOST, kind=Rsit.PHISHING)
    assert name in as_intelmq(event, ORIGIN, observed=NOW)
    assert back(event).asset == asset


def test_details_stand_under_extra_and_lists_stay_lists() -> None:
    event = Event(
        line=1,
        at=NOW,
        asset=Asset(kind=AssetKind.ADDRESS, value="192.0.2.1"),
        part=Part.HOST,
        kind=Rsit.SPAM,
        details={"Brand New-Column": "x", "tags": ("a", "b"), "source.as_name": "Example"},
    )
    found = as_intelmq(event, ORIGIN, observed=NOW)
    assert found["extra.brand_new_column"] == "x"
    assert found["extra.tags"] == ["a", "b"]
    assert found["source.as_name"] == "Example"
    assert back(event).details["tags"] == ("a", "b")


def test_our_tables_facts_win_over_what_the_source_says() -> None:
    event = Event(
        line=1,
        at=NOW,
        asset=Asset(kind=AssetKind.ADDRESS, value="192.0.2.1"),
        part=Part.HOST,
        kind=Rsit.SPAM,
        reported_asn=64500,
        reported_country="DE",
    )
    facts = Facts(network="192.0.2.0/24", asn=64496, holder="Example", located="HK")
    found = as_intelmq(event, ORIGIN, observed=NOW, facts=facts)
    assert (found["source.asn"], found["source.geolocation.cc"]) == (64496, "HK")
    assert found["source.network"] == "192.0.2.0/24"
    assert back(event, facts).asset == event.asset


def test_a_line_is_one_that_intelmqs_own_json_parser_takes() -> None:
    event = Event(
        line=1,
        at=NOW,
        asset=Asset(kind=AssetKind.ADDRESS, value="192.0.2.1"),
        part=Part.SOURCE,
        kind=Rsit.SCANNER,
    )
    [line] = intelmq_lines([as_intelmq(event, ORIGIN, observed=NOW)])
    written = json.load(io.BytesIO(line))
    assert written["__type"] == "Event"
    assert written["time.source"] == "2026-11-20T06:00:00+00:00"
    assert written["feed.accuracy"] == 80.0
