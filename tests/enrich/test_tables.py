"""Facts are those of the event's own day, and every one says which table gave it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.documentation import HOLDERS, country
from lionrock.core.errors import GiveUp
from lionrock.core.events import AssetKind
from lionrock.core.facts import Facts
from lionrock.enrich.tables import Tables
from tests.enrich.makes import XX, event, taken

DAY = date(2026, 11, 20)
NOWHERE = Path("/nonexistent")


def test_with_no_download_the_documentation_networks_have_their_places() -> None:
    tables = Tables.load(NOWHERE, XX)
    one, other = tables.facts(["192.0.2.5", "203.0.113.193"], DAY)
    assert one == Facts(
        network="192.0.2.0/25",
        asn=64496,
        holder="Bluefin Broadband",
        registered="XX",
        located="XX",
        tables=("routing 2026-11-01", "registry 2026-11-01", "geolocation 2026-11-01"),
    )
    assert (other.registered, other.located) == ("US", "XX")
    assert tables.ages() == []


def test_every_network_of_every_invented_holder_is_found() -> None:
    tables = Tables.load(NOWHERE, XX)
    for holder in HOLDERS:
        for text in holder.networks:
            network = ip_network(text)
            for fact in tables.facts([str(network[0]), str(network[-1]), text], DAY):
                assert (fact.network, fact.asn, fact.holder) == (text, holder.asn, holder.name)
                assert fact.located == country(holder.used, XX.countries)


def test_elsewhere_is_never_the_region_itself() -> None:
    tables = Tables.load(NOWHERE, replace(XX, countries=("US", "DE")))
    found = tables.facts(["203.0.113.1", "203.0.113.65", "192.0.2.1"], DAY)
    assert [fact.located for fact in found] == ["BR", "NZ", "US"]


@pytest.mark.parametrize(
    ("day", "asn", "label"),
    [
        ("2026-01-01", 64500, "routing 2026-02-01"),
        ("2026-02-01", 64500, "routing 2026-02-01"),
        ("2026-02-28", 64500, "routing 2026-02-01"),
        ("2026-03-01", 64501, "routing 2026-03-01"),
        ("2030-01-01", 64501, "routing 2026-03-01"),
    ],
)
def test_the_newest_table_that_is_not_younger_than_the_day_answers(
    tmp_path: Path, day: str, asn: int, label: str
) -> None:
    taken(tmp_path, "8.8.0.0/16\t64500\n", day="2026-02-01")
    taken(tmp_path, "8.8.0.0/16\t64501\n", day="2026-03-01")
    fact = Tables.load(tmp_path / "tables", XX).facts(["8.8.8.8"], date.fromisoformat(day))[0]
    assert (fact.asn, fact.tables) == (asn, (label,))


def test_a_table_of_one_family_does_not_hide_an_older_one_of_the_other(tmp_path: Path) -> None:
    taken(tmp_path, "2400::/16\t64500\n", day="2026-02-01")
    taken(tmp_path, "8.8.0.0/16\t64501\n", day="2026-03-01")
    found = Tables.load(tmp_path / "tables", XX).facts(["2400::1", "8.8.8.8"], DAY)
    assert [fact.asn for fact in found] == [64500, 64501]


def test_where_one_source_knows_nothing_the_next_is_asked(tmp_path: Path) -> None:
    taken(tmp_path, "# Country: X (XX)\n9.0.0.0/8\n", day="2026-02-01")
    delegated = (
        "2|apnic|20261101|1|19830101|20261101|+1000\napnic|XY|ipv4|8.0.0.0|256|20100101|allocated\n"
    )
    taken(tmp_path, delegated)
    found = Tables.load(tmp_path / "tables", XX).facts(["8.0.0.1", "9.0.0.1", "7.0.0.1"], DAY)
    assert [(fact.registered, fact.tables) for fact in found] == [
        ("XY", ("registry 2026-11-01",)),
        ("XX", ("registry 2026-02-01",)),
        (None, ()),
    ]


def test_events_get_the_facts_of_their_own_days_in_their_own_order(tmp_path: Path) -> None:
    taken(tmp_path, "8.8.0.0/16\t64500\n", day="2026-02-01")
    taken(tmp_path, "8.8.0.0/16\t64501\n", day="2026-03-01")
    tables = Tables.load(tmp_path / "tables", XX)
    days = [datetime(2026, month, 15, tzinfo=UTC) for month in (3, 2, 3)]
    found = tables.facts_of([event("8.8.8.8", at=at) for at in days])
    assert [fact.asn for fact in found] == [64501, 64500, 64501]


def test_what_the_source_says_of_the_asn_stands_in_where_no_table_knows() -> None:
    tables = Tables.load(NOWHERE, XX)
    known, unknown, named = tables.facts_of(
        [
            event("192.0.2.1", reported_asn=64499),
            event("8.8.8.8", reported_asn=64499),
            event("64501", AssetKind.ASN),
        ]
    )
    assert (known.asn, unknown.asn, named.asn) == (64496, 64499, 64501)
    assert unknown.holder == "Paper Lantern Data Centre"
    assert named.holder == "Goldleaf Savings Bank"


def test_a_host_has_its_registrable_domain_and_its_address_its_facts() -> None:
    tables = Tables.load(NOWHERE, XX)
    alone, both = tables.facts_of(
        [
            event("a.b.example.co.uk", AssetKind.HOST),
            event(
                "https://a.b.example.com/",
                AssetKind.URL,
                host="a.b.example.com",
                address="192.0.2.1",
            ),
        ]
    )
    assert (alone.registrable, alone.asn) == ("example.co.uk", None)
    assert (both.registrable, both.asn) == ("example.com", 64496)
    assert tables.facts(["co.uk"], DAY)[0].registrable is None


def test_places_are_the_facts_without_what_no_row_keeps() -> None:
    tables = Tables.load(NOWHERE, XX)
    events = [
        event("192.0.2.1", host="a.b.example.com"),
        event("8.8.8.8", reported_asn=64499, host="a.example.com"),
        event("www.example.org", AssetKind.HOST),
        event("64501", AssetKind.ASN),
    ]
    assert tables.places_of(events) == [
        replace(one, registrable=None) for one in tables.facts_of(events)
    ]


def test_the_version_changes_with_any_table(tmp_path: Path) -> None:
    before = Tables.load(tmp_path / "tables", XX).version
    taken(tmp_path, "8.8.0.0/16\t64500\n")
    middle = Tables.load(tmp_path / "tables", XX).version
    taken(tmp_path, "8.8.0.0/16\t64501\n")
    after = Tables.load(tmp_path / "tables", XX).version
    assert len({before, middle, after}) == 3
    assert Tables.load(tmp_path / "tables", XX).version == after


def test_a_table_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    taken(tmp_path, "8.8.0.0/16\t64500\n")
    sheet = next((tmp_path / "tables").rglob("table.json"))
    sheet.write_text("{", encoding="utf-8")
    with pytest.raises(GiveUp, match="routeviews@2026-11-20"):
        Tables.load(tmp_path / "tables", XX)


addresses = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(str),
    st.sampled_from(["", "a.example", "192.0.2.300", "::ffff:192.0.2.1", "\0", "1.2.3.4.5"]),
    st.sampled_from([str(ip_network(n)[0]) for holder in HOLDERS for n in holder.networks]),
    st.text(max_size=12),
)


@given(st.lists(addresses, max_size=30))
def test_a_batch_gives_what_each_address_alone_gives(batch: list[str]) -> None:
    tables = Tables.load(NOWHERE, XX)
    together = tables.facts(batch, DAY)
    assert together == [tables.facts([one], DAY)[0] for one in batch]


@pytest.mark.shared
def test_real_tables_answer_as_a_walk_through_their_lines_does(
    tmp_path: Path, shared_data: Path
) -> None:
    import gzip

    from lionrock.enrich.update import Incoming, take_in

    file = shared_data / "ip" / "ipasn_20140513_v12.dat.gz"
    outcomes = take_in([Incoming(path=file, day=DAY)], into=tmp_path)
    assert outcomes[0].age is not None
    assert (outcomes[0].age.day, outcomes[0].age.rows) == (date(2014, 5, 13), 512_490)
    with gzip.open(file, "rt", encoding="ascii") as lines:
        rows = dict(line.split() for line in lines if line[0] not in ";\n")
    asked = [text.partition("/")[0] for text in list(rows)[::997]]
    for address, fact in zip(asked, Tables.load(tmp_path, XX).facts(asked, DAY), strict=True):
        wider = (str(ip_network(f"{address}/{n}", strict=False)) for n in range(32, 0, -1))
        network = next(text for text in wider if text in rows)
        assert (fact.network, str(fact.asn)) == (network, rows[network])
        assert ip_address(address) in ip_network(network)
