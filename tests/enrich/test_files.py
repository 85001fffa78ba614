"""Every kind of table file is recognised by its content and read to the last oddity."""

import gzip
import io
import json
import tarfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mmdb_writer import MMDBWriter
from netaddr import IPSet  # type: ignore[import-untyped]  # it has no types

from lionrock.core.errors import GiveUp
from lionrock.core.facts import Facts
from lionrock.enrich.files import kind_of
from lionrock.enrich.tables import Tables
from lionrock.enrich.update import Incoming, Outcome, take_in
from tests.enrich.makes import XX, laid, taken

DAY = date(2026, 11, 20)


def facts(folder: Path, *addresses: str) -> list[Facts]:
    return Tables.load(folder / "tables", XX).facts(addresses, DAY)


PYASN = "; IP-ASN32-DAT file\n; Original file : rib.20261104.0600.bz2\n; \n8.0.0.0/9\t64500\n8.8.0.0/16\t64501\n2400::/16\t64502\n"
RIS = "% RIS whois dump\n\n64500\t8.0.0.0/9\t300\n64501\t8.8.0.0/16\t5\n64502\t8.8.0.0/16\t200\n{64505,64506}\t9.0.0.0/8\t9\n64500\t0.0.0.0/0\t2\n"
CAIDA = "8.0.0.0\t9\t64500\n8.8.0.0\t16\t64501_64502\n9.0.0.0\t8\t64505,64506\n"
DUMP = "".join(
    f"TABLE_DUMP2|1793782800|B|203.0.113.{n}|65536|{prefix}|65536 65537 {origin}|IGP|203.0.113.1|0|0||NAG||\n"
    for n, (prefix, origin) in enumerate(
        [
            ("8.0.0.0/9", "64500"),
            ("8.8.0.0/16", "64501"),
            ("8.8.0.0/16", "64502"),
            ("8.8.0.0/16", "64502"),
            ("0.0.0.0/0", "64500"),
            ("9.0.0.0/8", "{64505,64506}"),
            ("2400::/16", "64503"),
        ]
    )
)


@pytest.mark.parametrize(
    ("content", "origins", "day"),
    [
        (PYASN, [64501, 64500, None], "2026-11-04"),
        (RIS, [64502, 64500, 64505], "2026-11-20"),
        (CAIDA, [64501, 64500, 64505], "2026-11-20"),
        (DUMP, [64502, 64500, 64505], "2026-11-04"),
    ],
    ids=["pyasn", "ris", "caida", "bgpdump"],
)
def test_routing_tables_of_every_kind_say_the_same(
    tmp_path: Path, content: str, origins: list[int | None], day: str
) -> None:
    outcomes = taken(tmp_path, content)
    assert [(one.age and one.age.fact, one.why) for one in outcomes] == [("routing", "")]
    found = facts(tmp_path, "8.8.8.8", "8.1.1.1", "9.9.9.9")
    assert [fact.asn for fact in found] == origins
    assert found[0].network == "8.8.0.0/16"
    assert found[0].tables == (f"routing {day}",)


def test_a_packed_table_is_unpacked(tmp_path: Path) -> None:
    taken(tmp_path, gzip.compress(PYASN.encode()))
    assert facts(tmp_path, "2400::1")[0].asn == 64502


DELEGATED = """2.3|ripencc|1793782800|9|19830705|20261104|+0100
ripencc|*|ipv4|*|5|summary
ripencc|XX|ipv4|8.0.0.0|768|20100101|allocated|a
ripencc|XY|ipv4|8.0.3.0|256|20100101|assigned|b
ripencc||ipv4|8.0.4.0|256||available|
ripencc|ZZ|ipv4|8.0.5.0|256||reserved|
ripencc|EU|ipv4|8.0.6.0|256|20100101|allocated|c
ripencc|XX|ipv6|2a00:1::|29|20100101|allocated|d
ripencc|XX|asn|64500|3|20100101|allocated|e
"""


def test_a_registrys_file_counts_addresses_that_are_no_power_of_two(tmp_path: Path) -> None:
    outcomes = taken(tmp_path, DELEGATED)
    assert outcomes[0].age is not None
    assert (outcomes[0].age.source, outcomes[0].age.rows) == ("ripencc", 3)
    asked = ("8.0.2.255", "8.0.3.0", "8.0.4.0", "8.0.5.0", "8.0.6.0", "2a00:7::1", "2a00:9::1")
    found = facts(tmp_path, *asked)
    assert [fact.registered for fact in found] == ["XX", "XY", None, None, None, "XX", None]
    assert found[0].tables == ("registry 2026-11-04",)
    assert all(fact.located is None for fact in found)


