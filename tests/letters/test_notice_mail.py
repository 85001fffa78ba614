"""What leaves is a mail that others can read and check, and that carries nobody else's headers."""

import csv
import io
import json
import shutil
import subprocess
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysequoia import Sig, Tsk, decrypt, verify
from xarf import parse

from lionrock.core.errors import GiveUp
from lionrock.core.events import AssetKind, Part
from lionrock.core.rsit import Rsit
from lionrock.letters import xarf
from lionrock.letters.mail import Attachment, Outgoing, TooLarge, build, read_key, usable
from lionrock.letters.notice import write
from lionrock.letters.table import COLUMNS, table
from tests.letters.items import AT, TEAM, TICKET, draft, item

ID = "<lr-2026-000123-il.1.abcdef@cert.example>"


@pytest.fixture(scope="module")
def key() -> Tsk:
    """Our signing key."""
    return Tsk.generate(user_id="CERT <cert@cert.example>")


@pytest.fixture(scope="module")
def theirs() -> Tsk:
    """A recipient's key."""
    return Tsk.generate(user_id="Abuse <abuse@isp.example>")


def outgoing(language: str = "en", **changes: object) -> Outgoing:
    """Return a mail about an open Telnet service with its table."""
    text = write(draft(language=language))
    fields: dict[str, object] = {
        "sender": "cert@cert.example",
        "sender_name": "某地 CERT",
        "to": "abuse@isp.example",
        "subject": text.subject,
        "text": text.body,
        "message_id": ID,
        "at": AT,
        "language": language,
        "attachments": (
            Attachment(name="t.csv", type="text/csv", content=table([item()], ticket=TICKET)),
        ),
        **changes,
    }
    return Outgoing(**fields)  # type: ignore[arg-type]  # each field has its own type


def parsed(raw: bytes) -> EmailMessage:
    """Return a mail as others' programs read it."""
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_a_mail_reads_back_as_it_was_written(language: str) -> None:
    mail = outgoing(language)
    message = parsed(build(mail))

    assert message["Subject"] == mail.subject
    assert message["Message-ID"] == ID
    assert message["Auto-Submitted"] == "auto-generated"
    assert "Precedence" not in message
    assert message["From"].addresses[0].display_name == "某地 CERT"
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == mail.text
    (attached,) = message.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("t.csv", "text/csv")


@pytest.mark.parametrize("language", ["en", "zh-hant"])
def test_a_mail_is_ascii_with_short_lines_and_crlf(language: str, key: Tsk) -> None:
    raw = build(outgoing(language, key=key))

    assert raw.isascii()
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_the_signature_holds_byte_for_byte(key: Tsk) -> None:
    message = message_from_bytes(build(outgoing(key=key)), policy=default)
    signed, signature = signed_parts(build(outgoing(key=key)))
    good = verify(
        bytes=signed,
        store=lambda ids: [key.extract_certificate()],
        signature=signature_of(signature),
    )

    assert message.get_content_type() == "multipart/signed"
    assert len(good.valid_sigs) == 1
    with pytest.raises(Exception, match=r".*"):
        verify(
            bytes=signed.replace(b"192", b"193"),
            store=lambda ids: [key.extract_certificate()],
            signature=signature_of(signature),
        )


@pytest.mark.skipif(
    shutil.which("gpg") is None, reason="GnuPG is not installed (Debian package: gpg)"
)
def test_gnupg_finds_the_signature_good(key: Tsk, tmp_path: Path) -> None:
    signed, signature = signed_parts(build(outgoing("zh-hant", key=key)))
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    (tmp_path / "key.asc").write_text(str(key.extract_certificate()))
    (tmp_path / "signed").write_bytes(signed)
    (tmp_path / "signature.asc").write_bytes(signature)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--no-autostart"]
    subprocess.run([*gpg, "--import", str(tmp_path / "key.asc")], check=True, capture_output=True)
    done = subprocess.run(
        [*gpg, "--verify", str(tmp_path / "signature.asc"), str(tmp_path / "signed")],
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr.decode()


def test_a_sealed_mail_opens_with_the_recipients_key_alone(key: Tsk, theirs: Tsk) -> None:
    raw = build(outgoing(key=key, recipient=theirs.extract_certificate()))
    message = parsed(raw)
    assert message.get_content_type() == "multipart/encrypted"
    assert b"192.0.2" not in raw
    secret = list(message.iter_parts())[1].get_payload(decode=True)
    assert isinstance(secret, bytes)
    opened = decrypt(secret, decryptor=theirs.decryptor())

    assert opened.bytes is not None
    assert b"multipart/signed" in opened.bytes
    with pytest.raises(Exception, match=r".*"):
        decrypt(secret, decryptor=key.decryptor())


def test_a_key_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(GiveUp, match="no OpenPGP public key"):
        read_key("hello")


def test_an_expired_key_is_not_used(theirs: Tsk) -> None:
    cert = theirs.extract_certificate()
    old = cert.set_expiration(datetime(2090, 1, 1, tzinfo=UTC), theirs.certifier())

    assert usable(cert, at=datetime(2100, 1, 1, tzinfo=UTC))
    assert usable(old, at=datetime(2089, 1, 1, tzinfo=UTC))
    assert not usable(old, at=datetime(2100, 1, 1, tzinfo=UTC))


@given(st.text(max_size=200))
def test_no_subject_or_name_becomes_a_header(text: str) -> None:
    raw = build(outgoing(subject=f"x{text}", sender_name=text, attachments=()))
    head = raw.split(b"\r\n\r\n", 1)[0]
    names = [line.split(b":")[0].lower() for line in head.split(b"\r\n") if line[:1] not in b" \t"]

    assert sorted(names) == sorted(
        [
            b"from",
            b"to",
            b"subject",
            b"date",
            b"message-id",
            b"auto-submitted",
            b"x-auto-response-suppress",
            b"content-language",
            b"mime-version",
            b"content-type",
            b"content-transfer-encoding",
        ]
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("to", "abuse@isp.example\r\nBcc: x@y.example"),
        ("to", "abuse@isp.example, x@y.example"),
        ("to", "two words@isp.example"),
        ("sender", "x"),
        ("message_id", "<a@b>\r\nBcc: x@y.example"),
        ("message_id", "a@b"),
    ],
)
def test_an_address_or_id_with_more_in_it_is_refused(field: str, value: str) -> None:
    with pytest.raises(GiveUp):
        build(outgoing(**{field: value}))


