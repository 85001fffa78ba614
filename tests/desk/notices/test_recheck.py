"""Only complete scans, a probe or the recipient's word call something fixed; silence does not."""

from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from pytest_django import Settings

from lionrock.core.events import Seen
from lionrock.desk.events.models import Episode, Event, FixedBy, Reject, Standing
from lionrock.desk.feeds.models import Blob
from lionrock.desk.notices.models import Notice, NoticeItem, NoticeState, Scan
from lionrock.desk.notices.selectors.fixing import Since, survival, time_to_fix
from lionrock.desk.notices.services import set_scans_to_fix
from lionrock.desk.notices.services.recheck import recheck
from lionrock.desk.notices.services.route import route_complete
from tests.desk.notices.making import (
    DAY,
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


def scanned(day: int, *listed: Episode, rows: int = 100, **changes: Any) -> Blob:
    """Route the delivery of a day's scan, which lists these."""
    at = NOW + day * DAY
    blob = delivery(at=at, events=rows, **changes)
    for one in listed:
        event(one, blob, at=at)
        Episode.objects.filter(pk=one.pk).update(last_seen=at)
    route_complete(now=at)
    return blob


def standing_of(one: Episode) -> tuple[str, str, int]:
    """Return where an episode stands, by what, and after how many misses."""
    one.refresh_from_db()
    return one.standing, one.fixed_by, one.misses


def test_what_nobody_saw_for_long_is_told_whether_routed_or_rechecked_first(
    settings: Settings,
) -> None:
    settings.LIONROCK_TELL_DAYS = 90
    constituent()
    late = NOW + 60 * DAY  # after an outage, say: the delivery comes long after what it lists
    blob = delivery(at=late, state="reading")
    one = episode(blob, at=NOW, seen=Seen.PASSIVE.value)
    assert recheck(now=late).unseen == 1
    two = episode(blob, "192.0.2.5", at=NOW, seen=Seen.PASSIVE.value)
    Blob.objects.update(state="complete")

    assert route_complete(now=late) == 1
    told = NoticeItem.objects.values_list("episode_id", flat=True)
    assert sorted(told) == sorted([one.pk, two.pk])
    server = Remembers()
    assert send(server, now=late).sent == 1
    letter = message_from_bytes(server.took[0][1], policy=default)
    body = letter.get_body(("plain",))
    assert body is not None
    assert all(asset in body.get_content() for asset in ("192.0.2.4", "192.0.2.5"))


def test_three_complete_scans_that_miss_it_call_it_fixed_and_close_the_ticket() -> None:
    constituent()
    blob = delivery(events=100)
    one = episode(blob)
    route_complete(now=NOW)
    send(Remembers())
    for day in (1, 2):
        scanned(day)
    assert recheck(now=NOW + 2 * DAY).fixed == 0
    assert standing_of(one) == (Standing.OPEN, "", 2)

    scanned(3)
    done = recheck(now=NOW + 3 * DAY)
    assert (done.fixed, done.closed) == (1, 1)
    assert standing_of(one) == (Standing.FIXED, FixedBy.SCANS, 3)
    assert Notice.objects.get().state == NoticeState.CLOSED
    assert recheck(now=NOW + 3 * DAY) == type(done)()


def test_being_listed_again_begins_the_count_anew() -> None:
    constituent()
    one = episode(delivery(events=100))
    route_complete(now=NOW)
    scanned(1)
    scanned(2)
    scanned(3, one)
    scanned(4)
    scanned(5)

    assert recheck(now=NOW + 5 * DAY).fixed == 0
    assert standing_of(one) == (Standing.OPEN, "", 2)


def test_two_deliveries_of_one_day_are_one_scan() -> None:
    one = episode(delivery(events=100))
    route_complete(now=NOW)
    for _ in range(3):
        scanned(1)

    recheck(now=NOW + DAY)
    assert standing_of(one)[2] == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rows": 0}, "the delivery holds nothing"),
        ({"rows": 40}, "40 rows, where 100 are usual"),
        ({"failure": "broken archive"}, "a part of the delivery could not be read"),
    ],
    ids=["empty", "half", "broken"],
)
def test_a_scan_that_is_not_whole_fixes_nothing(changes: dict[str, object], why: str) -> None:
    one = episode(delivery(events=100, at=NOW - 3 * DAY), at=NOW - 3 * DAY)
    route_complete(now=NOW)
    for day in (-2, -1, 0):
        scanned(day, one)
    for day in (1, 2, 3, 4):
        blob = scanned(day, **changes)  # type: ignore[arg-type]  # columns

    assert recheck(now=NOW + 4 * DAY).fixed == 0
    scan = Scan.objects.get(blob_id=blob.pk)
    assert (scan.complete, scan.why) == (False, why)


def test_a_scan_of_which_a_part_is_lost_fixes_nothing() -> None:
    one = episode(delivery(events=100))
    route_complete(now=NOW)
    for day in (1, 2, 3):
        blob = delivery(at=NOW + day * DAY, events=100)
        Reject.objects.create(
            blob_id=blob.pk, line=1, feed=blob.feed, at=NOW, text="", why="is broken", whole=True
        )
        route_complete(now=NOW + day * DAY)

    assert recheck(now=NOW + 3 * DAY).fixed == 0
    assert standing_of(one)[0] == Standing.OPEN


