"""A letter leaves once, or a person is asked; nothing leaves while the switch says stop."""

import io
import zipfile
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
import zstandard
from django.db import OperationalError

from lionrock.desk.audit.models import Entry
from lionrock.desk.constituents.models import Contact
from lionrock.desk.events.models import Episode
from lionrock.desk.notices.models import Letter, LetterState, Notice, NoticeState
from lionrock.desk.notices.selectors.board import attention
from lionrock.desk.notices.selectors.preview import preview
from lionrock.desk.notices.services import (
    Outcome,
    Stale,
    resend,
    settle_unknown,
    start_mailing,
    stop_mailing,
)
from lionrock.desk.notices.services.compose import compose
from lionrock.desk.notices.services.outbox import (
    ABANDONED,
    PORTION,
    build_ready,
    claim,
    keep_built,
    settle_own,
)
from lionrock.desk.notices.services.route import route_complete
from lionrock.net.smtp import NotNow, OutcomeUnknown, Refused
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


def ready(*emails: str, **changes: object) -> Notice:
    """Return a notice that is ready to leave."""
    constituent(emails=emails or ("abuse@isp.example",), **changes)  # type: ignore[arg-type]  # columns
    episode(delivery())
    route_complete(now=NOW)
    return Notice.objects.get()


def raising(error: Exception) -> Remembers:
    """Return a server that always does this."""

    def does(to: str) -> None:
        raise error

    return Remembers(does=does)


def test_a_run_that_ended_in_the_middle_leaves_a_question_and_not_a_letter_under_way() -> None:
    ready()

    def takes_it_and_breaks(to: str) -> None:
        raise OperationalError("database is locked")  # as where the receipt was to be written

    with pytest.raises(OperationalError):
        send(Remembers(does=takes_it_and_breaks))
    assert only_letter().state == LetterState.SENDING
    server = Remembers()
    another = send(server, now=NOW + timedelta(minutes=1), worker="w2")
    assert (another.abandoned, only_letter().state) == (0, LetterState.SENDING)

    done = send(server, now=NOW + timedelta(minutes=1))
    assert (done.abandoned, done.sent, server.took) == (1, 0, [])
    assert only_letter().state == LetterState.UNKNOWN
    assert [letter.pk for letter in attention().unknown] == [only_letter().pk]


def test_letters_leave_while_others_are_still_to_be_built() -> None:
    constituent(per_hour=1000)
    for number in range(PORTION + 5):
        episode(delivery(), f"192.0.2.{number + 1}")
        route_complete(now=NOW)
    built: list[int] = []
    server = Remembers(does=lambda to: built.append(Letter.objects.count()))

    assert send(server).sent == PORTION + 5
    assert built[0] == PORTION, "a worker killed again and again while it builds would never send"
    assert built[-1] == PORTION + 5


def test_a_ready_notice_leaves_once_and_its_episodes_are_told() -> None:
    notice = ready()
    server = Remembers()

    assert (send(server).sent, send(server).sent) == (1, 0)
    notice.refresh_from_db()
    letter = only_letter()
    assert (notice.state, notice.sent_at, notice.escalate_at) == (
        NoticeState.SENT,
        NOW,
        NOW + 7 * DAY,
    )
    assert (letter.state, letter.receipt, letter.server) == ("sent", "250 taken", "fake")
    assert Episode.objects.get().told_at == NOW


def test_what_leaves_is_what_the_preview_showed() -> None:
    notice = ready()
    drawn = preview(notice, now=NOW)
    server = Remembers()
    send(server)
    message = message_from_bytes(server.took[0][1], policy=default)
    assert isinstance(message, EmailMessage)

    assert drawn.to == "abuse@isp.example"
    assert message["Subject"] == drawn.subject
    body = message.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == drawn.text
    assert notice.ticket in drawn.subject
    assert message["Message-ID"] == only_letter().message_id
    assert notice.ticket.lower() in only_letter().message_id
    assert drawn.raw == preview(notice, now=NOW).raw or drawn.attachments


def test_nothing_leaves_while_the_switch_says_stop() -> None:
    ready()
    stop_mailing(by=person(), now=NOW)
    server = Remembers()
    send(server)
    assert server.took == []

    start_mailing(by=person(), now=NOW)
    send(server)
    assert len(server.took) == 1
    actions = list(Entry.objects.order_by("number").values_list("action", flat=True))
    assert actions == ["mailing.stop", "mailing.start"]


