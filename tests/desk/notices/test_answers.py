"""Mail that comes back finds its ticket, and does no more than mail may."""

from email.message import EmailMessage

import pytest

from lionrock.core.errors import NotOurs
from lionrock.desk.constituents.models import Contact
from lionrock.desk.events.models import Episode, FixedBy, Standing
from lionrock.desk.notices.models import Answer, AnswerKind, LetterState, Notice, NoticeState
from lionrock.desk.notices.services import (
    Stale,
    accept_answer,
    answer_in_portal,
    attach_answer,
)
from lionrock.desk.notices.services.answers import take
from lionrock.desk.notices.services.escalate import escalate_due
from lionrock.desk.notices.services.route import route_complete
from tests.desk.notices.making import (
    DAY,
    HOUR,
    NOW,
    Remembers,
    constituent,
    delivery,
    episode,
    only_letter,
    person,
    send,
)

pytestmark = pytest.mark.django_db


def told(*emails: str) -> tuple[Notice, Remembers]:
    """Return a notice that was sent, and the server that took it."""
    constituent(emails=emails or ("abuse@isp.example",))
    episode(delivery())
    route_complete(now=NOW)
    server = Remembers()
    send(server)
    return Notice.objects.get(), server


def bounce(
    notice: Notice, *, status: str = "5.1.1", action: str = "failed", **changes: str
) -> bytes:
    """Return a bounce as RFC 3464 writes it."""
    to = changes.get("to", "abuse@isp.example")
    returned = changes.get("message_id", only_letter().message_id)
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.isp.example>\r\n"
        "To: cert@cert.example\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Message-ID: <{changes.get('id', 'bounce')}@mx.isp.example>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n"
        "--B\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.isp.example\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n"
        "Diagnostic-Code: smtp; 550 said no\r\n\r\n"
        "--B\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Subject: [{notice.ticket}] x\r\nMessage-ID: {returned}\r\n\r\n--B--\r\n"
    ).encode()


