"""Feeds that a site declares in a TOML file."""

import json
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lionrock.core.errors import GiveUp
from lionrock.core.feeds import Delivery
from lionrock.feeds import catalogue, declare
from lionrock.feeds.declared import load, load_file, survey
from lionrock.feeds.reading import as_json, read_delivery

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HEAD = 'title = "Ours"\nprovider = "A partner"\n'


def declared(folder: Path, text: str, name: str = "ours") -> Path:
    file = folder / f"{name}.toml"
    file.write_text(HEAD + text, encoding="utf-8")
    return file


def read(folder: Path, declaration: str, content: str | bytes) -> list[dict[str, Any]]:
    feed = load_file(declared(folder, declaration))
    body = content.encode() if isinstance(content, str) else content
    delivery = Delivery.of(body, name="x", received=NOW)
    return [as_json(record) for record in read_delivery(feed, delivery)]


def test_a_plain_list_needs_only_its_kind(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        'format = "lines"\nkind = "fraud.phishing"\ncomments = ["#", ";"]\n',
        "# list\n; more\nbank.example\nhttp://x.example/a\n192.0.2.0/24\n???\n",
    )
    assert [r.get("asset", r.get("why")) for r in found] == [
        {"kind": "host", "value": "bank.example"},
        {"kind": "url", "value": "http://x.example/a"},
        {"kind": "network", "value": "192.0.2.0/24"},
        "names no asset that can be read",
    ]
    assert {r["line"] for r in found} == {3, 4, 5, 6}
    assert found[0]["at"] == "2026-11-20T00:00:00Z"


def test_a_list_that_rates_nothing_is_as_bad_as_its_kind(tmp_path: Path) -> None:
    for kind, severity in (
        ("malicious-code.c2-server", "critical"),
        ("information-gathering.scanner", "low"),
        ("other.undetermined", "info"),
    ):
        [found] = read(tmp_path, f'format = "lines"\nkind = "{kind}"\n', "192.0.2.1\n")
        assert found["severity"] == severity


def test_columns_fill_what_the_file_says(tmp_path: Path) -> None:
    [event] = read(
        tmp_path,
        """
        format = "csv"
        delimiter = ";"
        kind = "vulnerable.vulnerable-system"
        severity = "high"
        seen = "scan"
        [fields]
        at = "when"
        address = ["ip", "other_ip"]
        port = "port"
        cves = "hole"
        severity = "grade"
        [constants]
        service = "http"
        transport = "tcp"
        [time]
        forms = ["%d.%m.%Y %H:%M"]
        zone = "Asia/Hong_Kong"
        [values.severity]
        "1" = "critical"
        """,
        "when;ip;other_ip;port;hole;grade;note\n19.11.2026 12:30;;192.0.2.1;80;cve-2021-26855;1;hi\n",
    )
    assert event == {
        "line": 2,
        "at": "2026-11-19T04:30:00Z",
        "asset": {"kind": "address", "value": "192.0.2.1"},
        "part": "host",
        "kind": "vulnerable.vulnerable-system",
        "severity": "critical",
        "seen": "scan",
        "address": "192.0.2.1",
        "port": 80,
        "transport": "tcp",
        "service": "http",
        "cves": ["CVE-2021-26855"],
        "details": {"note": "hi"},
    }


def test_a_column_with_several_values_makes_an_event_of_each(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        'format = "csv"\nkind = "information-gathering.scanner"\n[fields]\naddress = "ips"\n'
        'port = "ports"\n[split]\naddress = "|"\nport = ","\n',
        'ips,ports\n192.0.2.1|192.0.2.2,"22,23"\n',
    )
    assert [(r.get("nth", 0), r["address"], r["port"]) for r in found] == [
        (0, "192.0.2.1", 22),
        (1, "192.0.2.1", 23),
        (2, "192.0.2.2", 22),
        (3, "192.0.2.2", 23),
    ]


def test_a_flood_of_values_is_refused(tmp_path: Path) -> None:
    many = "|".join(f"192.0.2.{n % 250}" for n in range(3000))
    found = read(
        tmp_path,
        'format = "csv"\n[fields]\naddress = "ips"\n[split]\naddress = "|"\n',
        f"ips\n{many}\n",
    )
    assert found[-1]["why"] == "names more than 1000 things at once"


def test_only_some_records_count(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        'format = "csv"\ncolumns = ["ip", "type"]\n[fields]\naddress = "ip"\n'
        '[[only]]\ncolumn = "type"\nis = ["a", "b"]\nbegins = ["c-"]\n'
        '[[only]]\ncolumn = "ip"\nbegins = ["198."]\nnot = true\n',
        "192.0.2.1,a\n192.0.2.2,x\n192.0.2.3,c-1\n198.51.100.1,a\n",
    )
    assert [r["address"] for r in found] == ["192.0.2.1", "192.0.2.3"]


