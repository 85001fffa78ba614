"""Names are read from every form in which they arrive."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from lionrock.core.errors import GiveUp
from lionrock.names.blocks import Reject
from lionrock.names.streams import open_names

Read = tuple[list[bytes], list[int], list[Reject]]


def read(data: bytes, *, column: str | None = None, form: str | None = None) -> Read:
    values: list[bytes] = []
    numbers: list[int] = []
    rejects: list[Reject] = []
    for lines in open_names(io.BytesIO(data), column=column, form=form):
        values += [lines.value(i) for i in range(len(lines))]
        numbers += lines.numbers.tolist()
        rejects += lines.rejects
    return values, numbers, rejects


def zipped(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def parquet(**columns: list[str | None]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, row_group_size=2)
    return file.getvalue()


PLAIN = b"a.example\nb.example\nc.example\n"
NAMES = [b"a.example", b"b.example", b"c.example"]


@pytest.mark.parametrize(
    "data",
    [
        PLAIN,
        PLAIN.rstrip(),
        PLAIN.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + PLAIN,
        gzip.compress(PLAIN),
        gzip.compress(b"a.example\nb.exa") + gzip.compress(b"mple\nc.example\n"),
        gzip.compress(PLAIN) + b"\0" * 512,
        zstandard.compress(PLAIN),
        zstandard.compress(b"a.example\nb.exa") + zstandard.compress(b"mple\nc.example\n"),
        zipped(("names.txt", PLAIN)),
        zipped(("a.txt", b"a.example\nb.example"), ("__MACOSX/._a", b"x"), ("b.txt", b"c.example")),
        zipped(("c.csv", b"rank,domain\n1,a.example\n2,b.example\n3,c.example\n")),
        b"rank,Domain\n1,a.example\n2,b.example\n3,c.example\n",
        b'"x, ""y""\nz",host\n1,a.example\n"\n,",b.example\n3,"c.example"\n',
        b"host\na.example\nb.example\nc.example\n",
        b"# a list\n\ndate;hostname\n1;a.example\n2;b.example\n3;c.example\n",
        b"2026-01-01\tsome.source\ta.example\n2026-01-01\tsome.source\tb.example\n"
        b"2026-01-01\tsome.source\tc.example\n",
        b"1,a.example\n2,b.example\n3,c.example\n",
        b'{"domain": "a.example"}\n{"domain": "b.example", "x": 1}\n{"host": "c.example"}\n',
        parquet(n=["1", "2", "3"], domain=["a.example", "b.example", "c.example"]),
        zipped(("x.parquet", parquet(domain=["a.example", "b.example", "c.example"]))),
    ],
)
def test_names_are_found_without_being_told_the_form(data: bytes) -> None:
    values, _, rejects = read(data)
    assert (values, rejects) == (NAMES, [])


def test_every_value_says_on_which_line_it_stood() -> None:
    assert read(b"a.example\n\n#\nb.example\n")[1] == [1, 2, 3, 4]
    assert read(b'x,domain\n"1\n2",a.example\n3,b.example\n')[:2] == (NAMES[:2], [2, 4])
    assert read(zipped(("1", b"a.example\n"), ("2", b"b.example\n")))[1] == [1, 2]


def test_a_file_and_standard_input_are_read_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "names.gz"
    path.write_bytes(gzip.compress(PLAIN))
    assert [len(lines) for lines in open_names(path)] == [3]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(path.read_bytes())))
    assert [len(lines) for lines in open_names("-")] == [3]


class Pipe(io.RawIOBase):
    """Bytes that come a few at a time and cannot be sought."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # Any: 3.11 has no name for a buffer
        drip = self._data.read(min(7, memoryview(buffer).nbytes))
        memoryview(buffer)[: len(drip)] = drip
        return len(drip)


@pytest.mark.parametrize(
    "pack",
    [
        bytes,
        gzip.compress,
        zstandard.compress,
        lambda data: zipped(("names", data)),
        lambda data: parquet(domain=data.decode().split()),
    ],
)
def test_a_pipe_that_drips_gives_the_same_names(pack: Callable[[bytes], bytes]) -> None:
    pipe = io.BufferedReader(Pipe(pack(PLAIN)), buffer_size=8)
    values = [lines.value(i) for lines in open_names(pipe) for i in range(len(lines))]
    assert values == NAMES


@pytest.mark.parametrize("column", ["site", "SITE", "3"])
def test_the_column_asked_for_is_taken(column: str) -> None:
    data = b"domain,x,site\nno.example,1,a.example\nno.example,2,b.example\n"
    values = read(data, column=column)[0]
    assert values[-2:] == NAMES[:2]


def test_a_key_walks_through_objects_and_lists() -> None:
    data = b'{"data": {"leaf": {"all": ["a.example", "b.example"]}}}\n{"data": [{"leaf": {"all": "c.example"}}]}'
    assert read(data, column="data.leaf.all")[:2] == (NAMES, [1, 1, 2])


def test_a_line_without_what_was_asked_is_a_reject() -> None:
    data = b'{"domain": "a.example"}\n{"domain": 7}\n{"domain\n\n[]\n{"domain": "b.example"}\n'
    values, _, rejects = read(data)
    assert values == NAMES[:2]
    assert [(reject.line, reject.text) for reject in rejects] == [
        (2, '{"domain": 7}'),
        (3, '{"domain'),
        (5, "[]"),
    ]