def test_prefixes_of_many_countries_make_one_table(tmp_path: Path) -> None:
    files = {
        "xx/ipv4.txt": "# Country: Nowhere (XX)\n# Address family: IPv4\n#\n8.0.0.0/24\n",
        "xx/ipv6.txt": "# Country: Nowhere (XX)\n2400::/32\n",
        "xx/aggregated.json": json.dumps(
            {
                "country": "Nowhere",
                "countryCode": "XX",
                "prefixes": {"ipv4": ["8.0.0.0/24"], "ipv6": ["2400::/32"]},
            },
            indent=2,
        ),
        "xy/ipv4.txt": "# Country: Elsewhere (XY)\n8.0.1.0/24\n",
    }
    paths = [
        laid(tmp_path / Path(name).parent, Path(name).name, text) for name, text in files.items()
    ]
    outcomes = take_in([Incoming(path=path, day=DAY) for path in paths], into=tmp_path / "tables")
    assert [(one.age.fact, one.age.rows) for one in outcomes if one.age] == [("registry", 3)]
    found = facts(tmp_path, "8.0.0.1", "8.0.1.1", "2400::1", "8.0.2.1")
    assert [fact.registered for fact in found] == ["XX", "XY", "XX", None]


def test_ranges_in_steps_are_counted_from_one_to_the_next(tmp_path: Path) -> None:
    taken(tmp_path, "#hexdelta1:4\n0,\n8000000,XX\n100,XY\n100,\n")
    found = facts(tmp_path, "8.0.0.0", "8.0.0.255", "8.0.1.0", "8.0.2.0", "7.255.255.255")
    assert [fact.located for fact in found] == ["XX", "XX", "XY", None, None]
    taken(tmp_path, "#hexdelta1:6\n0,\n2400000000000000,XX\n100000000,\n", day="2026-11-19")
    found = facts(tmp_path, "2400::1", "2400:0:ffff::", "2400:1::")
    assert [fact.located for fact in found] == ["XX", "XX", None]


def test_a_broken_step_names_its_line(tmp_path: Path) -> None:
    outcomes = taken(tmp_path, "#hexdelta1:4\n0,\nword,XX\n")
    assert outcomes[0].why == "file, line 3: is no step and country"


def test_ranges_from_first_to_last_say_where_or_whose(tmp_path: Path) -> None:
    taken(
        tmp_path,
        '"8.0.0.0","8.0.2.255","XX"\n"2400::","2400:0:ffff:ffff:ffff:ffff:ffff:ffff","XY"\n',
    )
    taken(
        tmp_path,
        "8.0.0.0\t8.0.2.255\t64509\tXX\tSAMPLE-AS Sample\n9.0.0.0\t9.0.0.9\t0\tNone\tNot routed\n",
    )
    first, second, third = facts(tmp_path, "8.0.2.9", "2400::9", "9.0.0.1")
    assert (first.located, first.asn, first.holder) == ("XX", 64509, "SAMPLE-AS Sample")
    assert first.network is None
    assert (second.located, third.asn) == ("XY", None)


@pytest.mark.parametrize(
    "content",
    [
        '{"64509": "SAMPLE-AS Sample, Ltd., XX", "64508": ""}',
        "0 -Private, ZZ\n64509 SAMPLE-AS Sample, Ltd., XX\n",
    ],
    ids=["json", "lines"],
)
def test_names_of_asns_lose_the_country_behind_them(tmp_path: Path, content: str) -> None:
    taken(tmp_path, content)
    tables = Tables.load(tmp_path / "tables", XX)
    assert tables.holder(64509, DAY) == "SAMPLE-AS Sample, Ltd."
    assert tables.holder(64508, DAY) is None
    assert tables.holder(64999, DAY) is None


def mmdb(kind: str, rows: dict[str, dict[str, object]]) -> bytes:
    writer = MMDBWriter(6, kind, languages=["en"], description="made up", ipv4_compatible=True)
    for network, record in rows.items():
        writer.insert_network(IPSet([network]), record)
    made = io.BytesIO()
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made.mmdb"
        writer.to_db_file(str(path))
        made.write(path.read_bytes())
    return made.getvalue()


