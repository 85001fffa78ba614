"""Shards: however a set of files is divided, what is read and told is what one reading gives."""

import gzip
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.judgement import Judgement, Reason, Verdict
from lionrock.names.blocks import Lines, Reject, hosts_of, lines_of
from lionrock.names.scan import Scanned, scan
from lionrock.names.seen import SeenSet
from lionrock.names.shard_results import Place, keep, marks, outcomes
from lionrock.names.shards import File, LineNumbers, Part, Reading, Shard, divide, fingerprint
from lionrock.names.streams import open_names
from lionrock.names.writers import open_writer
from tests.names.test_triage import SUFFIXES, TRIAGE

FIELDS = st.text(alphabet='ab.,"\n\r# ', max_size=12)
ROWS = st.lists(st.lists(FIELDS, min_size=2, max_size=2), max_size=30)


def told(blocks: Iterator[Lines]) -> tuple[list[tuple[int, bytes]], list[Reject], str]:
    """Return values with their lines, rejects, and how the reading ended."""
    values: list[tuple[int, bytes]] = []
    rejects: list[Reject] = []
    try:
        for lines in blocks:
            values += [(int(lines.numbers[i]), lines.value(i)) for i in range(len(lines))]
            rejects += lines.rejects
    except GiveUp as error:
        return values, rejects, str(error)
    return values, rejects, ""


def divided(
    content: bytes, name: str, size: int, *, column: str | None = None, form: str | None = None
) -> list[Shard]:
    """Divide a file that stands in memory."""
    file = File(path=f"names/{name}", size=len(content), changed=1)
    return divide([file], lambda _: memory(content), column=column, form=form, shard_bytes=size)


@contextmanager
def memory(content: bytes) -> Iterator[BinaryIO]:
    """Open content as a file."""
    yield io.BytesIO(content)


def both_ways(
    content: bytes, name: str, size: int, *, column: str | None = None, form: str | None = None
) -> int:
    """Read a file as a whole and in shards, hold the two together, return the number of shards."""
    whole = told(open_names(io.BytesIO(content), column=column, form=form, name=name))
    values: list[tuple[int, bytes]] = []
    rejects: list[Reject] = []
    end = ""
    numbers = LineNumbers()
    shards = divided(content, name, size, column=column, form=form)
    for shard in shards:
        reading = Reading(shard, io.BytesIO(content), column=column, form=form)
        some, refused, end = told(iter(reading))
        added = numbers.before(shard, reading.lines)
        values += [(line + added, value) for line, value in some]
        rejects += [replace(reject, line=reject.line + added) for reject in refused]
    assert (values, rejects, end) == whole
    assert [shard.number for shard in shards] == list(range(len(shards)))
    return len(shards)


@given(st.lists(st.text(alphabet="ab. #\r", max_size=10)), st.integers(1, 40), st.booleans())
def test_lines_divided_anywhere_read_as_one_file(lines: list[str], size: int, ended: bool) -> None:
    content = "\n".join(lines) + ("\n" if ended else "")
    both_ways(content.encode(), "names.txt", size, form="lines")


@given(ROWS, st.integers(1, 60), st.booleans(), st.sampled_from(["domain", "note"]))
def test_quoted_fields_with_line_ends_never_divide(
    rows: list[list[str]], size: int, odd: bool, column: str
) -> None:
    quoted = ["domain,note"]
    for row in rows:
        quoted.append(",".join('"' + field.replace('"', '""') + '"' for field in row))
    content = "\n".join(quoted) + ('\n"never closed' if odd else "")
    both_ways(content.encode(), "names.csv", size, column=column)


@given(ROWS, st.integers(1, 60))
def test_fields_with_stray_quotes_divide_where_the_reader_ends_a_row(
    rows: list[list[str]], size: int
) -> None:
    content = "domain;note\n" + "\n".join(";".join(row) for row in rows)
    both_ways(content.encode(), "names.csv", size, column="note")


@given(ROWS, st.integers(1, 60))
def test_tabbed_columns_divide_at_every_line(rows: list[list[str]], size: int) -> None:
    content = "\ufeff# a list\ndomain\tnote\n" + "\n".join("\t".join(row) for row in rows)
    both_ways(content.encode(), "names.tsv", size, column="note")


@given(st.lists(st.sampled_from(['{"domain":"a.example"}', "", "no", "[]"])), st.integers(1, 60))
def test_json_lines_divide_at_every_line(lines: list[str], size: int) -> None:
    both_ways("\n".join(lines).encode(), "names.jsonl", size)


