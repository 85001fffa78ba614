"""Streams in the worker as it is: started ones are taken up, stopped ones left, the dead replaced."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from websockets.sync.server import ServerConnection

from tests.jobs.test_work import LONG_SILENT, START, asked, inside, wait_for, worker
from tests.net.certstreaming import Streaming, lite, streaming

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]),
]

SECONDS = 120


@pytest.fixture
def house(environment: dict[str, str]) -> dict[str, str]:
    """The processes' environment, in which this machine may be contacted."""
    return {**environment, "LIONROCK_INTERNAL": "127.0.0.0/8"}


def lionrock(environment: dict[str, str], *words: str, given: str = "") -> str:
    done = subprocess.run(
        [*START, *words],
        env=environment,
        capture_output=True,
        text=True,
        input=given,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def of_the_stream(environment: dict[str, str], column: str) -> str:
    """Ask for a column of the one stream there is, without a process of its own (see `done`)."""
    return str(asked(environment, f"SELECT {column} FROM streams_stream")[0])


def counted(environment: dict[str, str]) -> Callable[[int], bool]:
    """Return a question: were at least so many names read?"""
    return lambda least: int(of_the_stream(environment, "names")) >= least


def talking(served: list[Streaming]) -> Callable[[ServerConnection, int], None]:
    def talk(connection: ServerConnection, visit: int) -> None:
        number = 0
        while not served[0].over.wait(0.02):
            number += 1
            connection.send(lite(f"hsbc-{visit}-{number}.example"))

    return talk


def test_a_started_stream_is_read_until_it_is_stopped_whoever_dies(
    house: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    served: list[Streaming] = []
    with streaming(talking(served)) as server:
        served.append(server)
        lionrock(house, "streams", "add", "mirror", server.url, "--kind", "certstream")
        enough = counted(house)
        with worker("one", house, log) as one:
            wait_for(lambda: b"at work" in log.read_bytes(), log)
            assert server.visits == 0, "nothing is contacted before somebody starts it"
            lionrock(house, "streams", "start", "mirror")
            wait_for(lambda: enough(5), log)
            assert "running" in lionrock(house, "streams", "list")
            with worker("two", house, log):
                one.kill()
                one.wait()
                before = server.visits
                inside(house, LONG_SILENT.replace("'two'", "'one'"))
                wait_for(lambda: server.visits > before, log)
                names = int(lionrock(house, "streams", "list").split("\t")[4].split()[0])
                wait_for(lambda: enough(names + 5), log)
                lionrock(house, "streams", "stop", "mirror")
                wait_for(lambda: "stopped" in lionrock(house, "streams", "list"), log)
                stopped = lionrock(house, "streams", "list")
                visits = server.visits
                time.sleep(2)
                assert lionrock(house, "streams", "list") == stopped
                assert server.visits == visits

    gaps = (
        "from lionrock.desk.streams.models import StreamGap\n"
        "print(*StreamGap.objects.values_list('why', flat=True))"
    )
    assert inside(house, gaps) == "not connected"


def test_a_stream_is_read_by_hand_and_what_it_needs_is_kept(house: dict[str, str]) -> None:
    def talk(connection: ServerConnection, _visit: int) -> None:
        connection.send(lite("hsbc-verify.example"))
        connection.send("{broken")
        served[0].over.wait(SECONDS)

    served: list[Streaming] = []
    with streaming(talk) as server:
        served.append(server)
        lionrock(house, "streams", "add", "mirror", server.url, "--kind", "certstream")
        told = lionrock(house, "streams", "run", "mirror", "--seconds", "4")

    assert told.split("\t")[1:5] == ["2 entries", "1 names", "1 new suspects", "1 rejects"]
    assert "stopped" in lionrock(house, "streams", "list")
    assert lionrock(house, "streams", "replay", "mirror").split("\t")[1:3] == [
        "0 read",
        "1 still not",
    ]
    lionrock(house, "streams", "secret", "mirror", given="two lions\n")
    kept = Path(house["LIONROCK_DATA"]) / "secrets" / "feed-stream-mirror"
    assert kept.read_text() == "two lions\n"
    lionrock(house, "streams", "remove", "mirror")
    assert lionrock(house, "streams", "list") == ""


def test_the_logs_of_a_file_appear_and_none_is_started(
    house: dict[str, str], tmp_path: Path
) -> None:
    from tests.desk.streams.test_setting_up import LIST

    file = tmp_path / "log_list.json"
    file.write_bytes(LIST)

    assert lionrock(house, "streams", "logs", str(file)) == "1 logs added, 0 changed\n"
    assert lionrock(house, "streams", "list").split("\t")[:3] == [
        "log-example-2026h2",
        "stopped",
        "ct-log",
    ]


def test_what_cannot_be_is_said_in_one_sentence(house: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, *START[1:], "streams", "start", "nothing"],
        env=house,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert done.returncode != 0
    assert "there is no stream called nothing" in done.stderr
