"""What a delivery brought becomes notices: once, to the right party, at the right time."""

from datetime import timedelta

import pytest

from lionrock.desk.constituents.models import Contact, Found, Frequency, Mode, Rule
from lionrock.desk.constituents.selectors.responsible import who_would_be_told
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.feeds.models import Blob
from lionrock.desk.notices.models import Letter, Notice, NoticeItem, NoticeState
from lionrock.desk.notices.services import approve, cancel, hold, release, set_address
from lionrock.desk.notices.services.escalate import escalate_due
from lionrock.desk.notices.services.route import fill_found, route_complete
from lionrock.desk.notices.services.stale import NoRecipient, Stale
from tests.desk.notices.making import (
    DAY,
    HOUR,
    NOW,
    Remembers,
    constituent,
    delivery,
    episode,
    event,
    person,
    send,
)

pytestmark = pytest.mark.django_db


def test_a_high_severity_is_told_at_once_and_the_rest_in_the_digest() -> None:
    constituent()
    blob = delivery()
    episode(blob)
    episode(blob, "192.0.2.5", severity="medium")
    episode(blob, "192.0.2.6", severity="low", kind="vulnerable.ddos-amplifier")
    episode(blob, "192.0.2.7", severity="info")

    assert route_complete(now=NOW) == 2
    at_once, digest = Notice.objects.order_by("not_before")
    assert (at_once.not_before, at_once.severity, at_once.kind) == (
        NOW,
        "high",
        "vulnerable.potentially-unwanted-accessible",
    )
    assert (digest.kind, digest.items.count(), digest.severity) == ("digest", 2, "medium")
    assert digest.not_before == NOW.replace(hour=1) + DAY  # nine in the morning, eight hours ahead
    assert {at_once.state, digest.state} == {NoticeState.READY}


def test_routing_twice_makes_it_once() -> None:
    constituent()
    blob = delivery()
    episode(blob)
    route_complete(now=NOW)
    Blob.objects.update(routed_at=None)

    assert route_complete(now=NOW + HOUR) == 0
    assert (Notice.objects.count(), NoticeItem.objects.count()) == (1, 1)


def test_an_incomplete_delivery_is_not_routed() -> None:
    constituent()
    episode(delivery(state="reading"))

    assert route_complete(now=NOW) == 0
    assert not Notice.objects.exists()


def test_what_was_told_is_not_told_again_while_it_is_open() -> None:
    constituent()
    one = episode(delivery())
    route_complete(now=NOW)
    send(Remembers())
    event(one, delivery(at=NOW + DAY), at=NOW + DAY)

    assert route_complete(now=NOW + DAY) == 0
    assert Notice.objects.count() == 1


def test_a_digest_grows_until_it_leaves_and_what_comes_later_makes_another() -> None:
    constituent()
    episode(delivery(), severity="medium")
    route_complete(now=NOW)
    episode(delivery(), "192.0.2.5", severity="medium")
    route_complete(now=NOW + HOUR)
    assert Notice.objects.get().items.count() == 2

    server = Remembers()
    assert send(server, now=NOW + HOUR).sent == 0
    assert send(server, now=NOW + DAY).sent == 1
    episode(delivery(), "192.0.2.6", severity="medium")
    route_complete(now=NOW + DAY)
    assert Notice.objects.count() == 2


def test_a_weekly_digest_waits_for_monday() -> None:
    constituent(frequency=Frequency.WEEKLY)
    episode(delivery(), severity="medium")
    route_complete(now=NOW)

    assert Notice.objects.get().not_before == NOW.replace(hour=1) + 7 * DAY


def test_the_most_specific_constituent_is_told() -> None:
    constituent("Wide", networks=("192.0.0.0/16",), emails=("abuse@wide.example",))
    narrow = constituent("Narrow", networks=("192.0.2.0/28",), emails=("abuse@narrow.example",))
    episode(delivery())
    route_complete(now=NOW)

    notice = Notice.objects.get()
    assert notice.constituent == narrow
    assert notice.why[0] == {"code": "holding", "kind": "network", "value": "192.0.2.0/28"}


def test_a_rule_may_keep_silent_or_hurry() -> None:
    constituent()
    Rule.objects.create(
        order=1, title="No telnet", kind="vulnerable", severity="high", when="never"
    )
    Rule.objects.create(order=2, title="Hurry", kind="", when="at_once", escalate_days=2)
    blob = delivery()
    episode(blob)
    episode(blob, "192.0.2.5", severity="low")
    route_complete(now=NOW)

    notice = Notice.objects.get()
    assert (notice.not_before, notice.escalate_days) == (NOW, 2)
    assert {"code": "rule", "value": "Hurry"} in notice.why


def test_a_new_constituent_waits_for_a_person() -> None:
    constituent(mode=Mode.APPROVED)
    episode(delivery())
    route_complete(now=NOW)
    server = Remembers()

    send(server)
    assert server.took == []
    notice = Notice.objects.get()
    approve(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW)
    send(server)
    assert server.recipients == ["abuse@isp.example"]


def test_a_red_label_is_never_sent_by_itself_and_says_why() -> None:
    constituent()
    episode(delivery(), tlp="TLP:RED")
    route_complete(now=NOW)

    notice = Notice.objects.get()
    assert (notice.state, notice.tlp) == (NoticeState.WAITING, "TLP:RED")
    assert {"code": "label", "value": "TLP:AMBER"} in notice.why


