"""Mails are taken apart without trusting them, and every kind of report in them is found."""

import base64
import io
import zipfile
from datetime import UTC, datetime

import pytest

from lionrock.core.events import Event, Reject
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.feeds import catalogue
from lionrock.feeds.mailing.links import links
from lionrock.feeds.mailing.logs import guesses
from lionrock.feeds.mailing.parts import LARGEST_MAIL, MOST_PARTS, mail_of, read_mail
from lionrock.feeds.mailing.written import of_text
from lionrock.feeds.mailing.zones import zoned
from lionrock.feeds.reading import Unreadable, read_delivery

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def read(feed: str, content: bytes) -> list[Event | Reject]:
    delivery = Delivery.of(content, name="mail.eml", received=NOW)
    return list(read_delivery(catalogue()[feed], delivery))


def mail(
    *parts: tuple[str, bytes], subject: str = "report", sender: str = "a@cert.example"
) -> bytes:
    """Build a mail of parts ``(header lines, body)``."""
    lines = [
        f"From: {sender}".encode(),
        f"Subject: {subject}".encode(),
        b"Date: Thu, 19 Nov 2026 12:00:00 +0000",
        b"MIME-Version: 1.0",
        b'Content-Type: multipart/mixed; boundary="edge"',
        b"",
    ]
    for head, body in parts:
        lines += [b"--edge", *head.encode().splitlines(), b"", body]
    return b"\r\n".join([*lines, b"--edge--", b""])