def test_stopping_half_way_keeps_the_rest() -> None:
    ready()
    episode(delivery(), "192.0.2.5")
    route_complete(now=NOW)

    def stops(to: str) -> None:
        stop_mailing(by=None, now=NOW)

    server = Remembers(does=stops)
    assert send(server).sent == 1
    assert Letter.objects.filter(state=LetterState.READY).count() == 1


def test_later_means_the_same_letter_later_under_the_same_id() -> None:
    ready()
    busy = raising(NotNow("451 greylisted", code=451))
    assert send(busy).later == 1
    letter = only_letter()
    assert (letter.state, letter.next_at) == (LetterState.READY, NOW + timedelta(minutes=5))

    server = Remembers()
    assert send(server, now=NOW + timedelta(minutes=4)).sent == 0
    assert send(server, now=NOW + timedelta(minutes=5)).sent == 1
    assert only_letter().message_id == letter.message_id
    assert letter.message_id.encode() in server.took[0][1]


def test_a_recipient_that_says_later_for_days_is_given_up_and_the_next_is_told() -> None:
    ready("abuse@isp.example", "security@isp.example")
    busy = raising(NotNow("451 greylisted", code=451))
    for days in range(7):
        send(busy, now=NOW + days * DAY)
    server = Remembers()
    send(server, now=NOW + 8 * DAY)

    assert server.recipients == ["security@isp.example"]


def test_our_own_trouble_never_costs_a_recipient() -> None:
    ready()
    down = raising(NotNow("the server cannot be reached", ours=True))
    for days in range(10):
        send(down, now=NOW + days * DAY)

    assert only_letter().state == LetterState.READY


def test_a_refused_address_is_marked_and_the_next_contact_is_told() -> None:
    notice = ready("dead@isp.example", "alive@isp.example")

    def does(to: str) -> None:
        if to == "dead@isp.example":
            raise Refused("550 5.1.1 user unknown", code=550, stage="recipient")

    server = Remembers(does=does)
    send(server)
    send(server)

    assert server.recipients == ["alive@isp.example"]
    dead = Contact.objects.get(email="dead@isp.example")
    assert (dead.dead_since, dead.dead_why) == (NOW, "550 5.1.1 user unknown")
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT


def test_a_refused_text_does_not_kill_the_contact() -> None:
    notice = ready()
    send(raising(Refused("554 spam", code=554, stage="content")))

    assert Contact.objects.get().dead_since is None
    notice.refresh_from_db()
    assert (notice.state, only_letter().state) == (NoticeState.FAILED, LetterState.REFUSED)


def test_a_lost_connection_after_the_final_dot_is_for_a_person() -> None:
    notice = ready()
    assert send(raising(OutcomeUnknown("lost"))).unknown == 1
    server = Remembers()
    send(server, now=NOW + DAY)
    assert server.took == []
    notice.refresh_from_db()
    letter = only_letter()
    assert (notice.state, letter.state) == (NoticeState.UNKNOWN, LetterState.UNKNOWN)

    with pytest.raises(Stale):
        settle_unknown(
            letter_id=letter.pk,
            seen_version=notice.version - 1,
            outcome=Outcome.WAS_SENT,
            by=person(),
            now=NOW + DAY,
        )
    settled = settle_unknown(
        letter_id=letter.pk,
        seen_version=notice.version,
        outcome=Outcome.WAS_SENT,
        by=person(),
        now=NOW + DAY,
    )
    assert (settled.state, settled.sent_at) == (NoticeState.SENT, NOW)


def test_a_person_may_have_it_sent_again_under_another_id() -> None:
    notice = ready()
    send(raising(OutcomeUnknown("lost")))
    notice.refresh_from_db()
    first = only_letter()
    settle_unknown(
        letter_id=first.pk,
        seen_version=notice.version,
        outcome=Outcome.SEND_AGAIN,
        by=person(),
        now=NOW + HOUR,
    )
    server = Remembers()
    send(server, now=NOW + HOUR)

    second = Letter.objects.exclude(pk=first.pk).get()
    assert server.recipients == ["abuse@isp.example"]
    assert (second.state, second.attempt) == (LetterState.SENT, 2)
    assert second.message_id != first.message_id


