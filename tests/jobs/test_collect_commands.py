"""The commands that an administrator without the console sets feeds up with."""

import io
import sys
from pathlib import Path

import pytest
from django.conf import settings

from lionrock.desk.audit.models import Entry
from lionrock.desk.feeds.models import Blob, Source
from lionrock.desk.feeds.services import secrets
from lionrock.jobs.cli import run
from tests.net.mails import a_key

pytestmark = pytest.mark.django_db

FEED = "shadowserver"


def typed(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    """Let the next command find this on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_a_feed_is_switched_on_with_its_options_and_off_again() -> None:
    words = ["feeds", "set", FEED, "--carrier", "shadowserver"]
    assert run([*words, "--option", "types=scan_rdp scan_vnc", "--every", "24", "--on"]) == 0
    source = Source.objects.get(pk=FEED)
    assert (source.enabled, source.carrier) == (True, "shadowserver")
    assert source.options == {"types": "scan_rdp scan_vnc"}
    assert source.every_seconds == 86400

    assert run(["feeds", "set", FEED, "--option", "types=", "--no-on"]) == 0
    source.refresh_from_db()
    assert (source.enabled, source.options) == (False, {})


@pytest.mark.parametrize(
    "words",
    [["--carrier", "pigeon"], ["--option", "types"]],
    ids=["an unknown carrier", "an option without a value"],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(words: list[str]) -> None:
    assert run(["feeds", "set", FEED, *words]) == 3
    assert not Source.objects.filter(pk=FEED).exclude(carrier="").exists()


def test_a_file_is_kept_once_however_often_it_is_dropped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "scan.csv"
    file.write_bytes(b"ip\n")
    assert run(["feeds", "drop", FEED, str(file)]) == 0
    assert run(["feeds", "drop", FEED, str(file)]) == 0

    blob = Blob.objects.get()
    assert capsys.readouterr().out.splitlines() == [
        f"{blob.pk}\tnew\tscan.csv",
        f"{blob.pk}\tknown\tscan.csv",
    ]
    assert run(["feeds", "drop", "nobody-knows-it", str(file)]) == 3


def test_a_secret_is_read_from_standard_input_and_stands_in_no_entry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = Path(settings.LIONROCK_DATA)
    typed(monkeypatch, b"my-key my-secret\n")
    assert run(["feeds", "secret", FEED]) == 0
    kept = secrets.secret_of(data=data, feed=FEED, kind=secrets.Kind.PASSWORD)
    assert kept == b"my-key my-secret"
    assert run(["feeds", "secret", FEED, "--forget"]) == 0

    assert not secrets.has_secret(data=data, feed=FEED, kind=secrets.Kind.PASSWORD)
    entries = [(entry.action, entry.body) for entry in Entry.objects.order_by("number")]
    assert [action for action, _ in entries] == ["feed.secret", "feed.secret-forgotten"]
    assert not [body for _, body in entries if "my-" in body]


def test_a_pgp_key_that_cannot_decrypt_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    public, private = a_key()
    typed(monkeypatch, str(public).encode())
    assert run(["feeds", "secret", FEED, "--kind", "pgp"]) == 3
    typed(monkeypatch, private)
    assert run(["feeds", "secret", FEED, "--kind", "pgp"]) == 0
    assert run(["feeds", "secret", FEED, "--kind", "pgp", "--forget"]) == 0


def test_collecting_one_feed_says_what_came(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["feeds", "set", FEED, "--carrier", "drop", "--on"]) == 0
    capsys.readouterr()
    assert run(["feeds", "collect", FEED]) == 0
    assert capsys.readouterr().out == f"{FEED}\t0 new, 0 known\n"