def test_json_records_are_found_under_their_path(tmp_path: Path) -> None:
    document = {
        "meta": 1,
        "data": {"items": [{"src": {"ip": "192.0.2.1"}, "tags": ["a", "b"], "on": True}]},
    }
    [event] = read(
        tmp_path,
        'format = "json"\npath = "data.items"\n[fields]\naddress = "src.ip"\n',
        json.dumps(document),
    )
    assert event["address"] == "192.0.2.1"
    assert event["details"] == {"tags": ["a", "b"], "on": "true"}


def test_a_word_of_the_source_may_name_the_kind(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        'format = "jsonl"\n[fields]\naddress = "ip"\nkind = "type"\n'
        '[values.kind]\n"C&C" = "malicious-code.c2-server"\n',
        '{"ip": "192.0.2.1", "type": "c&c"}\n{"ip": "192.0.2.2:8080", "type": "?"}\n',
    )
    assert [r["kind"] for r in found] == ["malicious-code.c2-server", "other.undetermined"]
    assert found[1]["port"] == 8080


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('format = "xml"', "format must be lines or csv or json or jsonl, not 'xml'"),
        ('format = "csv"', "[fields] is missing"),
        ('format = "lines"\nid = "Not Good"', "id must be lower-case letters"),
        ('format = "lines"\nkind = "bad"', "kind must be one of abusive-content.spam"),
        ('format = "lines"\ntrust = 101', "trust must be a number from 0 to 100"),
        ('format = "lines"\nevery = "soon"', "every must be like"),
        ('format = "lines"\nzone = 1', "nobody knows “zone”"),
        ('format = "lines"\n[time]\nzone = "Nowhere/Land"', "time.zone must be"),
        ('format = "lines"\n[time]\nzone = "/etc/passwd"', "time.zone must be"),
        ('format = "csv"\n[fields]\nip = "ip"', "nobody knows “fields.ip”"),
        ('format = "csv"\n[fields]\naddress = 3', "address must be a list of texts"),
        ('format = "lines"\n[values.kind]\nx = "bad"', "values.kind has 'bad'"),
        ('format = "lines"\n[[only]]\nis = ["x"]', "[[only]] must name its column"),
        ('format = "lines"\ntlp = "red"', "tlp must be one of"),
        ("format = ", "is no TOML"),
    ],
)
def test_a_fault_is_named_with_its_file(tmp_path: Path, text: str, fault: str) -> None:
    file = declared(tmp_path, text)
    with pytest.raises(GiveUp) as refused:
        load_file(file)
    assert str(file) in str(refused.value)
    assert fault in str(refused.value)


def test_every_fault_of_a_file_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(GiveUp) as refused:
        load_file(declared(tmp_path, 'format = "xml"\nseverity = "awful"\n'))
    assert "format must" in str(refused.value)
    assert "severity must" in str(refused.value)


def test_one_faulty_file_does_not_take_the_others_away(tmp_path: Path) -> None:
    declared(tmp_path, 'format = "lines"\nevery = "15 minutes"\n', "good")
    declared(tmp_path, 'format = "lines"\nid = "good"\n', "twin")
    declared(tmp_path, "format = 3", "wrong")
    feeds, faults = survey(tmp_path)
    assert [(f.id, f.every) for f in feeds] == [("good", timedelta(minutes=15))]
    assert len(faults) == 2
    with pytest.raises(GiveUp):
        load(tmp_path)
    assert survey(tmp_path / "absent") == ([], [])


def test_the_how_tos_example_is_a_declaration(tmp_path: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "how-to" / "declare-a-feed.md"
    text = page.read_text(encoding="utf-8")
    example = textwrap.dedent(text.partition("```toml\n")[2].partition("```")[0])
    file = tmp_path / "our-partner.toml"
    file.write_text(example, encoding="utf-8")
    content = (
        "# daily\nlast seen;ipv4;ipv6;port;cve;risk;state\n"
        "19.11.2026 08:30;192.0.2.1,192.0.2.2;;443;CVE-2021-26855;5;open\n"
        "19.11.2026 08:30;;2001:db8::1;443;;1;closed\n"
    )
    delivery = Delivery.of(content.encode(), name="daily.csv", received=NOW)
    found = [as_json(record) for record in read_delivery(load_file(file), delivery)]
    assert [(r["address"], r["severity"], r["at"]) for r in found] == [
        ("192.0.2.1", "critical", "2026-11-19T00:30:00Z"),
        ("192.0.2.2", "critical", "2026-11-19T00:30:00Z"),
    ]


def test_a_declared_feed_stands_in_the_catalogue(tmp_path: Path) -> None:
    feeds = load(declared(tmp_path, 'format = "lines"\n').parent)
    try:
        declare(feeds)
        assert catalogue()["ours"].title == "Ours"
        taken = load_file(declared(tmp_path, 'format = "lines"\nid = "shadowserver"\n', "taken"))
        with pytest.raises(GiveUp, match="two feeds are called “shadowserver”"):
            declare([taken])
        assert "ours" in catalogue()
    finally:
        declare([])
    assert "ours" not in catalogue()
