"""A file of cases is read strictly: a row says a case, or why it is none."""

import json
from datetime import UTC, date, datetime

import pytest

from lionrock.desk.cases.reading import (
    NoCases,
    Told,
    Unfit,
    Unreadable,
    Vocabulary,
    Why,
    read_again,
    read_file,
    read_row,
)
from lionrock.regions import load
from tests.regions.test_loading import PACKS

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
WORDS = Vocabulary.of(load("xx", PACKS / "xx"))
GOOD = {"reference": "A-1", "opened": "2026-07-05", "category": "phishing"}


def told(**cells: object) -> Told:
    """Read one line of JSON."""
    (row,) = read_file(json.dumps({**GOOD, **cells}).encode()).rows
    return read_row(row, WORDS, now=NOW)


def why(**cells: object) -> Why:
    """Say why one line of JSON is no case."""
    with pytest.raises(Unfit) as unfit:
        told(**cells)
    return unfit.value.why


def test_a_row_of_a_table_is_read_with_all_it_says() -> None:
    table = (
        "Ticket;Opened at;Closed;Type;Source;Brand imitated;URLs;Officer\r\n"
        "A-1;2026-07-05 23:30;2026-07-06;Páginas falsas;By lamp;Banco Marbluna;"
        "hxxp://login[.]example/a http://login.example/a#x https://other.example;Ana\r\n"
    )
    file = read_file(table.encode("utf-8-sig"))
    assert file.passed_over == ("officer",)
    assert read_row(file.rows[0], WORDS, now=NOW) == Told(
        reference="A-1",
        opened_at=datetime(2026, 7, 5, 23, 30, tzinfo=UTC),  # the Isles keep UTC in summer
        opened_on=date(2026, 7, 5),
        closed_at=datetime(2026, 7, 6, tzinfo=UTC),
        category="phishing",
        channel="lighthouse",
        sector="bank",
        brand="marbluna",
        brand_named="Banco Marbluna",
        urls=2,
        listed=("http://login.example/a", "https://other.example/"),
    )


def test_a_brand_no_pack_knows_keeps_its_name_and_the_sector_that_was_given() -> None:
    case = told(brand="Corner Bakery", sector="Correio", urls=7)
    assert (case.brand, case.brand_named, case.sector) == ("", "Corner Bakery", "parcel")
    assert (case.urls, case.listed) == (7, ())


def test_the_day_is_the_regions_wherever_the_time_was_written() -> None:
    assert told(opened="2026-01-01T00:30:00+00:00").opened_on == date(2025, 12, 31)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"reference": " "}, Why.REFERENCE),
        ({"reference": "x" * 121}, Why.REFERENCE),
        ({"reference": "a\0b"}, Why.REFERENCE),
        ({"opened": "05/07/2026"}, Why.OPENED),
        ({"opened": "2026-02-30"}, Why.OPENED),
        ({"opened": "9999-12-31T23:59:59-12:00"}, Why.OPENED),
        ({"opened": "2026-12-24"}, Why.FUTURE),
        ({"closed": "soon"}, Why.CLOSED),
        ({"closed": "2026-07-04"}, Why.BACKWARDS),
        ({"category": "nonsense"}, Why.CATEGORY),
        ({"category": ""}, Why.CATEGORY),
        ({"channel": "pigeon"}, Why.CHANNEL),
        ({"sector": "alchemy"}, Why.SECTOR),
        ({"brand": "b" * 201}, Why.BRAND),
        ({"urls": "javascript:alert(1)"}, Why.URLS),
        ({"urls": -3}, Why.URLS),
        ({"urls": "99999999"}, Why.URLS),
        ({"urls": ["http://[broken"]}, Why.URLS),
        ({"brand": True}, Why.BROKEN),
        ({"": "more"}, Why.CELLS),
    ],
)
def test_a_row_with_anything_wrong_says_what(cells: dict[str, object], reason: Why) -> None:
    assert why(**cells) is reason


def test_a_line_that_is_no_json_is_kept_as_it_was_written() -> None:
    deep = "[" * 50_000
    file = read_file(b'{"reference": "A-1"}\n{"cut off\n' + b'{"a": ' + deep.encode() + b"\n")
    assert [row.why for row in file.rows] == [None, Why.BROKEN, Why.BROKEN]
    assert file.rows[1].text == '{"cut off'


def test_a_rejected_row_of_a_table_reads_the_same_from_what_was_kept() -> None:
    table = b"reference,opened,category\nA-1,2026-07-05,nonsense\nA-2,2026-07-05,phishing,more\n"
    for row in read_file(table).rows:
        again = read_again(row.text, line=row.line)
        assert again.text == row.text
        said = []
        for each in (row, again):
            with pytest.raises(Unfit) as unfit:
                read_row(each, WORDS, now=NOW)
            said.append((unfit.value.why, unfit.value.value))
        assert said[0] == said[1]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Unreadable.NO_COLUMNS),
        (b"name,opened\n", Unreadable.NO_COLUMNS),
        (b"reference,opened,category,id\n", Unreadable.BROKEN),
        (b"\xff\xfe\xff", Unreadable.ENCODING),
        (b"reference,opened,category\n\0", Unreadable.ENCODING),
    ],
)
def test_what_is_no_file_of_cases_is_refused_whole(content: bytes, reason: Unreadable) -> None:
    with pytest.raises(NoCases) as refused:
        read_file(content)
    assert refused.value.why is reason