def test_an_escalation_goes_on_from_what_was_sent() -> None:
    message = parsed(build(outgoing(answers=("<a@cert.example>", "<b@cert.example>"))))

    assert message["In-Reply-To"] == "<b@cert.example>"
    assert message["References"] == "<a@cert.example> <b@cert.example>"


def test_what_is_larger_than_servers_take_is_never_built() -> None:
    big = Attachment(name="t.csv", type="text/csv", content=b"x" * 12_000_000)
    with pytest.raises(TooLarge):
        build(outgoing(attachments=(big,)))


def test_a_table_guards_spreadsheets_and_breaks_links() -> None:
    evil = item(
        family="=HYPERLINK(1)",
        service="+1",
        brand="@x",
        asset_kind=AssetKind.URL,
        asset="http://a.example/?q=\r\n=1",
        url="http://a.example/",
        others=("https://b.example/",),
    )
    text = table([evil], ticket=TICKET).decode()
    (row,) = csv.DictReader(io.StringIO(text, newline=""))

    assert tuple(row) == COLUMNS
    assert row["family"] == "'=HYPERLINK(1)"
    assert (row["service"], row["brand"]) == ("'+1", "'@x")
    assert row["asset"] == "hxxp://a.example/?q= =1"
    assert row["others"] == "hxxps://b.example/"
    assert "http://" not in text
    assert row["last_seen_utc"] == "2026-11-21T03:12:04Z"


@pytest.mark.parametrize("kind", list(Rsit))
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"url": "http://a.example/"},
        {"port": None, "service": "", "transport": ""},
        {"part": Part.SOURCE, "port": None, "source_port": 4000},
        {"asset_kind": AssetKind.HOST, "asset": "a.example", "host": "a.example", "address": ""},
        {"cves": ("CVE-2026-0001", "CVE-2026-0002")},
        {"variant": "defacement", "url": "http://a.example/"},
        {"variant": "blocklist"},
    ],
    ids=["plain", "url", "portless", "caller", "host", "cves", "defaced", "listed"],
)
def test_every_report_passes_the_schema_of_x_arf(
    kind: Rsit,
    changes: dict[str, Any],  # Any: each field has its own type
) -> None:
    body = xarf.report(item(kind=kind, **changes), ticket=TICKET, team=TEAM)
    read = parse(json.loads(xarf.as_bytes(body)))

    assert read.errors == []
    assert xarf.report(item(kind=kind, **changes), ticket=TICKET, team=TEAM) == body


def test_a_phishing_page_is_reported_as_one() -> None:
    one = item(kind=Rsit.PHISHING, url="http://a.example/x", brand="Marbluna")
    body = xarf.report(one, ticket=TICKET, team=TEAM)

    assert (body["category"], body["type"], body["url"]) == (
        "content",
        "phishing",
        "http://a.example/x",
    )


def signed_parts(raw: bytes) -> tuple[bytes, bytes]:
    """Return the signed bytes and the signature of a multipart/signed mail, cut as RFC 1847 says."""
    boundary = b"--" + raw.split(b'boundary="', 1)[1].split(b'"', 1)[0]
    _, signed, last, _ = raw.split(b"\r\n" + boundary, 3)
    return signed.removeprefix(b"\r\n"), last.split(b"\r\n\r\n", 1)[1]


def signature_of(armored: bytes) -> Sig:
    """Return the signature as the library reads it."""
    return Sig.from_bytes(armored)


def test_a_value_that_the_schema_does_not_take_is_said_plainly() -> None:
    one = item(kind=Rsit.VULNERABLE_SYSTEM, cves=("CVE-MANY",))
    body = xarf.report(one, ticket=TICKET, team=TEAM)

    assert (body["category"], body["type"]) == ("reputation", "threat_intelligence")
    assert body["source_identifier"] == "192.0.2.1"
