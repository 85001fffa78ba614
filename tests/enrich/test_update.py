"""Tables are kept by day, checked before they are believed, fetched only when they changed."""

import os
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from lionrock.core.errors import TryLater
from lionrock.enrich.dated import stored
from lionrock.enrich.files.licences import DB_IP
from lionrock.enrich.sources import Source, collect, published
from lionrock.enrich.tables import Tables
from lionrock.enrich.update import from_folder, take_in
from lionrock.jobs import cli
from tests.enrich.makes import XX, laid, taken
from tests.net.serving import LOOPBACK, Answer, Asked, serving

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def routes(count: int) -> str:
    return "".join(f"8.{n // 256}.{n % 256}.0/24\t64500\n" for n in range(count))


def days(folder: Path) -> list[str]:
    return [str(table.age.day) for table in stored(folder / "tables")]


def test_the_newest_days_are_kept_and_the_oldest_go(tmp_path: Path) -> None:
    for day in (3, 1, 5, 2, 4):
        taken(tmp_path, routes(3), day=f"2026-11-0{day}", keep=3)
    assert days(tmp_path) == ["2026-11-05", "2026-11-04", "2026-11-03"]


def test_the_same_day_again_replaces_the_table_under_its_readers(tmp_path: Path) -> None:
    taken(tmp_path, routes(9000))
    before = Tables.load(tmp_path / "tables", XX)
    taken(tmp_path, routes(9000).replace("64500", "64501"))
    day = date(2026, 11, 20)
    assert before.facts(["8.0.1.1"], day)[0].asn == 64500
    assert Tables.load(tmp_path / "tables", XX).facts(["8.0.1.1"], day)[0].asn == 64501
    assert days(tmp_path) == ["2026-11-20"]
    assert len(list((tmp_path / "tables" / "routing").iterdir())) == 1


def test_a_table_that_lost_half_of_its_rows_is_refused_unless_forced(tmp_path: Path) -> None:
    taken(tmp_path, routes(100), day="2026-11-19")
    refused = taken(tmp_path, routes(49))[0]
    assert refused.age is None
    assert refused.why == (
        "has 49 rows where that of 2026-11-19 has 100; --force takes it all the same"
    )
    assert taken(tmp_path, routes(50))[0].age is not None
    assert taken(tmp_path, routes(20), day="2026-11-21", force=True)[0].age is not None


def test_a_table_with_many_lines_nobody_can_read_is_refused(tmp_path: Path) -> None:
    broken = routes(300) + "8.0.0.0/99\t64500\n" * 30
    assert taken(tmp_path, broken)[0].why == "has 30 lines that cannot be read beside 300"
    assert taken(tmp_path, routes(300) + "?\n" * 3)[0].age is not None


def test_what_a_killed_update_left_is_swept_away_a_day_later(tmp_path: Path) -> None:
    left = tmp_path / "tables" / "routing" / ".left"
    fresh = tmp_path / "tables" / "routing" / ".fresh"
    for place in (left, fresh):
        place.mkdir(parents=True)
        (place / "table.json").write_text("{", encoding="utf-8")
    os.utime(left, (0, 0))
    assert taken(tmp_path, routes(3))[0].age is not None
    assert not left.exists()
    assert fresh.exists()


def test_a_folder_that_is_none_is_looked_for_later(tmp_path: Path) -> None:
    with pytest.raises(TryLater, match="is no folder"):
        from_folder(tmp_path / "absent")


SOURCES = ("routes", "months", "missing")


def sources(url: str) -> list[Source]:
    return [
        Source(name="routes", url=f"{url}/routes", licence="free", checked=date(2026, 11, 21)),
        Source(
            name="months",
            url=f"{url}/country-{{month}}",
            licence="CC BY 4.0",
            checked=date(2026, 11, 21),
        ),
        Source(name="missing", url=f"{url}/missing", licence="free", checked=date(2026, 11, 21)),
    ]


def answer(asked: Asked) -> Answer:
    if asked.headers.get("if-none-match") == '"1"':
        return Answer(status=304)
    marks = {"ETag": '"1"', "Last-Modified": "Thu, 19 Nov 2026 08:00:00 GMT"}
    match asked.path:
        case "/routes":
            return Answer(body=routes(3).encode(), headers=marks)
        case "/country-2026-10":
            return Answer(body=b'"8.0.0.0","8.0.0.255","XX"\n', headers=marks)
    return Answer(status=404)


@pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"])
def test_what_changed_is_fetched_and_a_source_that_fails_stops_nothing(tmp_path: Path) -> None:
    into, tables = tmp_path / "fetched", tmp_path / "tables"
    into.mkdir()
    with serving(answer) as server:
        first = collect(sources(server.url), into=into, tables=tables, now=NOW, allow=LOOPBACK)
        assert [(o.what, "404" in o.why) for o in first.outcomes] == [("missing", True)]
        kept = take_in(first.files, into=tables)
        first.remember(tables)
        again = collect(sources(server.url), into=into, tables=tables, now=NOW, allow=LOOPBACK)
    assert [(o.age.fact, str(o.age.day)) for o in kept if o.age] == [
        ("routing", "2026-11-19"),
        ("geolocation", "2026-11-19"),
    ]
    assert {table.licence for table in stored(tables)} == {"free", DB_IP}
    assert again.files == []
    assert [o.why for o in again.outcomes[:2]] == ["has not changed", "has not changed"]
    assert [one.path for one in server.asked[:3]] == [
        "/routes",
        "/country-2026-11",
        "/country-2026-10",
    ]


def test_every_published_source_is_encrypted_and_names_its_licence() -> None:
    found = published()
    assert {"apnic", "arin", "ripencc", "lacnic", "afrinic"} < {one.name for one in found}
    assert all(one.url.startswith("https://") and one.licence for one in found)
    assert all(one.checked >= date(2026, 11, 21) for one in found), "and when both were confirmed"


def test_the_commands_take_in_a_folder_and_say_the_ages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: object
) -> None:
    settings.LIONROCK_DATA = tmp_path  # type: ignore[attr-defined]  # pytest-django's fixture
    laid(tmp_path / "in", "routes.dat", routes(5))
    laid(tmp_path / "in", "dbip-country-lite.csv", '"8.0.0.0","8.0.0.255","XX"\n')
    laid(tmp_path / "in", "note.txt", "a note\n")
    assert cli.run(["data", "ages"]) == 1
    told = capsys.readouterr().out
    assert "there are no tables yet" in told
    assert "documentation" in told, "the bundled ones are named"
    assert told.count("bundled") == 4
    assert cli.run(["data", "update", "--from", str(tmp_path / "in")]) == 0
    said = capsys.readouterr().out
    assert "routing of routeviews: kept" in said
    assert "note.txt: is no table that is known" in said
    assert cli.run(["data", "ages"]) == 0
    said = capsys.readouterr().out
    assert "routing      routeviews" in said
    assert "IP Geolocation by DB-IP (https://db-ip.com), CC BY 4.0" in said


def test_two_who_update_at_once_leave_whole_tables(tmp_path: Path) -> None:
    laid(tmp_path / "in", "file", routes(2000))
    failed: list[BaseException] = []

    def work() -> None:
        try:
            take_in(from_folder(tmp_path / "in"), into=tmp_path / "tables")
        except BaseException as error:  # noqa: BLE001  (handed to the test)
            failed.append(error)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    assert [table.age.rows for table in stored(tmp_path / "tables")] == [2000]