PLACES: dict[str, dict[str, dict[str, object]]] = {
    "GeoLite2-City": {
        "8.0.0.0/24": {"country": {"iso_code": "XX"}, "registered_country": {"iso_code": "XY"}},
        "8.0.1.0/24": {"registered_country": {"iso_code": "XY"}},
        "2400::/32": {"country": {"iso_code": "XY"}},
    },
    "DBIP-Country-Lite": {
        "8.0.0.0/24": {"country": {"iso_code": "XX", "geoname_id": 1}},
        "2400::/32": {"country": {"iso_code": "XY"}},
    },
    "ipinfo lite": {
        "8.0.0.0/24": {"country_code": "XX", "country": "Nowhere"},
        "2400::/32": {"country": "Elsewhere", "country_code": "XY"},
    },
    "country_asn": {"8.0.0.0/24": {"country": "XX"}, "2400::/32": {"country": "XY"}},
}


@pytest.mark.parametrize(("kind", "rows"), PLACES.items(), ids=PLACES)
def test_a_maxmind_db_of_any_provider_says_where_a_network_is_used(
    tmp_path: Path, kind: str, rows: dict[str, dict[str, object]]
) -> None:
    outcomes = taken(tmp_path, mmdb(kind, rows))
    assert [one.age.fact for one in outcomes if one.age] == ["geolocation"]
    found = facts(tmp_path, "8.0.0.7", "8.0.1.7", "2400::7", "2401::7", "::ffff:8.0.0.7")
    assert [fact.located for fact in found] == ["XX", None, "XY", None, "XX"]


def test_a_maxmind_db_of_origins_says_whose_a_network_is(tmp_path: Path) -> None:
    rows: dict[str, dict[str, object]] = {
        "8.0.0.0/22": {
            "autonomous_system_number": 64509,
            "autonomous_system_organization": "Sample",
        },
        "2400::/32": {"asn": "AS64508", "as_name": "Other", "country_code": "XX"},
    }
    outcomes = taken(tmp_path, mmdb("Sample ASN", rows))
    assert [one.age.fact for one in outcomes if one.age] == ["geolocation", "routing", "holder"]
    one, other = facts(tmp_path, "8.0.1.7", "2400::7")
    assert (one.asn, one.holder, one.network) == (64509, "Sample", "8.0.0.0/22")
    assert (other.asn, other.located) == (64508, "XX")


def test_a_maxmind_db_comes_in_an_archive_too(tmp_path: Path) -> None:
    content = mmdb("GeoLite2-Country", {"8.0.0.0/24": {"country": {"iso_code": "XX"}}})
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, data in (("a/LICENSE.txt", b"words"), ("a/GeoLite2-Country.mmdb", content)):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    taken(tmp_path, packed.getvalue())
    assert facts(tmp_path, "8.0.0.7")[0].located == "XX"


RIPE = """% a registry's database

organisation:   ORG-SL1-RIPE
org-name:       Sample Ltd
abuse-c:        AR1-RIPE
source:         RIPE # Filtered

role:           Abuse of Sample
nic-hdl:        AR1-RIPE
abuse-mailbox:  abuse@sample.example
source:         RIPE # Filtered

inetnum:        8.0.0.0 - 8.0.2.255
netname:        SAMPLE
org:            ORG-SL1-RIPE
source:         RIPE # Filtered

inet6num:       2400::/32
abuse-c:        AR1-RIPE
source:         RIPE

inetnum:        9.0.0.0 - 9.0.0.255
org:            ORG-NOBODY
source:         RIPE
"""
APNIC = "irt: IRT-SAMPLE-XX\ne-mail: irt@sample.example\nabuse-mailbox: cert@sample.example\nsource: APNIC\n"
NETWORKS = "inetnum: 8.0.1.0 - 8.0.1.255\nmnt-irt: IRT-SAMPLE-XX\nsource: APNIC\n"


def test_a_registrys_database_is_joined_down_to_whom_abuse_is_reported(tmp_path: Path) -> None:
    paths = [
        laid(tmp_path, name, text)
        for name, text in (("apnic.inetnum", NETWORKS), ("apnic.irt", APNIC), ("ripe", RIPE))
    ]
    outcomes = take_in([Incoming(path=path, day=DAY) for path in paths], into=tmp_path / "tables")
    kept = {one.age.source: one.age.rows for one in outcomes if one.age}
    assert kept == {"apnic": 1, "ripe": 2}
    tables = Tables.load(tmp_path / "tables", XX)
    assert tables.abuse("2400::9", DAY) == ("abuse@sample.example", "ripe 2026-11-20")
    assert tables.abuse("8.0.1.9", DAY) == ("cert@sample.example", "apnic 2026-11-20")
    assert tables.abuse("8.0.2.9", DAY) == ("abuse@sample.example", "ripe 2026-11-20")
    assert tables.abuse("9.0.0.1", DAY) is None
    assert tables.abuse("a.example", DAY) is None