def zipped(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def test_headers_in_any_encoding_are_read_as_words() -> None:
    found = mail_of(
        b"Subject: =?utf-8?b?5ris6Kmm?= =?utf-8?q?_ok?=\nFrom: =?x-none?q?y?= <A@b.example>\n\nx"
    )
    assert found.subject == "測試 ok"
    assert found.sender == "a@b.example"


def test_a_header_cannot_bring_a_line_of_its_own() -> None:
    found = mail_of(b"Subject: =?utf-8?q?one=0D=0ABcc:_x?=\n\nx")
    assert "\n" not in found.subject
    assert "bcc" not in found.headers


def test_a_broken_date_leaves_the_time_of_receipt() -> None:
    assert mail_of(b"Date: (invalid)\nSubject: x\n\nx").date is None


def test_the_text_of_a_mail_in_html_alone_is_what_a_reader_sees() -> None:
    found = mail_of(
        b"Subject: x\nContent-Type: text/html; charset=utf-8\n\n"
        b"<html><head><style>p{}</style></head><body><p>seen</p><script>hidden</script></body></html>"
    )
    assert "seen" in found.text
    assert "hidden" not in found.text
    assert "p{}" not in found.text


def test_an_encrypted_part_is_a_reject_beside_what_could_be_read() -> None:
    content = mail(
        ("Content-Type: text/plain", b"the attacker is 192.0.2.1"),
        (
            "Content-Type: application/pgp-encrypted; name=x.asc",
            b"-----BEGIN PGP MESSAGE-----\n\nAA",
        ),
    )
    found = read("abuse-mail", content)
    assert [r.asset.value for r in found if isinstance(r, Event)] == ["192.0.2.1"]
    assert [r.why for r in found if isinstance(r, Reject)] == [
        "has an encrypted part that was not decrypted"
    ]


def test_a_character_set_that_cannot_be_named_is_read_as_utf_8() -> None:
    part = (
        'Content-Type: text/plain; charset="x\0y"\nContent-Transfer-Encoding: 8bit',
        "攻擊".encode(),
    )
    assert "攻擊" in mail_of(mail(part)).text


def test_thousands_of_parts_are_not_taken_apart() -> None:
    nested = mail(*[("Content-Type: text/plain", b"x")] * (MOST_PARTS + 5))
    found = mail_of(nested)
    assert len(found.leaves) <= MOST_PARTS
    assert len(found.broken) == 1


def test_parts_in_parts_without_end_are_left_unread() -> None:
    content = b"Subject: x\n"
    for level in range(200):
        content += f'Content-Type: multipart/mixed; boundary="b{level}"\n\n--b{level}\n'.encode()
    assert mail_of(content + b"Content-Type: text/plain\n\nx").leaves == ()


def test_a_mail_without_bounds_is_refused() -> None:
    class Endless(io.RawIOBase):
        def read(self, size: int = -1, /) -> bytes:
            return b"x" * size

    with pytest.raises(Unreadable, match="longer than"):
        read_mail(Endless())  # type: ignore[arg-type]  # a stream that never ends needs no more
    assert LARGEST_MAIL < 1 << 27


def test_a_zip_bomb_attached_to_a_report_is_a_reject() -> None:
    bomb = base64.encodebytes(zipped("2026-11-19-scan_telnet.csv", b"0" * (64 << 20)))
    content = mail(
        (
            'Content-Type: application/zip; name="2026-11-19-scan_telnet.csv.zip"\n'
            "Content-Transfer-Encoding: base64",
            bomb,
        ),
        sender="autoreports@shadowserver.org",
    )
    found = read("shadowserver-mail", content)
    assert found
    assert all(isinstance(record, Reject) for record in found)


def test_rows_of_several_attached_reports_keep_lines_of_their_own() -> None:
    report = b'"timestamp","ip","port"\n"2026-11-19 01:00:00","192.0.2.1",23\n'
    head = 'Content-Type: text/csv; name="2026-11-19-scan_telnet-{}.csv"'
    content = mail(
        (head.format("a"), report),
        (head.format("b"), report),
        sender="autoreports@shadowserver.org",
    )
    found = read("shadowserver-mail", content)
    assert len({record.line for record in found}) == len(found) == 2


def test_xml_that_names_entities_is_not_resolved() -> None:
    content = mail(
        (
            "Content-Type: application/xml",
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
            b"<Infringement><Source><TimeStamp>2026-11-19T00:00:00Z</TimeStamp>"
            b"<IP_Address>&a;</IP_Address></Source></Infringement>",
        )
    )
    (found,) = read("acns", content)
    assert isinstance(found, Reject)


def test_a_notice_repeated_in_one_mail_is_one_event() -> None:
    xml = (
        b"<Infringement><Case><ID>7</ID></Case><Source><TimeStamp>2026-11-19T00:00:00Z</TimeStamp>"
        b"<IP_Address>192.0.2.1</IP_Address><Port>6881</Port></Source></Infringement>"
    )
    content = mail(("Content-Type: text/plain", xml), ("Content-Type: application/xml", xml + b" "))
    assert len(read("acns", content)) == 1


def test_only_links_that_lead_to_the_named_hosts_are_found() -> None:
    content = (
        b"Subject: report\n\nSee https://dl.shadowserver.org/abc?x=1.\n"
        b"http://dl.shadowserver.org.evil.example/a http://evil.example/dl.shadowserver.org/b\n"
        b"https://user@dl.shadowserver.org/c https://dl.shadowserver.org:8443/d "
        b"https://dl.shadowserver.org/ <https://dl.shadowserver.org/abc?x=1>\n"
    )
    assert links(content) == ("https://dl.shadowserver.org/abc?x=1",)
    assert links(b"no mail at all") == ()


def test_links_in_a_forwarded_mail_are_found_too() -> None:
    inner = b"Subject: in\n\nhttps://dl.shadowserver.org/deep"
    assert links(mail(("Content-Type: message/rfc822", inner))) == (
        "https://dl.shadowserver.org/deep",
    )


def test_attempts_of_one_address_are_folded_with_first_last_and_count() -> None:
    text = "\n".join(
        f"Nov 19 07:19:{second:02} host sshd[1]: Failed password for root from 192.0.2.1 port 40{second:02} ssh2"
        for second in (9, 2, 30)
    )
    (found,) = guesses(text, received=NOW)
    assert (found.address, found.service, found.count) == ("192.0.2.1", "ssh", 3)
    assert found.first == datetime(2026, 11, 19, 7, 19, 2, tzinfo=UTC)
    assert found.last == datetime(2026, 11, 19, 7, 19, 30, tzinfo=UTC)


def test_a_log_of_december_read_in_january_is_of_the_year_before() -> None:
    line = "Dec 31 23:59:59 host sshd[1]: Invalid user admin from 192.0.2.1 port 4711"
    (found,) = guesses(line, received=datetime(2027, 1, 2, tzinfo=UTC))
    assert found.first == datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "service"),
    [
        ("sshd[9]: Invalid user oracle from 192.0.2.1", "ssh"),
        (
            "sshd-session[9]: Failed password for invalid user a b from 192.0.2.1 port 22 ssh2",
            "ssh",
        ),
        ("fail2ban.actions [7]: NOTICE [sshd] Ban 192.0.2.1", "ssh"),
        ("fail2ban.filter [7]: INFO [dovecot] Found 192.0.2.1", "imap"),
        (
            "dovecot: imap-login: Disconnected (auth failed, 1 attempts): user=<x>, rip=192.0.2.1, lip=198.51.100.1",
            "imap",
        ),
        (
            "postfix/smtpd[3]: warning: unknown[192.0.2.1]: SASL LOGIN authentication failed: x",
            "smtp",
        ),
    ],
)
def test_lines_of_common_servers_are_known(line: str, service: str) -> None:
    (found,) = guesses(line, received=NOW)
    assert (found.address, found.service) == ("192.0.2.1", service)


def test_words_that_say_nothing_bad_name_no_indicator() -> None:
    assert list(of_text("Our office moved to 192.0.2.1 Example Road", at=NOW)) == []


def test_the_reporters_own_site_is_no_indicator() -> None:
    text = "Malware came to https://www.victim.example/x from http://files.example/y"
    found = [event.asset.value for event in of_text(text, at=NOW, own="victim.example")]
    assert found == ["http://files.example/y"]


def test_what_a_person_writes_stays_undetermined_and_is_passed_on_by_nobody_but_a_person() -> None:
    (found,) = of_text("phishing at hxxp://login[.]bank[.]example/a", at=NOW)
    assert found.kind is Rsit.UNDETERMINED
    assert found.severity.value == "info"


def test_a_line_without_end_costs_no_more_than_its_beginning() -> None:
    assert list(of_text("attack " + "1." * 1_000_000, at=NOW)) == []


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-11-19 12:00:00 CET", 11),
        ("2026-11-19 12:00:00 HKT", 4),
        ("2026-11-19 12:00:00", 12),
        ("2026-11-19T12:00:00+02:00", 10),
    ],
)
def test_the_letters_of_a_zone_count(text: str, hour: int) -> None:
    assert zoned(text) == datetime(2026, 11, 19, hour, tzinfo=UTC)
