"""A signed report is read for what it says, and nobody is told that the signature was checked."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from lionrock.core.events import Event, Reject
from lionrock.core.feeds import Delivery
from lionrock.feeds import catalogue
from lionrock.feeds.mailing.signed import Signature, signature_of
from lionrock.feeds.reading import read_delivery

PLAIN = (Path(__file__).parent / "samples/xarf/plain.eml").read_bytes()
CONTENT = PLAIN.partition(b"MIME-Version: 1.0\n")[2]
HEAD = b"From: reporter@cert.example\nSubject: report\nX-XARF: SECURE\nMIME-Version: 1.0\n"


def around(protocol: str, part: str) -> bytes:
    """Return the sample's report with a signature beside it."""
    return (
        HEAD
        + f'Content-Type: multipart/signed; protocol="{protocol}"; boundary="s"\n\n--s\n'.encode()
        + CONTENT
        + f"\n--s\nContent-Type: {part}\n\nAAAA\n--s--\n".encode()
    )


SIDE = {
    "smime": around("application/pkcs7-signature", "application/pkcs7-signature; name=smime.p7s"),
    "openpgp": around("application/pgp-signature", "application/pgp-signature; name=signature.asc"),
}
WHOLE = HEAD + (
    b'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\n'
    b"Content-Transfer-Encoding: base64\n\nMIAGCSqGSIb3DQEHAqCA\n"
)


def read(mail: bytes) -> list[Event | Reject]:
    """Return what the X-ARF feed reads from a mail."""
    delivery = Delivery.of(mail, name="mail.eml", received=datetime(2026, 11, 20, tzinfo=UTC))
    return list(read_delivery(catalogue()["xarf"], delivery))


@pytest.mark.parametrize("how", sorted(SIDE))
def test_a_secure_report_says_what_the_plain_one_does(how: str) -> None:
    assert read(SIDE[how]) == read(PLAIN)
    assert signature_of(SIDE[how]) is Signature(how)


def test_a_report_inside_its_signature_is_a_reject_that_says_so() -> None:
    (reject,) = read(WHOLE)

    assert isinstance(reject, Reject)
    assert "inside one signed piece (S/MIME), which is not opened" in reject.why
    assert signature_of(WHOLE) is Signature.SMIME


@pytest.mark.parametrize(
    ("beginning", "how"),
    [
        (HEAD + b"Content-Type: text/plain\n\nSource: 192.0.2.4\n", Signature.ANNOUNCED),
        (
            b"From: a@cert.example\r\n\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\n",
            Signature.OPENPGP,
        ),
        (PLAIN, None),
        (WHOLE.replace(b"signed-data", b"enveloped-data").replace(b"X-XARF: SECURE\n", b""), None),
        (b'"timestamp","ip"\n"2026-11-20","192.0.2.4"\n', None),
        (b'{"a": 1}', None),
        (b"\x28\xb5\x2f\xfd" + bytes(100), None),
        (b"", None),
    ],
)
def test_a_beginning_tells_how_a_mail_is_signed(beginning: bytes, how: Signature | None) -> None:
    assert signature_of(beginning) is how