def test_large_lines_divide_into_about_equal_stretches() -> None:
    content = b"".join(b"name%d.example\n" % i for i in range(10_000))
    shards = divided(content, "names.txt", 10_000)
    assert {shard.part for shard in shards} == {Part.BYTES}
    assert [shard.begin for shard in shards[1:]] == [shard.end for shard in shards[:-1]]
    assert all(10_000 <= shard.end - shard.begin < 10_100 for shard in shards[:-1])
    assert both_ways(content, "names.txt", 10_000) == len(shards) > 10


def test_a_file_without_line_ends_is_one_shard() -> None:
    assert both_ways(b"a" * 300_000, "names.txt", 1000, form="lines") == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("names.txt.gz", gzip.compress(b"a.example\n" * 1000, mtime=0)),
        ("top.zone", b"$ORIGIN top.\n" + b"a NS ns.example.\n  NS other.example.\n" * 100),
        ("names.json", b'["a.example",' + b'"b.example",' * 100),
        ("names.csv", b"colour,shape\n" + b"red,round\n" * 100),
    ],
)
def test_what_leans_on_what_came_before_is_one_shard(name: str, content: bytes) -> None:
    (shard,) = divided(content, name, 20)
    assert shard.part is Part.WHOLE
    assert told(iter(Reading(shard, io.BytesIO(content)))) == told(
        open_names(io.BytesIO(content), name=name)
    )


def test_parquet_divides_by_row_group_and_rows_keep_their_numbers() -> None:
    target = io.BytesIO()
    table = pa.table(
        {"note": ["x"] * 30_000, "domain": [f"name{i}.example" for i in range(30_000)]}
    )
    pq.write_table(table, target, row_group_size=1000)
    content = target.getvalue()
    groups = [pq.ParquetFile(target).metadata.row_group(i).column(1) for i in range(30)]
    largest = max(group.total_uncompressed_size for group in groups)
    assert both_ways(content, "names.parquet", 1) == 30
    assert both_ways(content, "names.parquet", 2 * largest) == 15


def test_a_damaged_row_group_ends_its_shard_with_a_word() -> None:
    target = io.BytesIO()
    pq.write_table(pa.table({"domain": ["a.example"] * 5000}), target, row_group_size=1000)
    damaged = bytearray(target.getvalue())
    damaged[10:60] = b"\xff" * 50
    first, *_ = divided(bytes(damaged), "names.parquet", 100)
    assert "damaged" in told(iter(Reading(first, io.BytesIO(bytes(damaged)))))[2]


def test_a_file_that_became_shorter_is_no_result() -> None:
    content = b"a.example\n" * 100
    *_, last = divided(content, "names.txt", 500)
    with pytest.raises(TryLater, match="shorter"):
        told(iter(Reading(last, io.BytesIO(content[:700]))))


@pytest.mark.parametrize("change", [{"size": 999}, {"changed": 2}, {"path": "names/b.txt"}])
def test_the_fingerprint_tells_a_file_that_changed(change: dict[str, int | str]) -> None:
    content = b"a.example\n" * 100
    shards = divided(content, "a.txt", 500)
    changed = [
        replace(shard, file=replace(shard.file, **change))  # type: ignore[arg-type]  # mixed fields
        for shard in shards
    ]
    assert fingerprint(shards) == fingerprint(divided(content, "a.txt", 500))
    assert fingerprint(shards) != fingerprint(changed)
    assert fingerprint(shards) != fingerprint(divided(content, "a.txt", 400))


def place(tmp_path: Path) -> Place:
    """Return a folder of results."""
    tmp_path.mkdir(exist_ok=True)
    return Place(system=pafs.LocalFileSystem(), path=str(tmp_path))


def kept(
    at: Place, names: list[bytes], *, key: bytes | None = None, everything: bool = False
) -> None:
    """Judge names as shard 3 and keep the result."""
    blocks = [lines_of(names[i : i + 50], first_number=i + 1) for i in range(0, len(names), 50)]
    ticks = count()
    keep(
        at,
        3,
        scan(blocks, TRIAGE, SUFFIXES, everything=everything, threads=1),
        count_lines=lambda: len(names),
        clock=lambda: next(ticks),
        key=key,
    )


NAMES = [
    b"paypal-login%d.com" % i if i % 7 == 0 else b"no name" if i % 7 == 1 else b"green%d.com" % i
    for i in range(200)
]