@pytest.mark.parametrize(
    "content",
    [b"", b"A note about these files.\n", b"\x00\x01\x02" * 99, b"1.2.3.4\n", b"{}", b"[1]"],
    ids=["empty", "note", "binary", "addresses", "object", "list"],
)
def test_what_is_no_table_is_left_alone(tmp_path: Path, content: bytes) -> None:
    assert taken(tmp_path, content) == [Outcome(what="file", why="is no table that is known")]
    assert not (tmp_path / "tables").exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (gzip.compress(PYASN.encode() * 9)[:-20], "broken"),
        (b"\x1f\x8bnothing", "broken"),
        (b"8.0.0.0/9\t64500\n" + b"8" * 70_000, "more than 65536 bytes"),
        (mmdb("GeoLite2-Country", {"8.0.0.0/24": {"country": {"iso_code": "XX"}}})[40:], "broken"),
        (b'{"64500": "A", "64501": ', "no list of names"),
    ],
    ids=["cut gzip", "no gzip", "endless line", "cut mmdb", "cut json"],
)
def test_a_broken_file_is_named_and_the_others_are_kept(
    tmp_path: Path, content: bytes, why: str
) -> None:
    broken = laid(tmp_path / "in", "broken", content)
    sound = laid(tmp_path / "in", "sound", CAIDA)
    outcomes = take_in(
        [Incoming(path=broken, day=DAY), Incoming(path=sound, day=DAY)], into=tmp_path / "tables"
    )
    assert why in outcomes[0].why
    assert outcomes[-1].age is not None


@pytest.mark.shared
def test_every_real_table_is_recognised(shared_data: Path) -> None:
    folder = shared_data / "ip"
    kinds = {path.name: kind_of(path) for path in sorted(folder.glob("*.gz"))}
    assert {name: kind.title if kind else None for name, kind in kinds.items()} == {
        "asnames_2021.json.gz": "names of ASNs",
        "ipasn6_20151101.dat.gz": "routing table of pyasn",
        "ipasn_20140513_v12.dat.gz": "routing table of pyasn",
        "maltrail-ip2cc.csv.gz": "ranges in steps",
        "maltrail-ip2cc6.csv.gz": "ranges in steps",
    }
    country = [path for path in (folder / "rir-ip" / "country").rglob("*") if path.is_file()]
    assert {kind.title if (kind := kind_of(path)) else path.name for path in country} == {
        "prefixes of a country"
    }


def test_a_tar_without_a_table_says_so(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO())
    with pytest.raises(GiveUp, match="without a table"):
        kind_of(laid(tmp_path, "a.tar.gz", packed.getvalue()))


SEEDS = [
    PYASN,
    RIS,
    CAIDA,
    DUMP,
    DELEGATED,
    RIPE,
    "#hexdelta1:4\n0,\n8000000,XX\n100,XY\n",
    "# Country: Nowhere (XX)\n8.0.0.0/24\n",
    '{"64509": "SAMPLE, XX"}',
    '"8.0.0.0","8.0.2.255","XX"\n',
]


@given(st.data())
def test_no_spoilt_table_stops_the_others(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    text = bytearray(data.draw(st.sampled_from(SEEDS)).encode())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text) - 1))
        match data.draw(st.sampled_from(["change", "drop", "add"])):
            case "change":
                text[at] = data.draw(st.integers(0, 255))
            case "drop":
                del text[at : at + data.draw(st.integers(1, 9))]
                text += b"\n"
            case _:
                text[at:at] = data.draw(st.binary(max_size=9))
    folder = tmp_path_factory.mktemp("spoilt")
    spoilt, sound = laid(folder, "spoilt", bytes(text)), laid(folder, "sound", '{"64508": "SOUND"}')
    outcomes = take_in(
        [Incoming(path=spoilt, day=DAY), Incoming(path=sound, day=DAY)], into=folder / "tables"
    )
    assert all(one.age or one.why for one in outcomes)
    assert Tables.load(folder / "tables", XX).holder(64508, DAY) == "SOUND"
