"""A killed reader of a certificate log loses no entry and judges none twice, wherever it is killed."""

import json
import subprocess
import sys
from base64 import b64encode

import pytest

from lionrock import regions
from lionrock.names import scorer
from lionrock.names.blocks import lines_of
from lionrock.names.scan import scan
from lionrock.names.suffixes import Suffixes
from lionrock.names.triage import Triage
from lionrock.net.ct.logs import Kind
from tests.net.ct.localog import BEGAN, Authority, LocalLog, running, taken

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]),
]

CERTIFICATES = 2100


def grown() -> LocalLog:
    """A log of certificates, every hundredth for a name that imitates a bank."""
    log, authority = LocalLog(cap=100), Authority()
    stamp = int(BEGAN.timestamp() * 1000)
    for number in range(CERTIFICATES):
        name = f"hsbc-verify-{number}.example" if number % 100 == 0 else f"plain-{number}.example"
        log.entries += taken(authority, name, f"www.{name}", stamp=stamp + number)
    entries, log.entries = log.entries, []
    log.grow(entries)
    return log


def begin(environment: dict[str, str], *words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.jobs.streaming_process", *words],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def run(environment: dict[str, str], *words: str) -> str:
    process = begin(environment, *words)
    printed, _ = process.communicate(timeout=180)
    assert process.returncode == 0, printed
    return printed


@pytest.mark.parametrize("kind", list(Kind))
def test_a_killed_reader_loses_no_entry_and_judges_none_twice(
    environment: dict[str, str], kind: Kind
) -> None:
    log = grown()
    expected = undisturbed(log)
    assert "hsbc-verify-100.example" in expected
    with running(log, kind) as (described, _server):
        key = b64encode(described.key).decode()
        run(
            environment,
            "prepare",
            described.url,
            key,
            kind.value,
            described.submission_url,
        )
        for kept_before in (1, 2):
            reader = begin(environment, "read")
            assert reader.stdout is not None
            for _ in range(kept_before):
                assert reader.stdout.readline().startswith("kept")
            reader.kill()
            reader.communicate(timeout=60)
            assert reader.returncode == -9
            run(environment, "free")
        halfway = json.loads(run(environment, "report"))
        assert 0 < halfway["entries"] < 2 * CERTIFICATES, "it was killed in the middle"
        assert "caught_up=True" in run(environment, "read")
        found = json.loads(run(environment, "report"))

    assert found["entries"] == found["index"] == found["hours"] == 2 * CERTIFICATES
    assert found["judged"] == found["names"] == 2 * CERTIFICATES
    assert found["suspects"] == expected
    assert found["fresh"] == [len(expected), len(expected)]
    assert (found["rejects"], found["gaps"]) == (0, 0)


def undisturbed(log: LocalLog) -> list[str]:
    """Return the suspects among the log's names, as one scan of them all finds them."""
    names = dict.fromkeys(name.encode() for entry in log.entries for name in entry.names)
    triage = Triage(regions.load("hk"), scorer.shipped())
    (scanned,) = scan([lines_of(list(names))], triage, Suffixes.bundled())
    return sorted(judgement.host for judgement in scanned.judgements)
