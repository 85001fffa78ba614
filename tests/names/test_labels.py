"""People's decisions are read as labels: strictly, line by line, whatever else the file holds."""

import json
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from lionrock.names.blocks import Reject
from lionrock.names.labels import LONGEST_LINE, Label, Said, latest, read_labels


def line(
    name: str, label: str = "abuse", at: str = "2026-03-02T04:00:00+00:00", **more: str
) -> str:
    facts = {"name": name, "label": label, "at": at, "by": "ab12", "model_version": "m-1"}
    return json.dumps({**facts, **more})


def read(tmp_path: Path, *lines: str | bytes) -> list[Label | Reject]:
    file = tmp_path / "labels.jsonl"
    file.write_bytes(b"\n".join(x.encode() if isinstance(x, str) else x for x in lines))
    return list(read_labels(file))


def test_a_decision_becomes_a_label_of_what_was_registered(tmp_path: Path) -> None:
    (label,) = read(tmp_path, line("login.bank-verify.co.uk", "benign", reason="accident"))
    assert isinstance(label, Label)
    assert (label.registrable, label.host) == ("bank-verify.co.uk", "login.bank-verify.co.uk")
    assert (label.verdict, label.reason) == (Said.BENIGN, "accident")
    assert (label.by, label.model_version) == ("ab12", "m-1")
    assert label.when.isoformat() == "2026-03-02T04:00:00+00:00"


def test_a_tenants_name_is_what_was_registered_there(tmp_path: Path) -> None:
    (label,) = read(tmp_path, line("a.bank-login.pages.dev"))
    assert isinstance(label, Label)
    assert label.registrable == "bank-login.pages.dev"


def test_what_is_no_label_is_rejected_with_line_and_reason(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        line("good.com"),
        "",
        "not json",
        "[1]",
        line("other.com", "maybe"),
        '{"name": "other.com", "label": ["abuse"]}',
        line("other.com", at="yesterday"),
        line("other.com", at="2026-03-02T04:00:00"),
        line("co.uk"),
        line("two words"),
        "[" * 9_000,
        line("x" * LONGEST_LINE),
        line("last.com"),
    )
    rejects = [(each.line, each.why) for each in found if isinstance(each, Reject)]
    assert rejects == [
        (3, "not JSON"),
        (4, "no object with a name"),
        (5, "no label (abuse, benign or unclear)"),
        (6, "no label (abuse, benign or unclear)"),
        (7, "no time in ISO 8601"),
        (8, "the time has no offset"),
        (9, "not a name that somebody registered"),
        (10, "not a name that somebody registered"),
        (11, "not JSON"),
        (12, "the line is too long"),
    ]
    labels = [each.registrable for each in found if isinstance(each, Label)]
    assert labels == ["good.com", "last.com"]


def test_the_last_decision_about_a_domain_counts(tmp_path: Path) -> None:
    found = latest(
        read(
            tmp_path,
            line("www.bank.com", "benign", at="2026-03-04T12:00:00+08:00"),
            line("bank.com", "abuse", at="2026-03-04T05:00:00+00:00"),
            line("bank.com", "unclear", at="2026-03-03T00:00:00+00:00"),
            "nonsense",
        )
    )
    assert {name: label.verdict for name, label in found.items()} == {"bank.com": Said.ABUSE}


def test_an_empty_file_holds_no_label(tmp_path: Path) -> None:
    assert read(tmp_path) == []


@given(st.lists(st.binary(max_size=200).filter(lambda text: b"\n" not in text), max_size=5))
def test_any_bytes_are_read_line_by_line(lines: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = read(Path(folder), *lines)
    assert len(found) == sum(bool(each.strip()) for each in lines)
