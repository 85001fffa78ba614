"""Whatever the bytes, a reader hands out blocks or says in words why it can not."""

import gzip
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import example, given
from hypothesis import strategies as st

from lionrock.core.errors import GiveUp
from lionrock.core.hosts import COMMENT, EMPTY, read_host
from lionrock.names.blocks import Lines
from lionrock.names.normalise import normalise
from lionrock.names.streams import Form, open_names

BITS = st.sampled_from(
    [
        b"\n", b"\r\n", b"\t", b" ", b",", b";", b'"', b"(", b")", b"\\", b"@", b"$ORIGIN ", b"$TTL 5", b"\0",
        b"a.example", b"www", b" IN A 1.2.3.4", b" rrsig nsec3", b"domain", b'{"domain": "', b'"}', b"\xef\xbb\xbf",
        b"\xff\xfe", b"PAR1", b"PK\x03\x04", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"#", b"\xff", b"x" * 5000,
    ]
)  # fmt: skip
BYTES = st.one_of(st.binary(max_size=300), st.lists(BITS, max_size=25).map(b"".join))


def blocks(data: bytes, form: str | None = None) -> list[Lines]:
    """Return what was read before the end or the documented error."""
    read: list[Lines] = []
    with suppress(GiveUp):
        read.extend(open_names(io.BytesIO(data), form=form))
    for lines in read:
        assert len(lines) <= 65_536
        assert len(lines.starts) == len(lines) + 1
        assert lines.starts[0] == 0
        assert lines.starts[-1] == len(lines.text)
        assert (lines.starts[1:] - lines.starts[:-1] <= 4097).all()
        hosts, rejects = normalise(lines)
        answers = [read_host(lines.value(i)) for i in range(len(lines))]
        skipped = sum(answer in (EMPTY, COMMENT) for answer in answers)
        assert len(hosts) + len(rejects) + skipped == len(lines) + len(lines.rejects)
    return read


@given(BYTES)
def test_any_bytes_in_no_stated_form(data: bytes) -> None:
    blocks(data)


@pytest.mark.parametrize("form", list(Form))
@given(data=BYTES)
def test_any_bytes_in_a_stated_form(form: Form, data: bytes) -> None:
    blocks(data, form)


@given(BYTES)
@example(b"a\r\n\r\nb\n")
@example(b"\n\n")
def test_every_line_of_a_plain_list_is_accounted_for(data: bytes) -> None:
    if data[:3] == b"\xef\xbb\xbf" or data[:2] in (b"\xff\xfe", b"\x1f\x8b", b"PK", b"\x28\xb5"):
        data = b"." + data
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    values = [b.value(i) for b in blocks(data, "lines") for i in range(len(b))]
    assert values == [line.removesuffix(b"\r")[:4097] for line in lines]


def zipped(data: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("names.txt", data)
    return file.getvalue()


def parquet(data: bytes) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"domain": data.decode("latin-1").split()}), file)
    return file.getvalue()


PACKED = [
    pack(b"a.example\nb.example\n" * 50)
    for pack in (gzip.compress, zstandard.compress, zipped, parquet)
]


@given(st.sampled_from(PACKED), st.data())
def test_packed_data_with_wrong_bytes_in_it(packed: bytes, data: st.DataObject) -> None:
    damaged = bytearray(packed)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    blocks(bytes(damaged))


@given(st.sampled_from(PACKED), st.floats(0, 1))
def test_packed_data_that_ends_anywhere(packed: bytes, share: float) -> None:
    blocks(packed[: int(len(packed) * share)])


READER = """
import resource, sys
from lionrock.names.normalise import normalise
from lionrock.names.streams import open_names
count = 0
for lines in open_names("-", form=sys.argv[1]):
    normalise(lines)
    count += len(lines)
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(form: str, feed: Callable[[int], bytes], mebibytes: int) -> int:
    """Return the KiB of memory that reading so much from a pipe took."""
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, form], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert reader.stdin is not None
    assert reader.stdout is not None
    with reader.stdin as pipe:
        for number in range(mebibytes):
            pipe.write(feed(number))
    with reader.stdout as answer:
        memory = int(answer.read().split()[1])
    assert reader.wait(60) == 0
    return memory


LINES = b"".join(b"name-%06d.shop.example\n" % number for number in range(40_000))[: 1 << 20]
ONE_LINE = b"x" * (1 << 20)


@pytest.mark.parametrize(("form", "piece"), [("lines", LINES), ("lines", ONE_LINE), ("jsonl", ONE_LINE), ("zone", ONE_LINE)])  # fmt: skip
def test_memory_does_not_grow_with_the_input(form: str, piece: bytes) -> None:
    few = peak(form, lambda _: piece, 20)
    many = peak(form, lambda _: piece, 140)
    assert many - few < 30 << 10, f"{(many - few) >> 10} MiB more for 120 MiB more"