@pytest.mark.parametrize("everything", [False, True])
def test_what_is_kept_of_a_shard_comes_back_as_it_was(tmp_path: Path, everything: bool) -> None:
    at = place(tmp_path)
    kept(at, NAMES, everything=everything)
    blocks = [lines_of(NAMES)]
    (direct,) = scan(blocks, TRIAGE, SUFFIXES, everything=everything)
    back = list(outcomes(at, marks(at)[3], lines_before=1000))
    assert [j for o in back for j in o.judgements] == direct.judgements
    assert [replace(r, line=r.line - 1000) for o in back for r in o.rejects] == direct.rejects
    assert sum(o.judged for o in back) == direct.judged
    assert sum(o.official for o in back) == direct.official


def test_names_of_every_kind_of_text_come_back(tmp_path: Path) -> None:
    at = place(tmp_path)
    judgement = Judgement(
        name="h\u0455bc.\\xff\x00.com",
        host="xn--hbc-5cd.com",
        registrable="xn--hbc-5cd.com",
        tenant_of=None,
        score=0.1 + 0.2,
        verdict=Verdict.SUSPECT,
        brand=None,
        reasons=(Reason(code="lure", about="登入", start=0, end=3), Reason(code="model")),
        model_version="m",
    )
    outcome = Scanned(
        judgements=[judgement],
        rejects=[Reject(line=2, text="\ud800 \n", why="no")],
        judged=1,
        official=0,
        repeated=0,
        hosts=hosts_of([judgement.host]),
        last_line=2,
    )
    keep(at, 0, iter([outcome]), count_lines=lambda: 2, clock=lambda: 0.0)
    back = list(outcomes(at, marks(at)[0]))
    assert [o.judgements for o in back if o.judgements] == [[judgement]]
    assert [o.rejects for o in back if o.rejects] == [outcome.rejects]


def test_a_shard_without_its_mark_or_with_a_file_cut_short_counts_as_missing(
    tmp_path: Path,
) -> None:
    at = place(tmp_path)
    kept(at, NAMES)
    assert list(marks(at)) == [3]
    judged = tmp_path / "00000003.judged.parquet"
    whole = judged.read_bytes()
    judged.write_bytes(whole[:-1])
    assert marks(at) == {}
    judged.write_bytes(whole)
    mark = tmp_path / "00000003.done.json"
    mark.write_bytes(mark.read_bytes()[:-10])
    assert marks(at) == {}


def test_an_error_that_may_pass_leaves_no_mark_and_damage_does(tmp_path: Path) -> None:
    def ending(error: Exception) -> Iterator[Scanned]:
        yield from scan([lines_of(NAMES)], TRIAGE, SUFFIXES)
        raise error

    at = place(tmp_path)
    with pytest.raises(TryLater):
        keep(at, 0, ending(TryLater("slow")), count_lines=lambda: 0, clock=lambda: 0.0)
    assert list(tmp_path.iterdir()) == []
    keep(at, 1, ending(GiveUp("cut")), count_lines=lambda: 0, clock=lambda: 0.0)
    mark = marks(at)[1]
    assert (mark.broken, mark.names) == ("cut", sum(name != b"no name" for name in NAMES))


@pytest.mark.parametrize("everything", [False, True])
def test_names_seen_are_left_out_when_shards_are_joined(tmp_path: Path, everything: bool) -> None:
    at = place(tmp_path / "results")
    with SeenSet.open(tmp_path / "seen") as seen:
        seen.add(hosts_of(["paypal-login0.com", "green2.com"]))
        kept(at, [*NAMES, *NAMES[:20]], key=seen.key, everything=everything)
        back = list(outcomes(at, marks(at)[3], seen=seen))
        again = list(outcomes(at, marks(at)[3], seen=seen))
    fresh = {n.decode() for n in NAMES if n != b"no name"} - {"paypal-login0.com", "green2.com"}
    hosts = [j.host for o in back for j in o.judgements]
    wanted = fresh if everything else {host for host in fresh if "paypal" in host}
    assert (len(hosts), set(hosts)) == (len(wanted), wanted)
    total = sum(n != b"no name" for n in [*NAMES, *NAMES[:20]])
    assert (sum(o.judged for o in back), sum(o.repeated for o in back)) == (
        len(fresh),
        total - len(fresh),
    )
    assert [j for o in again for j in o.judgements] == []


def test_a_score_does_not_depend_on_the_names_beside_it() -> None:
    def written(size: int) -> bytes:
        blocks = [lines_of(NAMES[i : i + size]) for i in range(0, len(NAMES), size)]
        stream = io.BytesIO()
        writer = open_writer("jsonl", stream)
        for outcome in scan(blocks, TRIAGE, SUFFIXES, everything=True):
            writer.write(outcome.judgements)
        return stream.getvalue()

    whole = written(len(NAMES))
    assert json.loads(whole.splitlines()[0])["verdict"] == "suspect"
    assert [written(size) for size in (1, 7, 64)] == [whole] * 3