def test_another_report_of_the_same_feed_says_nothing() -> None:
    one = episode(delivery(events=100))
    route_complete(now=NOW)
    for day in (1, 2, 3):
        scanned(day, name=f"{NOW + day * DAY:%Y-%m-%d}-scan_telnet6-region.csv")

    assert recheck(now=NOW + 3 * DAY).fixed == 0
    assert standing_of(one) == (Standing.OPEN, "", 0)


def test_a_passive_source_that_fell_silent_only_means_not_seen_since() -> None:
    one = episode(
        delivery("sinkhole"), seen=Seen.PASSIVE.value, kind="malicious-code.infected-system"
    )
    for day in (1, 2, 3, 4, 5, 6):
        delivery("sinkhole", at=NOW + day * DAY)
    route_complete(now=NOW)

    assert recheck(now=NOW + 7 * DAY).unseen == 0
    assert recheck(now=NOW + 7 * DAY + timedelta(seconds=1)).unseen == 1
    assert standing_of(one) == (Standing.UNSEEN, "", 0)
    assert not Scan.objects.exists()


def test_a_probe_that_finds_nothing_calls_it_fixed_and_one_that_cannot_tell_does_not() -> None:
    constituent()
    one = episode(delivery())
    other = episode(delivery(), "192.0.2.5")
    route_complete(now=NOW)

    def probe(looked_at: Episode, /) -> bool | None:
        return False if looked_at.pk == one.pk else None

    assert recheck(now=NOW, probe=probe).fixed == 1
    assert standing_of(one)[:2] == (Standing.FIXED, FixedBy.PROBE)
    assert standing_of(other)[0] == Standing.OPEN


def test_how_many_scans_it_takes_is_the_administrators_choice() -> None:
    set_scans_to_fix(by=person(), scans=1, now=NOW)
    episode(delivery(events=100))
    route_complete(now=NOW)
    scanned(1)

    assert recheck(now=NOW + DAY).fixed == 1


def test_what_comes_back_after_its_ticket_was_closed_is_told_anew() -> None:
    constituent()
    one = episode(delivery(events=100))
    route_complete(now=NOW)
    server = Remembers()
    send(server)
    Episode.objects.update(standing=Standing.FIXED)
    recheck(now=NOW + DAY)
    assert NoticeItem.objects.get().settled_at == NOW + DAY

    Episode.objects.update(standing=Standing.OPEN)
    scanned(2, one)
    send(server, now=NOW + 2 * DAY)
    assert len(server.took) == 2
    assert Notice.objects.count() == 2


# Time to fix ----------------------------------------------------------------------------------


def test_the_curve_of_freireich_is_drawn() -> None:
    """The 6-MP arm of Freireich et al. 1963, with the estimate every textbook prints."""
    relapsed = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    curve = survival([*((d, True) for d in relapsed), *((d, False) for d in censored)])

    assert [(p.days, p.at_risk, p.fixed, round(p.open_share, 4)) for p in curve.points] == [
        (6, 21, 3, 0.8571),
        (7, 17, 1, 0.8067),
        (10, 15, 1, 0.7529),
        (13, 12, 1, 0.6902),
        (16, 11, 1, 0.6275),
        (22, 7, 1, 0.5378),
        (23, 6, 1, 0.4482),
    ]
    assert curve.median == 23
    assert (curve.episodes, curve.fixed, curve.censored) == (21, 9, 12)
    # 95 % limits at 6 weeks on the log-log scale, as R's survfit(conf.type="log-log") gives them.
    assert (round(curve.points[0].lower, 3), round(curve.points[0].upper, 3)) == (0.620, 0.952)


def test_a_curve_of_nothing_has_no_points() -> None:
    curve = survival([])

    assert (curve.points, curve.median, curve.open_after(5)) == ((), None, 1.0)


def test_time_to_fix_counts_open_ones_as_open_and_leaves_out_what_is_not_theirs() -> None:
    serving = constituent()
    blob = delivery()
    fixed = episode(blob, "192.0.2.1", constituent_id=serving.pk)
    by_word = episode(blob, "192.0.2.2", constituent_id=serving.pk)
    episode(blob, "192.0.2.3", constituent_id=serving.pk)
    theirs = episode(blob, "192.0.2.4", constituent_id=serving.pk)
    Episode.objects.filter(pk=fixed.pk).update(
        standing=Standing.FIXED,
        fixed_by=FixedBy.SCANS,
        last_seen=NOW + 2 * DAY,
        standing_since=NOW + 5 * DAY,
    )
    Episode.objects.filter(pk=by_word.pk).update(
        standing=Standing.FIXED, fixed_by=FixedBy.WORD, standing_since=NOW + 4 * DAY
    )
    Episode.objects.filter(pk=theirs.pk).update(standing=Standing.NOT_OURS)
    curve = time_to_fix(now=NOW + 10 * DAY, constituent=serving.pk, kind="vulnerable")

    assert [(p.days, p.at_risk, p.fixed) for p in curve.points] == [(2.0, 3, 1), (4.0, 2, 1)]
    assert curve.censored == 1
    assert time_to_fix(now=NOW, kind="fraud").episodes == 0
    assert time_to_fix(now=NOW, since=Since.TOLD).episodes == 0
    assert Event.objects.count() == 4