def reply(
    notice: Notice, text: str, *, sender: str = "Lee <lee@isp.example>", **headers: str
) -> bytes:
    """Return a person's reply."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = "cert@cert.example"
    message["Subject"] = f"Re: [{notice.ticket}] Services open"
    message["Message-ID"] = "<reply@isp.example>"
    for name, value in headers.items():
        del message[name.replace("_", "-")]
        message[name.replace("_", "-")] = value
    message.set_content(f"{text}\n\nOn Mon, 2 Mar 2026 at 12:00, CERT wrote:\n> it is fixed\n")
    return message.as_bytes()


def test_a_hard_bounce_marks_the_contact_and_the_next_is_told() -> None:
    notice, server = told("abuse@isp.example", "security@isp.example")
    answer = take(bounce(notice), now=NOW + HOUR)

    assert (answer.kind, answer.status, answer.notice) == (AnswerKind.BOUNCE, "5.1.1", notice)
    assert Contact.objects.get(email="abuse@isp.example").dead_since == NOW + HOUR
    assert only_letter().state == LetterState.BOUNCED
    send(server, now=NOW + HOUR)
    assert server.recipients == ["abuse@isp.example", "security@isp.example"]


def test_the_last_contact_bouncing_is_for_a_person() -> None:
    notice, _ = told()
    take(bounce(notice), now=NOW + HOUR)
    notice.refresh_from_db()

    assert notice.state == NoticeState.FAILED


def test_a_full_mailbox_does_not_kill_the_contact_until_the_third_time() -> None:
    notice, _ = told()
    take(bounce(notice, status="4.2.2"), now=NOW)

    assert only_letter().state == LetterState.BOUNCED
    assert Contact.objects.get().dead_since is None
    for number in range(2):
        Answer.objects.create(
            kind=AnswerKind.BOUNCE,
            letter=only_letter(),
            sender="",
            message_id=f"<{number}>",
            received_at=NOW,
            accepted=True,
        )
    letter = only_letter()
    letter.state = LetterState.SENT
    letter.save()
    take(bounce(notice, status="4.2.2", id="later"), now=NOW)
    assert Contact.objects.get().dead_since == NOW


def test_a_delay_changes_nothing() -> None:
    notice, _ = told()
    answer = take(bounce(notice, status="4.4.1", action="delayed"), now=NOW)

    assert (answer.kind, only_letter().state) == (AnswerKind.DELAY, LetterState.SENT)


def test_a_forged_bounce_that_only_knows_the_ticket_changes_nothing() -> None:
    notice, _ = told()
    answer = take(bounce(notice, message_id="<guessed@cert.example>"), now=NOW)

    assert (answer.notice, answer.kind) == (notice, AnswerKind.BOUNCE)
    assert Contact.objects.get().dead_since is None
    assert only_letter().state == LetterState.SENT


def test_somebody_behind_the_address_bouncing_changes_nothing() -> None:
    notice, _ = told()
    take(bounce(notice, to="somebody.else@isp.example"), now=NOW)

    assert Contact.objects.get().dead_since is None
    assert only_letter().state == LetterState.SENT


def test_a_bounce_is_taken_once() -> None:
    notice, _ = told("abuse@isp.example", "security@isp.example")
    first = take(bounce(notice), now=NOW)
    assert take(bounce(notice), now=NOW + DAY) == first
    assert Answer.objects.count() == 1


def test_a_person_saying_fixed_is_a_proposal_until_somebody_accepts_it() -> None:
    notice, _ = told()
    answer = take(reply(notice, "Hello, this has been fixed, thanks."), now=NOW + HOUR)
    assert (answer.kind, answer.trusted, answer.accepted) == (AnswerKind.FIXED, True, None)
    assert answer.text == "Hello, this has been fixed, thanks."
    assert Episode.objects.get().standing == Standing.OPEN
    notice.refresh_from_db()
    assert (notice.state, notice.escalate_at) == (NoticeState.ANSWERED, None)

    accept_answer(
        answer_id=answer.pk,
        seen_version=notice.version,
        by=person(),
        kind=AnswerKind.FIXED,
        now=NOW + DAY,
    )
    one = Episode.objects.get()
    assert (one.standing, one.fixed_by, one.standing_since) == (
        Standing.FIXED,
        FixedBy.WORD,
        NOW + DAY,
    )
    notice.refresh_from_db()
    with pytest.raises(Stale):
        accept_answer(
            answer_id=answer.pk,
            seen_version=notice.version,
            by=person(),
            kind=AnswerKind.FIXED,
            now=NOW + DAY,
        )


def test_a_strangers_word_is_shown_and_proposes_nothing() -> None:
    notice, _ = told()
    answer = take(
        reply(notice, "This has been fixed.", sender="x@attacker.example"), now=NOW + HOUR
    )
    notice.refresh_from_db()

    assert (answer.kind, answer.trusted) == (AnswerKind.HUMAN, False)
    assert (notice.state, notice.escalate_at) == (NoticeState.SENT, NOW + 7 * DAY)


def test_a_shared_mail_host_makes_nobody_known() -> None:
    notice, _ = told("owner@gmail.com")
    answer = take(reply(notice, "fixed", sender="other@gmail.com"), now=NOW)
    assert not answer.trusted

    known = take(
        reply(notice, "fixed", sender="owner@gmail.com", Message_ID="<2@isp.example>"), now=NOW
    )
    assert known.trusted


def test_an_automatic_reply_does_not_count_as_an_answer() -> None:
    notice, _ = told()
    answer = take(reply(notice, "I am away.", Auto_Submitted="auto-replied"), now=NOW)
    notice.refresh_from_db()

    assert (answer.kind, notice.state) == (AnswerKind.AUTOMATIC, NoticeState.SENT)
    assert escalate_due(now=NOW + 7 * DAY) == 1


def test_a_reply_is_found_by_its_message_id_where_the_subject_was_changed() -> None:
    notice, _ = told()
    answer = take(
        reply(notice, "hm", Subject="your mail", In_Reply_To=only_letter().message_id), now=NOW
    )

    assert (answer.notice, answer.letter) == (notice, only_letter())


def test_what_belongs_to_no_ticket_is_kept_and_a_person_may_attach_it() -> None:
    notice, _ = told()
    answer = take(reply(notice, "Who are you?", Subject="question"), now=NOW)
    assert (answer.kind, answer.notice) == (AnswerKind.UNKNOWN, None)

    attached = attach_answer(answer_id=answer.pk, ticket=notice.ticket, by=person(), now=NOW)
    assert (attached.kind, attached.notice) == (AnswerKind.HUMAN, notice)


def test_links_in_answers_are_shown_broken() -> None:
    notice, _ = told()
    assert "hxxps://a.example" in take(reply(notice, "see https://a.example"), now=NOW).text


def test_a_word_in_the_portal_counts_at_once() -> None:
    notice, _ = told()
    member = person("Lee")
    assert notice.constituent is not None
    notice.constituent.people.add(member)
    answer_in_portal(
        notice_id=notice.pk,
        seen_version=notice.version,
        by=member,
        kind=AnswerKind.NOT_OURS,
        now=NOW + HOUR,
    )

    assert Episode.objects.get().standing == Standing.NOT_OURS
    notice.refresh_from_db()
    assert notice.state == NoticeState.ANSWERED


def test_nobody_answers_for_somebody_else() -> None:
    notice, _ = told()
    with pytest.raises(NotOurs):
        answer_in_portal(
            notice_id=notice.pk,
            seen_version=notice.version,
            by=person("Mallory"),
            kind=AnswerKind.FIXED,
            now=NOW,
        )
    other = episode(delivery(), "198.51.100.1")
    member = person("Lee")
    assert notice.constituent is not None
    notice.constituent.people.add(member)
    with pytest.raises(NotOurs):
        answer_in_portal(
            notice_id=notice.pk,
            seen_version=notice.version,
            by=member,
            kind=AnswerKind.FIXED,
            episode_ids=[other.pk],
            now=NOW,
        )


def test_working_on_it_buys_time_and_no_more() -> None:
    notice, _ = told("abuse@isp.example", "security@isp.example")
    member = person("Lee")
    assert notice.constituent is not None
    notice.constituent.people.add(member)
    answer_in_portal(
        notice_id=notice.pk,
        seen_version=notice.version,
        by=member,
        kind=AnswerKind.WORKING,
        now=NOW + DAY,
    )

    assert escalate_due(now=NOW + 7 * DAY) == 0
    assert escalate_due(now=NOW + 8 * DAY) == 1
