"""The exports that people open: a table and JSON."""

import csv
import io
import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from lionrock.letters.csv import COLUMNS, confirmed_csv
from lionrock.letters.json import confirmed_json
from tests.letters.test_block_lists import NEVER, NOW, confirmed


def test_the_table_has_a_header_and_says_which_names_may_be_blocked() -> None:
    names = [confirmed("hsbc-verify.top"), confirmed("pages.dev")]
    rows = _rows(b"".join(confirmed_csv(names, never=NEVER, tlp="TLP:AMBER", now=NOW)))
    assert tuple(rows[0]) == COLUMNS
    assert [row["name"] for row in rows] == ["hsbc-verify.top", "pages.dev"]
    assert [row["blockable"] for row in rows] == ["yes", "no"]
    assert rows[0]["tlp"] == "TLP:AMBER"


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_cell_of_the_table_starts_a_formula(brand: str, shown: str) -> None:
    name = replace(confirmed("hsbc-verify.top"), brand=brand, unicode=shown)
    [row] = _rows(b"".join(confirmed_csv([name], never=NEVER, tlp="TLP:AMBER", now=NOW)))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())


def test_json_spells_everything_out_and_keeps_foreign_letters() -> None:
    name = replace(confirmed("xn--hsbc-ab1.top"), unicode="hsbc滙.top", brand="")
    data = b"".join(confirmed_json([name], never=NEVER, tlp="TLP:AMBER", now=NOW))
    [member] = json.loads(data)["names"]
    assert member["unicode"] == "hsbc滙.top"
    assert member["brand"] is None
    assert member["blockable"] is True
    assert json.loads(data)["tlp"] == "TLP:AMBER"


def test_json_without_names_is_still_json() -> None:
    data = b"".join(confirmed_json([], never=NEVER, tlp="TLP:CLEAR", now=NOW))
    assert json.loads(data)["names"] == []


def _rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))
