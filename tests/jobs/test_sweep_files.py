"""Sets of files: how they are named and found, on disk and in an object store, and read in turn."""

import gzip
import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lionrock.core.errors import GiveUp, TryLater
from lionrock.jobs.sweep_files import list_files, opened, place_of
from lionrock.names.shards import File
from lionrock.names.streams import open_names
from tests.jobs.s3 import Store, serving


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An object store with two buckets."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "tester")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-a-secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with serving(("names", "results")) as store:
        yield store


@pytest.fixture
def laid(tmp_path: Path) -> Path:
    """A folder of files, some of them hidden."""
    for name in ("b.txt", "a.txt.gz", "in/c.csv", "in/deep/d.csv", ".e.txt", "_done/f.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x.example\n")
    (tmp_path / "empty.txt").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", ["a.txt.gz", "b.txt", "in/c.csv", "in/deep/d.csv"]),
        ("b.txt", ["b.txt"]),
        ("*.txt", [".e.txt", "b.txt"]),
        ("?.txt", ["b.txt"]),
        ("[ab].txt*", ["a.txt.gz", "b.txt"]),
        ("[!b].*", ["a.txt.gz"]),
        ("*/*.csv", ["in/c.csv"]),
        ("**/*.csv", ["in/c.csv", "in/deep/d.csv"]),
        ("in/**", ["in/c.csv", "in/deep/d.csv"]),
    ],
)
def test_a_folder_a_file_or_a_pattern_names_files_in_order(
    laid: Path, words: str, expected: list[str]
) -> None:
    found = list_files(str(laid / words) if words else str(laid))
    assert [str(Path(file.path).relative_to(laid)) for file in found.files] == expected
    for way in (f"file://{laid}/{words}".rstrip("/"),):
        if "?" not in words:
            assert list_files(way).files == found.files


def test_a_name_that_is_there_is_no_pattern(tmp_path: Path) -> None:
    odd = tmp_path / "names[1].txt"
    odd.write_text("x.example\n")
    assert [file.path for file in list_files(str(odd)).files] == [str(odd)]


@pytest.mark.parametrize("words", ["nothing.txt", "nothing/", "no*.txt", "empty"])
def test_what_has_no_files_is_missing(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(TryLater, match="no file"):
        list_files(words)


@pytest.mark.parametrize("words", ["ftp://host/names", "s3://key:secret@bucket/names"])
def test_an_address_of_another_kind_or_with_keys_is_refused(words: str) -> None:
    with pytest.raises(GiveUp) as refused:
        list_files(words)
    assert "secret@" not in str(refused.value)


def test_a_file_that_changed_or_went_is_not_opened(laid: Path) -> None:
    place = place_of(str(laid))
    (file,) = list_files(str(laid / "b.txt")).files
    os.utime(laid / "b.txt", ns=(1, 1))
    with pytest.raises(TryLater, match="changed"), opened(place, file):
        pass
    (laid / "b.txt").unlink()
    with pytest.raises(TryLater, match="not there"), opened(place, file):
        pass


@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
def test_an_object_store_is_listed_as_a_folder_is(s3: Store) -> None:
    for number in range(1100):  # more than one page of a listing
        s3.put(f"names/days/{number:04}.txt", b"x.example\n")
    s3.put("names/other.csv", b"domain\nx.example\n")
    s3.put("names/days/_SUCCESS", b"1")
    found = list_files(s3.address("names/days"))
    assert [file.path for file in found.files] == [f"names/days/{n:04}.txt" for n in range(1100)]
    assert {(file.size, file.changed > 0) for file in found.files} == {(10, True)}
    some = list_files(s3.address("names/days/01*.txt")).files
    assert [file.name for file in some] == [f"{n:04}.txt" for n in range(100, 200)]
    assert [file.path for file in list_files(s3.address("names/**/*.csv")).files] == [
        "names/other.csv"
    ]
    with pytest.raises(TryLater):
        list_files(s3.address("names/nothing"))


def _parquet() -> bytes:
    target = io.BytesIO()
    pq.write_table(pa.table({"domain": ["a.example", "b.example"]}), target)
    return target.getvalue()


def _zip() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("names.txt", "a.example\nb.example\n")
    return target.getvalue()


@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("names.txt", b"a.example\nb.example\n"),
        ("names.txt.gz", gzip.compress(b"a.example\nb.example\n", mtime=0)),
        ("names.parquet", _parquet()),
        ("names.zip", _zip()),
    ],
    ids=["txt", "gz", "parquet", "zip"],
)
def test_every_form_is_read_from_an_object_store_and_what_may_pass_is_no_damage(
    s3: Store, name: str, content: bytes
) -> None:
    s3.put(f"names/{name}", content)
    (file,) = list_files(s3.address(f"names/{name}")).files
    place = place_of(s3.address(f"names/{name}"))

    def read(file: File) -> list[bytes]:
        with opened(place, file) as stream:
            return [
                lines.value(i)
                for lines in open_names(stream, name=file.name)
                for i in range(len(lines))
            ]

    assert read(file) == [b"a.example", b"b.example"]
    s3.failing.add(f"names/{name}")
    with pytest.raises(TryLater):
        read(file)