def test_a_stranger_gets_what_was_found_and_only_once_a_person_approves() -> None:
    episode(delivery())
    route_complete(now=NOW)
    notice = Notice.objects.get()
    assert (notice.state, notice.addresses, notice.sought) == (
        NoticeState.WAITING,
        [],
        "192.0.2.0/24",
    )
    with pytest.raises(NoRecipient):
        approve(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW)

    Found.objects.create(
        key="192.0.2.0/24",
        holder="Somebody",
        emails=["abuse@somebody.example"],
        source="rdap test",
        found_at=NOW,
    )
    assert fill_found(now=NOW) == 1
    notice.refresh_from_db()
    approve(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW)
    server = Remembers()
    send(server)
    assert server.recipients == ["abuse@somebody.example"]


def test_a_person_may_give_an_address() -> None:
    episode(delivery())
    route_complete(now=NOW)
    notice = Notice.objects.get()
    set_address(
        notice_id=notice.pk,
        seen_version=notice.version,
        by=person(),
        to="desk@somewhere.example",
        now=NOW,
    )
    notice.refresh_from_db()
    approve(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW)
    server = Remembers()
    send(server)
    assert server.recipients == ["desk@somewhere.example"]


def test_nobody_approves_what_grew_meanwhile() -> None:
    constituent(mode=Mode.APPROVED)
    episode(delivery(), severity="medium")
    route_complete(now=NOW)
    seen = Notice.objects.get()
    episode(delivery(), "192.0.2.5", severity="medium")
    route_complete(now=NOW)

    with pytest.raises(Stale):
        approve(notice_id=seen.pk, seen_version=seen.version, by=person(), now=NOW)


def test_what_is_held_does_not_leave_and_what_is_released_waits_for_a_person() -> None:
    constituent()
    episode(delivery())
    route_complete(now=NOW)
    notice = Notice.objects.get()
    held = hold(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW)
    server = Remembers()
    send(server)
    assert server.took == []

    free = release(notice_id=held.pk, seen_version=held.version, by=person(), now=NOW)
    assert free.state == NoticeState.WAITING
    cancelled = cancel(notice_id=free.pk, seen_version=free.version, by=person(), now=NOW)
    assert cancelled.state == NoticeState.CLOSED
    send(server)
    assert server.took == []


def test_who_neither_fixes_nor_answers_makes_the_next_one_hear_of_it() -> None:
    upstream = constituent("Carrier", networks=(), emails=("noc@carrier.example",))
    isp = constituent(emails=("abuse@isp.example", "security@isp.example"), upstream=upstream)
    one = episode(delivery())
    route_complete(now=NOW)
    server = Remembers()
    send(server)

    assert escalate_due(now=NOW + 6 * DAY) == 0
    assert escalate_due(now=NOW + 7 * DAY) == 1
    assert escalate_due(now=NOW + 7 * DAY) == 0
    send(server, now=NOW + 7 * DAY)
    escalate_due(now=NOW + 14 * DAY)
    send(server, now=NOW + 14 * DAY)
    assert server.recipients == ["abuse@isp.example", "security@isp.example", "noc@carrier.example"]
    assert [notice.constituent for notice in Notice.objects.order_by("pk")] == [isp, isp, upstream]
    assert b"In-Reply-To" in server.took[1][1]

    escalate_due(now=NOW + 21 * DAY)
    last = Notice.objects.order_by("-pk")[0]
    assert (last.state, last.why[0]["code"]) == (NoticeState.WAITING, "ladder-ended")
    assert NoticeItem.objects.filter(notice=last).get().episode_id == one.pk


def test_what_is_fixed_is_not_escalated() -> None:
    constituent(emails=("abuse@isp.example", "security@isp.example"))
    episode(delivery())
    route_complete(now=NOW)
    send(Remembers())
    Episode.objects.update(standing=Standing.FIXED)

    assert escalate_due(now=NOW + 8 * DAY) == 0


def test_what_is_fixed_before_its_letter_is_built_is_not_told() -> None:
    constituent()
    episode(delivery(), severity="medium")
    route_complete(now=NOW)
    Episode.objects.update(standing=Standing.FIXED)
    server = Remembers()
    send(server, now=NOW + 2 * DAY)

    assert (server.took, Notice.objects.get().state) == ([], NoticeState.CLOSED)
    assert not Letter.objects.exists()


def test_tickets_count_up() -> None:
    constituent()
    for last in (4, 5, 6):
        episode(delivery(), f"192.0.2.{last}")
        route_complete(now=NOW)

    tickets = list(Notice.objects.order_by("pk").values_list("ticket", flat=True))
    assert [ticket[:14] for ticket in tickets] == [
        "LR-2026-000001",
        "LR-2026-000002",
        "LR-2026-000003",
    ]


def test_who_would_be_told_names_the_ladder_with_reasons() -> None:
    upstream = constituent("Carrier", networks=("192.0.0.0/16",), emails=("noc@carrier.example",))
    constituent(emails=("abuse@isp.example", "security@isp.example"), upstream=upstream)
    Contact.objects.filter(email="abuse@isp.example").update(dead_since=NOW - timedelta(days=1))

    ladder = who_would_be_told("192.0.2.4", at=NOW)
    assert [(one.reason, one.email) for one in ladder] == [
        ("holding", "security@isp.example"),
        ("holding", "noc@carrier.example"),
        ("person", ""),
    ]
