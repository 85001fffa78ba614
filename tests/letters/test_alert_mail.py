"""Subscribers get a plain mail that links to us alone, can be left with one click, and is signed."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from pysequoia import Sig, Tsk, verify

from lionrock.core.alerts import LANGUAGES, Kind, Part
from lionrock.core.errors import GiveUp
from lionrock.core.tlp import Tlp
from lionrock.letters.alert_mail import alert_mail
from lionrock.letters.mail import Outgoing, build
from lionrock.letters.plainly import WIDTH, columns
from tests.letters.alerts import (
    AT,
    EVERY,
    LINK,
    PUBLISHER,
    alert,
    sentence,
    updated,
    withdrawn,
)

LEAVE = "https://www.cert.example/alerts/leave/" + "k" * 120 + "/"
ID = "<lr-2026-0012.1.abcdef@cert.example>"


def outgoing(language: str = "en", **changes: object) -> Outgoing:
    """Return the mail about the first alert as it leaves."""
    text = alert_mail(alert(), publisher=PUBLISHER, language=language, leave=LEAVE)
    fields: dict[str, object] = {
        "sender": "alerts@cert.example",
        "sender_name": PUBLISHER.names[language],
        "to": "reader@reader.example",
        "subject": text.subject,
        "text": text.body,
        "message_id": ID,
        "at": AT,
        "language": language,
        "unsubscribe": LEAVE,
        "list_id": "alerts.cert.example",
        **changes,
    }
    return Outgoing(**fields)  # type: ignore[arg-type]  # each field has its own type


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_links_to_our_site_alone(language: str) -> None:
    about = sentence(Part.SIGNS, f"See {LINK.url}.", f"見 {LINK.url} 。", f"见 {LINK.url} 。")
    for one in (*EVERY, alert(sentences=(about,))):
        for version in (one, updated(one), withdrawn(one)):
            text = alert_mail(version, publisher=PUBLISHER, language=language, leave=LEAVE)
            links = re.findall(r"[a-z]+://[^\s]+", text.body)

            assert links == [PUBLISHER.page(one, language), LEAVE, PUBLISHER.home]


def test_an_update_says_first_what_is_new() -> None:
    text = alert_mail(updated(alert(), 2), publisher=PUBLISHER, language="en")

    assert text.subject.startswith("[LR-2026-0012] Updated: ")
    assert text.body.index("Change 2 added.") < text.body.index("Since 18 November")
    assert "Change 1 added." not in text.body


def test_a_withdrawal_says_why_and_repeats_nothing() -> None:
    text = alert_mail(withdrawn(alert()), publisher=PUBLISHER, language="en")

    assert text.subject.startswith("[LR-2026-0012] Withdrawn: ")
    assert "The names belong to Gull Post itself." in text.body
    assert "gul1post" not in text.body


@pytest.mark.parametrize("tlp", list(Tlp))
def test_the_label_stands_in_the_subject_unless_it_is_for_everybody(tlp: Tlp) -> None:
    text = alert_mail(alert(tlp=tlp), publisher=PUBLISHER, language="en")

    assert text.subject.startswith(f"[{tlp.value}]") == (tlp is not Tlp.CLEAR)
    assert tlp.value in text.body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(Kind))
def test_lines_are_short_but_for_addresses_of_pages(kind: Kind, language: str) -> None:
    text = alert_mail(alert(kind), publisher=PUBLISHER, language=language, leave=LEAVE)
    long = [line for line in text.body.split("\n") if columns(line) > WIDTH]

    assert all("://" in line for line in long)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_click_leaves_the_list(language: str) -> None:
    raw = build(outgoing(language))
    message = message_from_bytes(raw, policy=default)

    assert message["List-Unsubscribe"] == f"<{LEAVE}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<alerts.cert.example>"
    assert message["Content-Language"] == language
    assert f"List-Unsubscribe: <{LEAVE}>\r\n".encode() in raw


def test_a_letter_to_one_reader_has_no_list() -> None:
    message = message_from_bytes(build(outgoing(unsubscribe="", list_id="")), policy=default)

    assert not [name for name in message.keys() if name.startswith("List-")]  # noqa: SIM118  # a message


@pytest.mark.parametrize(
    "changes",
    [
        {"unsubscribe": "https://a.example/\r\nBcc: x@y.example"},
        {"unsubscribe": "https://a.example/>"},
        {"unsubscribe": "mailto:a@b.example"},
        {"list_id": "a.example\r\nBcc: x@y.example"},
    ],
)
def test_no_line_is_smuggled_into_the_headers(
    changes: dict[str, Any],
) -> None:  # Any: each has its own type
    with pytest.raises(GiveUp):
        build(outgoing(**changes))


def test_the_mail_is_signed_byte_for_byte() -> None:
    key = Tsk.generate(user_id="Alerts <alerts@cert.example>")
    message = message_from_bytes(build(outgoing("zh-Hans", key=key)), policy=default)
    assert isinstance(message, EmailMessage)
    text, signature = message.iter_parts()
    signed = build(outgoing("zh-Hans"))
    inner = signed[signed.index(b"Content-Type: text/plain") :]
    content = signature.get_content()

    good = verify(
        bytes=inner,
        store=lambda ids: [key.extract_certificate()],
        signature=Sig.from_bytes(content if isinstance(content, bytes) else content.encode()),
    )

    assert good.valid_sigs
    assert message.get_content_type() == "multipart/signed"
    assert "自 2026 年 11 月 18 日起" in text.get_content()
