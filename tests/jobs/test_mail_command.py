"""Letters take the whole road to a real mail server on loopback, and commands steer it."""

from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import zstandard
from django.test import override_settings

from lionrock.desk.notices.models import Caught, Letter, LetterState, Mailing, Notice
from lionrock.desk.notices.services.outbox import send_due
from lionrock.desk.notices.services.route import route_complete
from lionrock.jobs import mail
from lionrock.jobs.catch import address_of, begin, running
from lionrock.jobs.cli import run
from lionrock.net import smtp
from tests.desk.notices.making import NOW, constituent, delivery, episode

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]),
]


@pytest.fixture(autouse=True)
def data(tmp_path: Path) -> Iterator[Path]:
    """Keep secrets in a folder of this test."""
    with override_settings(LIONROCK_DATA=tmp_path):
        yield tmp_path


@pytest.fixture
def notice() -> Notice:
    """A notice that is ready to leave."""
    constituent(format="xarf")
    episode(delivery())
    route_complete(now=NOW)
    return Notice.objects.get()


def test_without_a_server_letters_end_in_the_catch_all_by_the_same_road(notice: Notice) -> None:
    running.cache_clear()

    with mail.transport() as transport:
        assert send_due(transport=transport, worker="w1", now=NOW).sent == 1
    caught = Caught.objects.get()
    letter = Letter.objects.get()
    assert (caught.letter, caught.to, caught.subject) == (letter, letter.to, letter.subject)
    assert letter.receipt == "250 caught, kept on this machine"
    content = zstandard.ZstdDecompressor().decompress(bytes(caught.body))
    assert content == zstandard.ZstdDecompressor().decompress(bytes(letter.body))
    assert message_from_bytes(content, policy=default)["Message-ID"] == letter.message_id


def test_an_administrators_server_gets_the_letters(notice: Notice) -> None:
    controller = begin()
    place = address_of(controller)
    try:
        words = f"mail server localhost --port {place.port} --security none"
        assert run([*words.split(), "--sender", "cert@cert.example"]) == 0
        assert run(["mail", "send"]) == 0
    finally:
        controller.stop()

    content = zstandard.ZstdDecompressor().decompress(bytes(Caught.objects.get().body))
    assert b"<cert@cert.example>" in content.split(b"\r\n\r\n")[0]
    assert Letter.objects.get().state == LetterState.SENT


def test_mail_without_tls_leaves_this_machine_for_nobody(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = run(
        ["mail", "server", "mx.example.org", "--security", "none", "--sender", "a@cert.example"]
    )

    assert code == 3
    assert "without TLS goes to this machine alone" in capsys.readouterr().err
    assert not Mailing.objects.exclude(host="").exists()


def test_a_preview_shows_the_letter_and_sends_nothing(
    notice: Notice, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["mail", "preview", notice.ticket]) == 0
    shown = capsys.readouterr().out

    assert "To: abuse@isp.example\n" in shown
    assert f"Subject: [{notice.ticket}] [TLP:AMBER] Services open" in shown
    assert f"Attached: {notice.ticket}-1.xarf.json" in shown
    assert not Letter.objects.exists()


def test_stop_and_start(notice: Notice, capsys: pytest.CaptureFixture[str]) -> None:
    running.cache_clear()
    run(["mail", "stop", "--note", "wait"])
    run(["mail", "send"])
    assert "sent 0" in capsys.readouterr().out
    run(["mail", "status"])
    assert "stopped\tyes" in capsys.readouterr().out
    run(["mail", "start"])
    run(["mail", "send"])
    assert "sent 1" in capsys.readouterr().out


def test_the_key_is_made_once_for_the_owner_alone_and_signs(
    notice: Notice, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    running.cache_clear()
    assert run(["mail", "server", "", "--sender", "cert@cert.example"]) == 0
    capsys.readouterr()
    run(["mail", "key"])
    first = capsys.readouterr().out
    run(["mail", "key"])

    assert first == capsys.readouterr().out
    assert first.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----")
    file = data / "secrets" / "mail-key.asc"
    assert file.stat().st_mode & 0o777 == 0o600
    run(["mail", "send"])
    content = zstandard.ZstdDecompressor().decompress(bytes(Caught.objects.get().body))
    assert message_from_bytes(content).get_content_type() == "multipart/signed"


def test_no_key_is_made_for_an_address_that_leads_nowhere(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["mail", "key"])

    assert code == 3
    assert "lionrock mail server HOST --sender ADDRESS" in capsys.readouterr().err
    assert not (data / "secrets" / "mail-key.asc").exists()


def test_going_back_to_the_catch_all_keeps_the_sender() -> None:
    words = ["--sender", "cert@cert.example", "--sender-name", "Example CERT"]
    assert run(["mail", "server", "mx.example.org", *words]) == 0
    assert run(["mail", "server", ""]) == 0

    row = Mailing.objects.get()
    assert (row.host, row.sender, row.sender_name) == ("", "cert@cert.example", "Example CERT")


def test_answers_are_taken_from_files(
    notice: Notice, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answer.eml"
    file.write_text(f"From: lee@isp.example\nSubject: Re: [{notice.ticket}]\n\nWe fixed it.\n")

    assert run(["mail", "take", str(file)]) == 0
    assert f"{notice.ticket}\tfixed" in capsys.readouterr().out


def test_the_catch_all_takes_mails_of_others_too() -> None:
    controller = begin()
    try:
        smtp.send(
            address_of(controller),
            b"Subject: hello\r\n\r\nx\r\n",
            sender="a@b.example",
            to="c@d.example",
        )
    finally:
        controller.stop()

    caught = Caught.objects.get()
    assert (caught.letter, caught.to, caught.subject) == (None, "c@d.example", "hello")