def test_a_letter_whose_worker_died_is_for_a_person() -> None:
    ready()
    build_ready(now=NOW)
    assert claim(worker="dead", now=NOW, passed=set()) is not None
    server = Remembers()

    send(server, now=NOW + ABANDONED)
    assert only_letter().state == LetterState.SENDING
    assert send(server, now=NOW + ABANDONED + timedelta(seconds=1)).abandoned == 1
    assert (only_letter().state, server.took) == (LetterState.UNKNOWN, [])


def test_a_worker_that_starts_anew_asks_about_its_own_letters_at_once() -> None:
    ready()
    build_ready(now=NOW)
    claim(worker="w1", now=NOW, passed=set())

    assert settle_own(worker="w2", now=NOW) == 0
    assert settle_own(worker="w1", now=NOW) == 1
    assert only_letter().state == LetterState.UNKNOWN


def test_a_receipt_that_comes_late_settles_what_was_taken_for_abandoned() -> None:
    notice = ready()

    def slow(to: str) -> None:
        settle_own(worker="w1", now=NOW)

    send(Remembers(does=slow))
    notice.refresh_from_db()
    assert (only_letter().state, notice.state) == (LetterState.SENT, NoticeState.SENT)


def test_an_address_gets_no_more_letters_an_hour_than_it_takes() -> None:
    constituent(per_hour=2)
    for last in range(4, 9):
        episode(delivery(), f"192.0.2.{last}")
        route_complete(now=NOW)
    server = Remembers()

    assert send(server).sent == 2
    assert send(server, now=NOW + timedelta(minutes=59)).sent == 0
    assert send(server, now=NOW + HOUR).sent == 2
    assert send(server, now=NOW + 2 * HOUR).sent == 1


def test_resending_makes_a_letter_of_its_own() -> None:
    notice = ready()
    server = Remembers()
    send(server)
    notice.refresh_from_db()
    resend(
        notice_id=notice.pk,
        seen_version=notice.version,
        by=person(),
        to="other@isp.example",
        now=NOW + HOUR,
    )
    send(server, now=NOW + HOUR)
    notice.refresh_from_db()
    resend(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW + 2 * HOUR)
    send(server, now=NOW + 2 * HOUR)

    assert server.recipients == ["abuse@isp.example", "other@isp.example", "other@isp.example"]
    assert len(set(Letter.objects.values_list("message_id", flat=True))) == 3


def test_a_stranger_whose_addresses_all_refuse_is_for_a_person() -> None:
    notice = ready("a@isp.example", "b@isp.example")
    no = raising(Refused("550 unknown", code=550, stage="recipient"))
    for _ in range(4):
        send(no)
    notice.refresh_from_db()

    assert notice.state == NoticeState.FAILED
    assert Letter.objects.filter(state=LetterState.REFUSED).count() == 2


def test_the_body_kept_is_the_body_sent() -> None:
    ready()
    server = Remembers()
    send(server)

    kept = zstandard.ZstdDecompressor().decompress(bytes(only_letter().body))
    assert server.took[0][1] == kept


def test_a_table_too_large_for_mail_servers_is_packed() -> None:
    constituent()
    blob = delivery()
    for number in range(1, 255):
        episode(blob, f"192.0.2.{number}", many={"others": ["x" * 250] * 20})
    route_complete(now=NOW)
    drawn = preview(Notice.objects.get(), now=NOW)

    (attached,) = drawn.attachments
    assert attached.name == f"{Notice.objects.get().ticket}.csv.zip"
    assert len(attached.content) < 100_000
    with zipfile.ZipFile(io.BytesIO(attached.content)) as archive:
        assert archive.read(archive.namelist()[0]).count(b"\r\n") == 255
    assert attached.name in drawn.text


def test_a_letter_built_of_what_changed_meanwhile_is_not_kept() -> None:
    notice = ready()
    stale = Letter(notice=notice, to="abuse@isp.example", message_id="<x@y>", next_at=NOW)
    composed = compose(notice, contact=None)
    Notice.objects.update(version=notice.version + 1)

    assert keep_built(stale, composed) == 0
    assert not Letter.objects.exists()


def test_who_can_sign_in_gets_the_address_of_the_portal() -> None:
    notice = ready()
    assert notice.constituent is not None
    assert "/mine/" not in preview(notice, now=NOW).text
    notice.constituent.people.add(person("Lee"))

    assert f"/mine/notices/{notice.pk}/\n" in preview(notice, now=NOW).text
