"""Judged names are written for machines and for people."""

import csv
import io
import json

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.errors import GiveUp
from lionrock.core.judgement import Judgement, Reason, Verdict
from lionrock.names.blocks import Reject
from lionrock.names.writers import FORMATS, RejectsWriter, open_writer
from tests.names.steps import counted

FIELDS = [
    "name",
    "registrable",
    "tenant_of",
    "score",
    "verdict",
    "brand",
    "reasons",
    "model_version",
]


def judgement(name: str = "https://Acme-login.pages.dev/") -> Judgement:
    return Judgement(
        name=name,
        host="acme-login.pages.dev",
        registrable="acme-login.pages.dev",
        tenant_of="pages.dev",
        score=0.912345678,
        verdict=Verdict.SUSPECT,
        brand="acme",
        reasons=(
            Reason(code="brand-word", about='ac"me', start=0, end=4),
            Reason(code="model"),
        ),
        model_version="m1",
    )


PLAIN = Judgement(
    name="shop.example",
    host="shop.example",
    registrable="shop.example",
    tenant_of=None,
    score=0.00001234567,
    verdict=Verdict.UNREMARKABLE,
    brand=None,
    reasons=(),
    model_version="m1",
)
REASONS = [
    {"code": "brand-word", "span": [8, 12], "words": "contains the brand name “ac\"me” as a word of its own"},
    {"code": "model", "span": None, "words": "reads like the names of reported phishing sites"},
]  # fmt: skip


def written(form: str, *judgements: Judgement) -> bytes:
    stream = io.BytesIO()
    writer = open_writer(form, stream)
    writer.write(judgements[:1])
    writer.write(judgements[1:])
    writer.close()
    assert not stream.closed
    return stream.getvalue()


def test_json_lines_hold_every_field_in_the_stated_order() -> None:
    rows = [json.loads(line) for line in written("jsonl", judgement(), PLAIN).splitlines()]
    assert [list(row) for row in rows] == [FIELDS, FIELDS]
    assert rows[0]["reasons"] == REASONS
    assert rows[0]["tenant_of"] == "pages.dev"
    assert rows[0]["verdict"] == "suspect"
    assert rows[0]["score"] == pytest.approx(0.912345678, rel=1e-6)
    assert rows[1]["score"] == pytest.approx(0.00001234567, rel=1e-6)
    assert (rows[1]["tenant_of"], rows[1]["brand"], rows[1]["reasons"]) == (None, None, [])


def test_csv_holds_the_same_with_reasons_as_json() -> None:
    text = written("csv", judgement(), PLAIN).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(rows[0]) == FIELDS
    assert json.loads(rows[0]["reasons"]) == REASONS
    assert (rows[1]["tenant_of"], rows[1]["brand"], rows[1]["reasons"]) == ("", "", "[]")


def test_parquet_holds_the_same_with_reasons_as_rows() -> None:
    table = pq.ParquetFile(io.BytesIO(written("parquet", judgement(), PLAIN))).read(
        use_threads=False
    )
    rows = table.to_pylist()
    assert table.column_names == FIELDS
    assert rows[0]["reasons"] == REASONS
    assert rows[0]["score"] == 0.912345678
    assert (rows[1]["tenant_of"], rows[1]["reasons"]) == (None, [])


@pytest.mark.parametrize("form", FORMATS)
def test_no_names_at_all_are_still_a_whole_file(form: str) -> None:
    assert written(form) == b"" or form in {"csv", "parquet"}


def test_a_table_never_steers_the_terminal() -> None:
    text = written("table", judgement("a\x1b[31m\u202e\x9b\u200b\r\n\ud800.example")).decode()
    assert set(text) & set("\x1b\u202e\x9b\u200b\r\ud800") == set()
    assert "\\x1b" in text
    assert "0.9123" in text


ANY_NAME = st.text(st.characters(codec=None), max_size=30)


@given(ANY_NAME)
def test_every_machine_format_repeats_the_name_as_it_was_read(name: str) -> None:
    there = name.encode("utf-8", "backslashreplace").decode()
    row = json.loads(written("jsonl", judgement(name)))
    assert row["name"] == name
    text = written("csv", judgement(name)).decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert [rows[1][0], len(rows)] == [there, 2]
    table = pq.ParquetFile(io.BytesIO(written("parquet", judgement(name)))).read(use_threads=False)
    assert table["name"].to_pylist() == [there]


@given(ANY_NAME)
def test_a_table_takes_any_name(name: str) -> None:
    written("table", judgement(name))


def test_a_plain_name_is_written_in_few_steps() -> None:
    _, calls = counted(lambda: written("jsonl", *[PLAIN] * 10_000))
    assert calls < 8 * 10_000


def test_an_unknown_format_lists_those_there_are() -> None:
    with pytest.raises(GiveUp, match="jsonl, csv, parquet, table"):
        open_writer("xml", io.BytesIO())


@given(st.lists(st.builds(Reject, line=st.integers(1), text=ANY_NAME, why=st.text(max_size=9))))
def test_rejects_are_kept_one_to_a_line(rejects: list[Reject]) -> None:
    stream = io.BytesIO()
    writer = RejectsWriter(stream)
    writer.write(rejects)
    writer.close()
    rows = [json.loads(line) for line in stream.getvalue().split(b"\n")[:-1]]
    assert rows == [{"line": r.line, "text": r.text, "why": r.why} for r in rejects]