def test_a_row_too_short_for_its_column_is_a_reject() -> None:
    values, _, rejects = read(b"x,y,domain\n1,2,a.example\n1,2\n\n1,2,b.example\n")
    assert [value for value in values if value] == NAMES[:2]
    assert rejects == [Reject(line=3, text="1,2", why="has too few columns")]


def test_json_with_letters_no_text_can_hold_is_no_crash() -> None:
    assert len(read(b'{"domain": "a\\ud800.example"}\n')[0]) == 1


def test_a_null_in_a_column_is_an_empty_value() -> None:
    assert read(parquet(domain=["a.example", None, "b.example"]))[0] == [NAMES[0], b"", NAMES[1]]


@pytest.mark.parametrize("cut", [1, 9, 40])
def test_what_stands_before_a_break_is_read_and_the_break_is_told(cut: int) -> None:
    data = b"".join(b"name%d.example\n" % number for number in range(100_000))
    for packed in (gzip.compress(data), zstandard.compress(data)):
        values, told = before_the_break(packed[:-cut])
        assert told.endswith(f"ends in the middle; the last whole line read is {len(values)}")
        assert values == data.split(b"\n")[: len(values)]
        assert len(values) > 50_000 or cut > 4


def before_the_break(data: bytes) -> tuple[list[bytes], str]:
    values: list[bytes] = []
    try:
        for lines in open_names(io.BytesIO(data)):
            values += [lines.value(i) for i in range(len(lines))]
    except GiveUp as told:
        return values, str(told)
    raise AssertionError("the break went unnoticed")


def test_a_break_leaves_out_the_line_it_cut() -> None:
    packed = gzip.compress(b"".join(b"name%d.example\n" % n for n in range(1000)), compresslevel=0)
    values, _ = before_the_break(packed[:200])
    assert values[0] == b"name0.example"
    assert all(value.endswith(b".example") for value in values)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (PLAIN.decode().encode("utf-16"), "UTF-16"),
        (b'[{"domain": "a.example"}]', "one JSON array"),
        (b"PAR1" + b"\0" * 100, "Parquet file is damaged"),
        (b"PK\x03\x04nonsense", "zip is damaged"),
        (b'domain,x\n"a.example,1\nb.example,2\n', "opened on line 2 never closes"),
        (parquet(n=["1"]), "no column"),
        (gzip.compress(PLAIN)[:-8] + b"\0" * 8, "incorrect data check|ends in the middle"),
        (gzip.compress(PLAIN) + b"rubbish", "incorrect header"),
    ],
)
def test_what_can_not_be_read_is_told_in_words(data: bytes, why: str) -> None:
    with pytest.raises(GiveUp, match=why):
        read(data)


def test_a_missing_column_lists_those_there_are() -> None:
    with pytest.raises(GiveUp, match=r"'site'.*rank, domain"):
        read(b"rank,domain\n1,a.example\n", column="site")
    with pytest.raises(GiveUp, match=r"no column 'site'; there are n$"):
        read(parquet(n=["1"]), column="site")


def test_a_missing_file_and_an_unknown_form_are_told(tmp_path: Path) -> None:
    with pytest.raises(GiveUp, match="No such file"):
        list(open_names(tmp_path / "absent"))
    with pytest.raises(GiveUp, match="no form is called 'xml'"):
        read(PLAIN, form="xml")


def test_an_encrypted_zip_asks_to_be_unpacked_first() -> None:
    data = bytearray(zipped(("names.txt", PLAIN)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    with pytest.raises(GiveUp, match="is encrypted"):
        read(bytes(data))


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress, lambda d: zipped(("a", d))])
def test_a_bomb_is_defused(pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(GiveUp, match="unpacks to more than 500 times"):
        read(pack(bytes(300 << 20)))


def test_a_line_of_any_length_costs_a_bounded_value() -> None:
    values, numbers, _ = read(b"a.example\n" + b"x" * 10_000_000 + b"\nb.example\n")
    assert [len(value) for value in values] == [9, 4097, 9]
    assert numbers == [1, 2, 3]


def test_blocks_stay_within_their_bounds() -> None:
    data = (
        b"".join(b"%d.example\n" % number for number in range(70_000))
        + (b"y" * 5000 + b"\n") * 3000
    )
    sizes = [(len(lines), len(lines.text)) for lines in open_names(io.BytesIO(data))]
    assert sum(count for count, _ in sizes) == 73_000
    assert all(count <= 65_536 and size <= 8 << 20 for count, size in sizes)
    assert sizes[0][0] == 65_536


def test_a_block_keeps_its_values_while_the_next_is_read() -> None:
    data = b"".join(b"%d.example\n" % number for number in range(140_000))
    blocks = list(open_names(io.BytesIO(data)))
    values = [lines.value(i) for lines in blocks for i in range(len(lines))]
    assert values == data.split()


def test_lists_of_dicts_survive_a_line_longer_than_a_block() -> None:
    long = json.dumps({"domain": "a.example", "x": "y" * (5 << 20)}).encode()
    values, numbers, rejects = read(long + b'\n{"domain": "b.example"}\n')
    assert (values, numbers) == ([b"b.example"], [2])
    assert [(reject.line, reject.why) for reject in rejects] == [(1, "is longer than 4 MiB")]
