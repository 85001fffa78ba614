"""Mails encrypted to us are opened, whatever form they have, and nothing else is touched."""

from email import message_from_bytes
from email.message import EmailMessage

import pysequoia
import pytest

from lionrock.core.errors import GiveUp
from lionrock.net.pgp import check_key, is_encrypted, opened
from tests.net.mails import a_key, mail, sealed_inline, sealed_mime

TO, KEY = a_key()
INNER = (
    b"Content-Type: multipart/mixed; boundary=inner\r\n\r\n--inner\r\n"
    b"Content-Type: text/csv\r\nContent-Disposition: attachment; filename=list.csv\r\n\r\n"
    b"ip\r\n192.0.2.1\r\n--inner--\r\n"
)


def test_a_plain_mail_is_not_taken_for_an_encrypted_one() -> None:
    assert not is_encrypted(mail())
    assert not is_encrypted(mail(attachment=b"PK\x03\x04"))
    assert opened(mail(), key=KEY) is None


def test_pgp_mime_is_opened_under_the_outer_mail_s_headers() -> None:
    sealed = sealed_mime(INNER, TO)
    assert is_encrypted(sealed)
    plain = opened(sealed, key=KEY)

    assert plain is not None
    found = message_from_bytes(plain)
    assert (found["From"], found["Message-ID"]) == (
        "sender@reports.example",
        "<sealed@reports.example>",
    )
    assert [part.get_filename() for part in found.walk()] == [None, "list.csv"]
    assert b"192.0.2.1" in plain
    assert not is_encrypted(plain)


def test_inline_pgp_is_opened_in_its_place() -> None:
    sealed = sealed_inline("Grüße, 192.0.2.7\n".encode(), TO)
    plain = opened(sealed, key=KEY)

    assert is_encrypted(sealed)
    assert plain is not None
    text = message_from_bytes(plain).get_payload(decode=True)
    assert text == "Grüße, 192.0.2.7\n".encode()


@pytest.mark.parametrize("armour", [True, False], ids=["armoured", "binary"])
def test_an_encrypted_attachment_gets_its_own_name_back(armour: bool) -> None:
    message = EmailMessage()
    message["Subject"] = "report"
    message.set_content("attached")
    message.add_attachment(
        pysequoia.encrypt(b"PK\x03\x04 a zip", [TO], armor=armour),
        maintype="application",
        subtype="octet-stream",
        filename="report.zip.gpg",
    )
    plain = opened(message.as_bytes(), key=KEY)

    assert plain is not None
    parts = {part.get_filename(): part for part in message_from_bytes(plain).walk()}
    assert parts["report.zip"].get_payload(decode=True) == b"PK\x03\x04 a zip"


def test_a_key_that_does_not_fit_opens_nothing() -> None:
    _, other = a_key()
    assert opened(sealed_mime(INNER, TO), key=other) is None
    assert opened(sealed_inline(b"x", TO), key=other) is None


def test_a_broken_message_opens_nothing() -> None:
    sealed = sealed_mime(INNER, TO)
    middle = len(sealed) // 2
    assert opened(sealed[:middle] + b"AAAA" + sealed[middle + 40 :], key=KEY) is None


def test_a_key_that_cannot_decrypt_is_refused_when_it_is_set() -> None:
    check_key(KEY)
    with pytest.raises(GiveUp, match="public key"):
        check_key(str(TO).encode())
    with pytest.raises(GiveUp, match="cannot be used"):
        check_key(b"my password")
