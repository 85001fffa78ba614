"""Deliveries are kept as they came, once, and never handed out damaged."""

import io
import threading
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from lionrock.core.feeds import Carrier
from lionrock.desk.audit.models import Entry
from lionrock.desk.feeds.models import Blob
from lionrock.desk.feeds.selectors.blobs import waiting
from lionrock.desk.feeds.services.blobs import (
    Damaged,
    Kept,
    TooLarge,
    check_blob,
    erase_blob,
    keep_blob,
    open_blob,
    path_of,
)
from lionrock.desk.people.models import Person

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.LIONROCK_DATA = tmp_path


def kept(content: bytes | io.BytesIO, *, feed: str = "urlhaus", limit: int | None = None) -> Kept:
    return keep_blob(
        feed=feed, content=content, name="a.csv", carrier=Carrier.DROP, now=NOW, limit=limit
    )


def test_what_is_kept_comes_out_as_it_came() -> None:
    content = bytes(range(256)) * 20_000
    blob = kept(io.BytesIO(content)).blob
    assert open_blob(blob).read() == content
    assert blob.size == len(content)
    assert blob.stored_size == path_of(blob.sha256).stat().st_size < len(content)
    check_blob(blob)


def test_an_empty_delivery_is_kept_too() -> None:
    blob = kept(b"").blob
    assert open_blob(blob).read() == b""
    check_blob(blob)


def test_the_same_bytes_from_the_same_feed_are_one_delivery_that_counts_its_times() -> None:
    first, again = kept(b"same"), kept(b"same")
    assert first.fresh
    assert not again.fresh
    assert again.blob.pk == first.blob.pk
    assert again.blob.times == 2
    assert kept(b"same", feed="threatfox").fresh
    assert Blob.objects.count() == 2


def test_a_delivery_beyond_its_limit_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="larger than 9 bytes"):
        kept(b"0123456789", limit=9)
    assert not Blob.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_carrier_that_breaks_off_leaves_nothing_behind(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        kept(Broken())
    assert not Blob.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("damage", ["flipped", "cut", "gone", "nonsense", "other"])
def test_damaged_bytes_are_told_and_never_handed_out_as_sound(damage: str) -> None:
    blob = kept(b"".join(b"%d," % n for n in range(50_000))).blob
    path = path_of(blob.sha256)
    packed = path.read_bytes()
    match damage:
        case "flipped":
            middle = len(packed) // 2
            path.write_bytes(packed[:middle] + bytes([packed[middle] ^ 1]) + packed[middle + 1 :])
        case "cut":
            path.write_bytes(packed[: len(packed) // 2])
        case "gone":
            path.unlink()
        case "nonsense":
            path.write_bytes(b"not packed at all")
        case "other":
            path.write_bytes(path_of(kept(b"other bytes").blob.sha256).read_bytes())
    with pytest.raises(Damaged):
        check_blob(blob)


def test_an_archive_is_read_from_the_kept_bytes_in_any_order() -> None:
    plain = io.BytesIO()
    with zipfile.ZipFile(plain, "w") as archive:
        for number in range(3):
            archive.writestr(f"{number}.csv", f"{number}," * 100_000)
    blob = kept(plain.getvalue()).blob
    with open_blob(blob) as stream, zipfile.ZipFile(stream) as archive:
        assert archive.read("2.csv") == b"2," * 100_000
        assert archive.read("0.csv") == b"0," * 100_000


def test_erased_bytes_are_gone_and_the_row_says_since_when() -> None:
    blob = kept(b"old").blob
    other = kept(b"old", feed="threatfox").blob
    erase_blob(blob, now=NOW)
    assert open_blob(other).read() == b"old"
    erase_blob(other, now=NOW)
    assert not path_of(blob.sha256).exists()
    blob.refresh_from_db()
    with pytest.raises(Damaged, match="were removed"):
        open_blob(blob)
    assert open_blob(kept(b"old").blob).read() == b"old"


def test_what_a_person_hands_in_is_written_into_the_log(ada: Person) -> None:
    keep_blob(feed="urlhaus", content=b"x", name="x", carrier=Carrier.DROP, by=ada, now=NOW)
    assert Entry.objects.get().action == "delivery.handed-in"


def test_text_that_no_database_takes_is_made_harmless() -> None:
    blob = keep_blob(
        feed="urlhaus",
        content=b"x",
        name="a\0b\udc80" + "c" * 400,
        carrier=Carrier.HTTP,
        headers={"ETag": '"1"', "x" * 300: "\0"},
        now=NOW,
    ).blob
    blob.refresh_from_db()
    assert blob.name.startswith("a�b?ccc")
    assert blob.headers["etag"] == '"1"'


def test_new_deliveries_wait_in_the_order_they_came() -> None:
    blobs = [kept(b"1").blob, kept(b"2").blob]
    assert [blob.pk for blob in waiting(now=NOW)] == [blob.pk for blob in blobs]
    assert waiting(now=NOW, feed="threatfox") == []


@pytest.mark.django_db(transaction=True)
def test_bytes_are_not_erased_under_another_feed_that_just_keeps_them() -> None:
    """On PostgreSQL two transactions run at once, and neither sees the other's row."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one transaction write at a time")
    old = kept(b"the same bytes").blob
    erased = threading.Thread(target=_erased, args=(old,))
    with transaction.atomic():
        fresh = kept(b"the same bytes", feed="threatfox").blob
        erased.start()
        erased.join(0.5)
    erased.join()
    assert open_blob(fresh).read() == b"the same bytes"


def _erased(blob: Blob) -> None:
    try:
        erase_blob(blob, now=NOW)
    finally:
        connection.close()
