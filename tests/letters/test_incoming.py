"""Bounces of every make, automatic replies and people's answers are told apart, whatever they hold."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lionrock.letters.incoming import Sort, read
from lionrock.letters.reply import Says, new_text, says
from lionrock.letters.ticket import ticket_of

TICKET = ticket_of(year=2026, number=123)
ID = "<lr-2026-000123.1.abc@cert.example>"


def mail(text: str, subject: str = f"Re: [{TICKET}] x", **headers: str) -> bytes:
    """Return a plain mail."""
    message = EmailMessage()
    message["From"] = headers.pop("From", "lee@isp.example")
    message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


QMAIL = (
    "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.isp.example\r\nTo: cert@cert.example\r\n"
    "Subject: failure notice\r\n\r\n"
    "Hi. This is the mail program at mx.isp.example.\r\n\r\n<abuse@isp.example>:\r\n"
    "192.0.2.25 does not like recipient.\r\nRemote host said: 550 5.1.1 no such user\r\n\r\n"
    f"--- Below this line is a copy of the message.\r\n\r\nMessage-ID: {ID}\r\n"
    f"Subject: [{TICKET}] Services open\r\n\r\ntext\r\n"
)
EXIM = (
    "Return-Path: <>\r\nX-Failed-Recipients: abuse@isp.example\r\nAuto-Submitted: auto-replied\r\n"
    "From: Mail Delivery System <Mailer-Daemon@mx.isp.example>\r\n"
    "Subject: Mail delivery failed: returning message to sender\r\n\r\n"
    "A message that you sent could not be delivered.\r\n\r\n  abuse@isp.example\r\n"
    "    host mx.isp.example [192.0.2.25]\r\n    SMTP error from remote mail server after RCPT TO: "
    "550 user unknown\r\n\r\n------ This is a copy of the message, including all the headers.\r\n"
    f"Message-ID: {ID}\r\nSubject: [{TICKET}] Services open\r\n"
)
EXCHANGE = (
    "From: postmaster@isp.example\r\nTo: cert@cert.example\r\n"
    f"Subject: Undeliverable: [{TICKET}] Services open\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="x"\r\n\r\n'
    "--x\r\nContent-Type: text/html\r\n\r\n<p>abuse wasn't found at isp.example.</p>\r\n"
    "--x\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns;ex.isp.example\r\n\r\n"
    "Original-Recipient: rfc822;Abuse@isp.example\r\nFinal-Recipient: rfc822;x@isp.example\r\n"
    "Action: failed\r\nStatus: 5.1.10\r\n\r\n"
    "--x\r\nContent-Type: message/rfc822\r\n\r\n"
    f"From: cert@cert.example\r\nMessage-ID: {ID}\r\nSubject: [{TICKET}] x\r\n\r\nbody\r\n--x--\r\n"
)
POSTFIX_DELAY = EXCHANGE.replace("Action: failed", "Action: delayed").replace("5.1.10", "4.4.1")
CHINESE = (
    "Return-Path: <>\r\nFrom: postmaster@isp.example\r\nMIME-Version: 1.0\r\n"
    "Subject: =?utf-8?b?57O757Wx6YCA5L+h?=\r\nContent-Type: text/plain; charset=utf-8\r\n"
    f"Content-Transfer-Encoding: 8bit\r\n\r\n收件人不存在 550\r\nMessage-ID: {ID}\r\n"
)


@pytest.mark.parametrize(
    ("raw", "status"),
    [(QMAIL, "5.1.1"), (EXIM, "5.0.0"), (EXCHANGE, "5.1.10"), (CHINESE, "")],
    ids=["qmail", "exim", "exchange", "chinese"],
)
def test_a_bounce_of_any_make_names_our_mail_and_says_that_nobody_is_there(
    raw: str, status: str
) -> None:
    incoming = read(raw.encode())

    assert incoming.sort is Sort.BOUNCE
    assert ID in incoming.references
    assert incoming.bounce is not None
    assert incoming.bounce.nobody
    assert not incoming.bounce.soft
    if status:
        assert incoming.bounce.status == status


def test_a_bounce_names_the_recipient_as_we_wrote_it() -> None:
    bounce = read(EXCHANGE.encode()).bounce

    assert bounce is not None
    assert bounce.recipients == ("abuse@isp.example", "x@isp.example")


def test_a_delay_is_no_bounce() -> None:
    incoming = read(POSTFIX_DELAY.encode())

    assert incoming.sort is Sort.DELAY
    assert incoming.bounce is not None
    assert not incoming.bounce.nobody


def test_a_receipt_of_delivery_is_no_bounce() -> None:
    raw = EXCHANGE.replace("Action: failed", "Action: delivered").replace("5.1.10", "2.0.0")

    assert read(raw.encode()).sort is not Sort.BOUNCE


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; x=y"},
        {"X_Autoreply": "yes"},
        {"Precedence": "auto_reply"},
        {"Precedence": "bulk"},
        {"subject": f"Automatic reply: [{TICKET}] x"},
        {"subject": f"自動回覆: [{TICKET}] x"},
        {"subject": f"Out of Office: [{TICKET}]"},
    ],
    ids=lambda headers: " ".join(headers.values()).split(":")[0],
)
def test_what_a_program_answers_is_no_answer(headers: dict[str, str]) -> None:
    assert read(mail("I am away", **headers)).sort is Sort.AUTOMATIC


def test_a_person_who_writes_auto_submitted_no_is_a_person() -> None:
    incoming = read(mail("We fixed it.", Auto_Submitted="no"))

    assert (incoming.sort, incoming.tickets, incoming.text) == (
        Sort.HUMAN,
        (TICKET,),
        "We fixed it.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "Done.\n\nOn Mon, 2 Mar 2026 at 12:00, CERT <cert@cert.example> wrote:\n> old",
        "Done.\n\nOn Mon, 2 Mar 2026 at 12:00,\nCERT <cert@cert.example> wrote:\n> old",
        "Done.\n\n-----Original Message-----\nFrom: CERT\nold",
        "Done.\n\n________________________________\nFrom: CERT <cert@cert.example>\nold",
        "Done.\n\n寄件者: CERT <cert@cert.example>\nold",
        "Done.\n\nCERT 於 2026年3月2日 寫道：\n> old",
        "> old\n> older\nDone.",
        "Done.\n-- \nLee, Example ISP",
    ],
)
def test_only_what_was_written_anew_counts(text: str) -> None:
    assert new_text(text) == "Done."


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("FIXED", Says.FIXED),
        ("The server has been taken down.", Says.FIXED),
        ("We closed it. The port is now closed.", Says.FIXED),
        ("We have patched the system, thank you.", Says.FIXED),
        ("已修復", Says.FIXED),
        ("該網頁已經下架，謝謝。", Says.FIXED),
        ("问题已解决", Says.FIXED),
        ("NOT OURS", Says.NOT_OURS),
        ("This IP is not our customer any more", Says.NOT_OURS),
        ("192.0.2.4 does not belong to us.", Says.NOT_OURS),
        ("不屬我方", Says.NOT_OURS),
        ("該地址不屬於本公司", Says.NOT_OURS),
        ("WORKING ON IT", Says.WORKING),
        ("Thanks, we are looking into this.", Says.WORKING),
        ("處理中", Says.WORKING),
        ("我們會盡快跟進。", Says.WORKING),
        ("已轉交有關部門", Says.WORKING),
        ("It is not fixed yet.", None),
        ("How can this be fixed?", None),
        ("When it is fixed we tell you.", None),
        ("尚未修復", None),
        ("未能解決", None),
        ("如何修復？", None),
        ("Is it fixed now?", None),
        ("One is fixed. The other is not ours.", None),
        ("Thank you.", None),
        ("", None),
    ],
)
def test_what_an_answer_seems_to_say(text: str, meaning: Says | None) -> None:
    assert says(text) is meaning


def test_an_answer_in_html_alone_is_read() -> None:
    message = EmailMessage()
    message["From"] = "lee@isp.example"
    message["Subject"] = f"Re: [{TICKET}]"
    message.set_content("<p>It has been <b>fixed</b>.</p><script>x</script>", subtype="html")

    assert says(" ".join(read(message.as_bytes()).text.split())) is Says.FIXED


def test_parts_within_parts_without_end_are_no_error() -> None:
    raw = b"Subject: x\r\nMIME-Version: 1.0\r\n"
    for number in range(2000):
        raw += b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (number, number)

    assert read(raw).subject == "x"


@given(st.binary(max_size=2000))
def test_no_bytes_are_an_error(raw: bytes) -> None:
    read(raw)


@given(
    st.lists(
        st.sampled_from(
            [
                b"From: a@b.example\r\n",
                b"Subject: =?utf-8?b?////?=\r\n",
                b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n",
                b"Content-Type: text/plain; charset=nonsense\r\n",
                b"Content-Transfer-Encoding: base64\r\n",
                b"\r\n",
                b"--x\r\n",
                b"--x--\r\n",
                b"Content-Type: message/delivery-status\r\n",
                b"Action: failed\r\n",
                b"Status: 5\r\n",
                b"Final-Recipient: x\r\n",
                b"Content-Type: message/rfc822\r\n",
                b"\xff\xfe\x00",
            ]
        ),
        max_size=40,
    )
)
def test_no_order_of_a_bounces_pieces_is_an_error(pieces: list[bytes]) -> None:
    read(b"".join(pieces))
