"""Packed deliveries, also those made to do harm."""

import bz2
import gzip
import io
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import zstandard

from lionrock.core.events import Event, Reject
from lionrock.core.feeds import Delivery
from lionrock.feeds.reading import Limits, as_json, read_delivery
from tests.feeds.reading.plain import PLAIN, lines_feed

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TEXT = b"192.0.2.1\nno address\n192.0.2.3\n"


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return held.getvalue()


def read(content: bytes, name: str = "list.txt", limits: Limits | None = None) -> list[str]:
    """Return what a plain list of addresses became, briefly."""
    delivery = Delivery.of(content, name=name, received=NOW)
    found = read_delivery(PLAIN, delivery, limits) if limits else read_delivery(PLAIN, delivery)
    return [
        f"{r.line}: {r.why}{' (whole)' if r.whole else ''}"
        if isinstance(r, Reject)
        else f"{r.line} {r.asset}"
        for r in found
    ]


EXPECTED = ["1 192.0.2.1", "2: is no address", "3 192.0.2.3"]
PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda content: content,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "zst": zstandard.compress,
    "zip": lambda content: zipped(("a.txt", content)),
    "zip-of-gz": lambda content: zipped(("a.txt.gz", gzip.compress(content))),
    "gz-twice": lambda content: gzip.compress(gzip.compress(content)),
}


@pytest.mark.parametrize("packing", PACKED)
def test_every_packing_is_taken_off(packing: str) -> None:
    assert read(PACKED[packing](TEXT)) == EXPECTED


def test_lines_count_on_through_the_files_of_an_archive() -> None:
    content = zipped(("a.txt", b"192.0.2.1\n192.0.2.2\n"), ("d/", b""), ("b.txt", b"x\n192.0.2.3"))
    assert read(content) == ["1 192.0.2.1", "2 192.0.2.2", "3: is no address", "4 192.0.2.3"]


def test_a_reader_sees_the_name_of_the_file_within() -> None:
    seen: list[str] = []
    feed = lines_feed(lambda delivery: seen.append(delivery.name))
    for content, name in [
        (gzip.compress(TEXT), "a.csv.gz"),
        (zipped(("folder/b.csv", TEXT)), "b.zip"),
        (TEXT, "c.csv"),
    ]:
        list(read_delivery(feed, Delivery.of(content, name=name, received=NOW)))
    assert seen == ["a.csv", "b.csv", "c.csv"]


def test_a_cut_archive_keeps_what_came_before_the_cut() -> None:
    many = b"".join(b"192.0.2.%d\n" % (n % 250) for n in range(200_000))
    found = read(gzip.compress(many)[:-2000])
    assert found[0] == "1 192.0.2.0"
    assert len(found) > 1000
    assert found[-1].endswith(": ends within its archive (whole)")


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04 and no more",
        b"\x1f\x8b\x08\x00 nothing packed",
        b"\x28\xb5\x2f\xfd????",
        b"BZh9??",
    ],
    ids=["zip", "gz", "zst", "bz2"],
)
def test_a_broken_archive_is_one_reject(content: bytes) -> None:
    found = read(content)
    assert len(found) == 1
    assert found[0].endswith("(whole)")


def test_an_archive_that_points_before_its_beginning_is_one_reject() -> None:
    content = bytearray(zipped(("a.txt", TEXT)))
    end = content.rfind(b"PK\x05\x06") + 16
    content[end : end + 4] = (int.from_bytes(content[end : end + 4], "little") + 6).to_bytes(
        4, "little"
    )
    assert read(bytes(content)) == ["1: is a broken archive (whole)"]


def test_a_broken_member_does_not_keep_the_next_from_being_read() -> None:
    content = zipped(("a.gz", b"\x1f\x8b\x08\x00 nothing"), ("b.txt", b"192.0.2.9\n"))
    assert read(content)[-1].endswith(" 192.0.2.9")


def test_an_encrypted_member_is_named() -> None:
    content = bytearray(
        zipped(("secret.txt", TEXT), ("open.txt", b"192.0.2.9\n"), method=zipfile.ZIP_STORED)
    )
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(mark) + place] |= 1
    assert read(bytes(content)) == ["1: is encrypted within its archive (whole)", "2 192.0.2.9"]


LITTLE = Limits(unpacked=1 << 20, ratio=50, unmeasured=1 << 18)


@pytest.mark.parametrize("packing", ["gz", "bz2", "zst", "zip", "zip-of-gz", "gz-twice"])
def test_a_bomb_ends_after_a_little(packing: str) -> None:
    bomb = PACKED[packing](b"\n" * (32 << 20))
    tracemalloc.start()
    found = read(bomb, limits=LITTLE)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found) == 1
    assert "unpacks to more than" in found[0]
    assert peak < 24 << 20


def test_an_archive_of_far_too_many_files_is_refused_before_it_is_listed() -> None:
    content = zipped(*[(f"{n}.txt", b"") for n in range(60)])
    assert read(content, limits=Limits(members=50)) == ["1: holds more than 50 files (whole)"]


def test_packing_within_packing_ends_somewhere() -> None:
    content = TEXT
    for _ in range(8):
        content = gzip.compress(content)
    assert read(content) == ["1: is packed more than 3 times over (whole)"]


def test_an_archive_that_cannot_be_sought_in_is_read_all_the_same() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    content = zipped(("a.txt", TEXT))
    delivery = Delivery(name="a.zip", received=NOW, open=lambda: Pipe(content))
    found = [as_json(r) for r in read_delivery(PLAIN, delivery)]
    assert [r["line"] for r in found] == [1, 2, 3]


def test_a_stream_that_goes_back_only_by_beginning_anew_is_read_through_once_per_archive() -> None:
    class Tape(io.RawIOBase):
        rewound = 0

        def __init__(self, content: bytes) -> None:
            self._held = io.BytesIO(content)

        def readable(self) -> bool:
            return True

        def seekable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            return self._held.read(size)

        def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
            Tape.rewound += 1
            return self._held.seek(offset, whence)

    content = zipped(*[(f"{n}.txt", b"192.0.2.1\n") for n in range(40)])
    delivery = Delivery(name="a.zip", received=NOW, open=lambda: Tape(content))  # type: ignore[arg-type, return-value]  # what is used of it
    assert len(list(read_delivery(PLAIN, delivery))) == 40
    assert Tape.rewound == 0


def test_events_of_a_packed_delivery_are_those_of_the_plain_one() -> None:
    plain = list(read_delivery(PLAIN, Delivery.of(TEXT, name="a", received=NOW)))
    packed = list(read_delivery(PLAIN, Delivery.of(gzip.compress(TEXT), name="a", received=NOW)))
    assert plain == packed
    assert sum(isinstance(r, Event) for r in plain) == 2
