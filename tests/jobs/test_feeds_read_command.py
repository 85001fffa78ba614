"""The commands that read deliveries and list feeds."""

import gzip
import json
from pathlib import Path

import pytest

from lionrock.feeds import catalogue
from lionrock.jobs.cli import run
from lionrock.jobs.exits import Exit

REPORT = (
    "timestamp,ip,port,hostname,tag\n"
    "2026-11-19 00:00:00,192.0.2.1,23,a.example,=cmd\n"
    "2026-11-19 00:00:01,,23,,x\n"
)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "2026-11-20-scan_telnet-region.csv.gz"
    file.write_bytes(gzip.compress(REPORT.encode()))
    return file


def test_a_delivery_is_printed_line_by_line(
    report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["feeds", "read", "shadowserver", str(report), "--format", "jsonl"]) == Exit.FINE
    out, err = capsys.readouterr()
    event, reject = map(json.loads, out.splitlines())
    assert (event["address"], event["report"]) == ("192.0.2.1", "scan_telnet")
    assert reject["why"] == "names no address, host, URL or network"
    assert err == "events: 1, rejects: 1\n"


def test_a_table_for_people_holds_nothing_a_terminal_obeys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "scan_telnet.csv"
    file.write_text(
        "timestamp,ip,family\n2026-11-19 00:00:00,192.0.2.1,\x1b[31mred\n", encoding="utf-8"
    )
    assert run(["feeds", "read", "shadowserver", str(file)]) == Exit.FINE
    out = capsys.readouterr().out
    assert "192.0.2.1" in out
    assert "\x1b" not in out


def test_a_spreadsheet_gets_no_formula(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "scan_telnet.csv"
    file.write_text("timestamp,ip,family\n2026-11-19 00:00:00,192.0.2.1,=1+1\n", encoding="utf-8")
    assert run(["feeds", "read", "shadowserver", str(file), "--format", "csv"]) == Exit.FINE
    assert ",'=1+1," in capsys.readouterr().out


def test_the_feed_is_told_by_the_name_or_refused(
    report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["feeds", "read", "auto", str(report)]) == Exit.FINE
    events = tmp_path / "events.json"
    events.write_text('{"classification.type": "spam", "source.ip": "192.0.2.1"}', encoding="utf-8")
    assert run(["feeds", "read", "auto", str(events)]) == Exit.FINE
    plain = tmp_path / "list.txt"
    plain.write_text("192.0.2.1\n", encoding="utf-8")
    assert run(["feeds", "read", "auto", str(plain)]) == Exit.UNREADABLE
    assert "neither name nor content tells its feed" in capsys.readouterr().err


def test_a_declaration_is_tried_before_it_is_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    declaration = tmp_path / "ours.toml"
    declaration.write_text(
        'title = "Ours"\nprovider = "us"\nformat = "lines"\nkind = "fraud.phishing"\n',
        encoding="utf-8",
    )
    listed = tmp_path / "list.txt"
    listed.write_text("bank.example\n", encoding="utf-8")
    assert run(["feeds", "read", str(declaration), str(listed), "--format", "jsonl"]) == Exit.FINE
    assert json.loads(capsys.readouterr().out)["kind"] == "fraud.phishing"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["shadowserver", "absent.csv"], Exit.MISSING, "absent.csv is no file"),
        (["no-such-feed", "absent.csv"], Exit.UNREADABLE, "there is no feed “no-such-feed”"),
        (["shadowserver"], Exit.UNREADABLE, "no file was named"),
    ],
    ids=["file", "feed", "nothing"],
)
def test_what_is_missing_is_said(
    words: list[str], code: Exit, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["feeds", "read", *words]) == code
    assert said in capsys.readouterr().err


def test_a_delivery_that_ends_early_is_said_after_what_was_read(
    report: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report.write_bytes(b"\x1f\x8b\x08\x00 nothing packed")
    assert run(["feeds", "read", "shadowserver", str(report)]) == Exit.UNREADABLE
    assert "is a broken archive" in capsys.readouterr().err


def test_every_feed_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["feeds", "list", "--format", "jsonl"]) == Exit.FINE
    listed = [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]
    assert listed == list(catalogue())
    assert run(["feeds", "list"]) == Exit.FINE
    assert "shadowserver " in capsys.readouterr().out


def test_events_leave_as_intelmq_writes_them_and_come_in_again(
    report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["feeds", "read", "shadowserver", str(report), "--format", "intelmq"]) == Exit.FINE
    out, err = capsys.readouterr()
    [event] = map(json.loads, out.splitlines())  # a reject has no form there
    assert event["__type"] == "Event"
    assert (event["source.ip"], event["feed.name"]) == ("192.0.2.1", "scan_telnet")
    assert err == "events: 1, rejects: 1\n"

    there = tmp_path / "events.jsonl"
    there.write_text(out, encoding="utf-8")
    assert run(["feeds", "read", "intelmq", str(there), "--format", "jsonl"]) == Exit.FINE
    assert json.loads(capsys.readouterr().out)["address"] == "192.0.2.1"
