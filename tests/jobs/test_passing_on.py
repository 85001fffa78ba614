"""What is outside the region goes on to partners by rule, and is never the region's."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from lionrock.core.feeds import Carrier
from lionrock.core.tlp import Tlp
from lionrock.desk.constituents.models import ConstituentKind, Frequency, Mode, PassingRule
from lionrock.desk.constituents.selectors.responsible import who_hears
from lionrock.desk.events.models import DayCount, Episode, Event, Passed
from lionrock.desk.events.selectors.counts import outside_by_country, region_figures
from lionrock.desk.events.services.retention import retain
from lionrock.desk.feeds.models import Blob, Source
from lionrock.desk.feeds.services.blobs import keep_blob
from lionrock.desk.notices.models import Notice, NoticeState
from lionrock.desk.notices.services import approve, passing
from lionrock.desk.notices.services.passing import passed_items, route_passed
from lionrock.desk.notices.services.route import route_complete
from lionrock.jobs import reading
from lionrock.jobs.replaying import Which, replayed
from lionrock.jobs.road import plan_of, read_blob
from tests.desk.notices.making import Remembers, constituent, person, send

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
HEADER = '"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo","naics"\n'
FAR = tuple(f"203.0.113.{number}" for number in (7, 8))
"""Addresses that the made-up tables place outside the region."""
NEAR = "192.0.2.7"


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.LIONROCK_DATA = tmp_path


def clock() -> datetime:
    """Return a time that stands still."""
    return NOW


def report(addresses: Sequence[str], *, at: datetime = NOW, severity: str = "high") -> bytes:
    lines = (
        f'"{at:%Y-%m-%d %H:%M:%S}","{severity}","{one}","tcp","23","","telnet","64511","ZZ","0"\n'
        for one in addresses
    )
    return (HEADER + "".join(lines)).encode()


def came(content: bytes, *, name: str = "2026-11-19-scan_telnet-world.csv") -> Blob:
    """Keep and read a delivery."""
    blob = keep_blob(
        feed="shadowserver", content=content, name=name, carrier=Carrier.DROP, now=NOW
    ).blob
    read_blob(blob.pk, worker="one", clock=clock)
    blob.refresh_from_db()
    return blob


def rule(
    *,
    passing: bool = True,
    **changes: Any,  # Any: each column has its own type
) -> PassingRule:
    """Return a rule by which a partner gets everything, and a feed that passes on."""
    Source.objects.update_or_create(
        feed="shadowserver",
        defaults={"outside": "pass" if passing else "drop", "tlp": Tlp.GREEN.value},
    )
    partner = constituent(
        "Far CERT",
        networks=(),
        emails=("cert@far.example",),
        kind=ConstituentKind.PARTNER,
        mode=Mode.APPROVED,
        frequency=Frequency.AT_ONCE,
    )
    return PassingRule.objects.create(
        **{"title": "To the far", "partner": partner, "countries": country(), **changes}
    )


def country() -> str:
    """Return where the made-up tables place the far addresses."""
    outside = who_hears(FAR[0], at=NOW).outside
    assert outside is not None
    return outside.country


def test_a_partner_gets_what_is_outside_and_the_region_counts_none_of_it() -> None:
    far = rule()
    blob = came(report([*FAR, NEAR]))

    assert (blob.events, blob.ours, blob.outside) == (3, 1, 2)
    assert sorted(Passed.objects.values_list("asset", flat=True)) == list(FAR)
    assert [one.asset for one in Episode.objects.all()] == [NEAR]
    assert [one.asset for one in Event.objects.all()] == [NEAR]
    assert region_figures(now=NOW).today == 1
    assert outside_by_country(since=NOW.date(), before=(NOW + DAY).date()) == [(far.countries, 2)]

    assert route_passed(now=NOW) == 1
    notice = Notice.objects.get()
    assert (notice.state, notice.passes, notice.constituent) == (
        NoticeState.WAITING,
        True,
        far.partner,
    )
    assert not notice.items.exists()
    server = Remembers()
    send(server, now=NOW)
    assert server.took == []  # a person approves it first

    approve(notice_id=notice.pk, seen_version=notice.version, by=person(), now=NOW)
    send(server, now=NOW)
    assert server.recipients == ["cert@far.example"]
    letter = message_from_bytes(server.took[0][1], policy=policy.default)
    text = letter.get_body(("plain",))
    assert text is not None
    said = " ".join(text.get_content().split())
    assert "We pass on to you the security problems below" in said
    assert "your provider" not in said
    assert notice.ticket in str(letter["subject"])
    table = next(
        part for part in letter.iter_attachments() if part.get_filename() == f"{notice.ticket}.csv"
    )
    assert all(one in table.get_content() for one in FAR)
    assert NEAR not in table.get_content()
    notice.refresh_from_db()
    assert (notice.state, notice.escalate_at) == (NoticeState.SENT, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"countries": "ZZ"},
        {"active": False},
        {"kind": "fraud"},
        {"severity": "critical"},
        {"feed": "urlhaus"},
    ],
)
def test_what_no_rule_names_is_counted_and_dropped(changes: dict[str, Any]) -> None:
    rule(**changes)
    blob = came(report(FAR))

    assert blob.outside == 2
    assert not Passed.objects.exists()
    assert sum(DayCount.objects.values_list("events", flat=True)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"countries": ""},
        {"kind": "vulnerable"},
        {"severity": "high"},
        {"feed": "shadowserver"},
    ],
)
def test_a_rule_that_names_it_passes_it_on(changes: dict[str, Any]) -> None:
    rule(**changes)
    came(report(FAR))

    assert Passed.objects.count() == 2


def test_a_source_that_does_not_pass_on_is_counted_alone() -> None:
    rule(passing=False)
    came(report(FAR))

    assert not Passed.objects.exists()


def test_nothing_above_the_partners_ceiling_is_kept_or_told() -> None:
    far = rule()
    Source.objects.update(tlp=Tlp.AMBER.value)
    came(report(FAR))
    assert not Passed.objects.exists()

    far.partner.ceiling = Tlp.AMBER.value
    far.partner.save()
    came(report(FAR, severity="medium"))
    assert Passed.objects.count() == 2

    far.partner.ceiling = Tlp.GREEN.value
    far.partner.save()
    assert route_passed(now=NOW) == 0
    assert not Notice.objects.exists()
    assert not Passed.objects.exists()


def test_a_partner_is_not_told_of_what_is_long_past() -> None:
    rule()
    came(report([FAR[0]], at=NOW - 90 * DAY) + report([FAR[1]])[len(HEADER) :])
    assert Passed.objects.count() == 2

    assert route_passed(now=NOW) == 1
    assert list(Passed.objects.values_list("asset", flat=True)) == [FAR[1]]


def test_a_constituents_asset_elsewhere_is_told_to_it_and_not_to_a_partner() -> None:
    rule()
    constituent("Our branch there", networks=("203.0.113.0/24",), emails=("abuse@branch.example",))
    came(report(FAR))
    route_complete(now=NOW)
    route_passed(now=NOW)

    assert not Passed.objects.exists()
    assert {one.constituent.name for one in Notice.objects.all() if one.constituent} == {
        "Our branch there"
    }


def test_what_goes_on_is_told_once_and_what_comes_back_is_told_again() -> None:
    rule()
    came(report(FAR))
    route_passed(now=NOW)
    came(report(FAR, at=NOW + DAY))
    assert route_passed(now=NOW + DAY) == 0
    assert Notice.objects.count() == 1
    assert [one.events for one in passed_items(Notice.objects.get())] == [2, 2]

    came(report(FAR[:1], at=NOW + 90 * DAY))
    assert route_passed(now=NOW + 90 * DAY) == 1
    assert [one.asset for one in passed_items(Notice.objects.latest("pk"))] == [FAR[0]]
    assert route_passed(now=NOW + 90 * DAY) == 0


def test_a_digest_gathers_a_day_and_a_letter_under_way_is_left_alone() -> None:
    far = rule()
    far.partner.frequency, far.partner.mode = Frequency.DAILY, Mode.AUTOMATIC
    far.partner.save()
    came(report(FAR[:1]))
    route_passed(now=NOW)
    came(report(FAR[1:]))
    route_passed(now=NOW)
    digest = Notice.objects.get()
    assert len(passed_items(digest)) == 2
    assert digest.not_before > NOW

    server = Remembers()
    send(server, now=digest.not_before)
    came(report(["203.0.113.9"]))
    route_passed(now=NOW)
    assert Notice.objects.count() == 2
    assert len(server.took) == 1


def test_a_full_notice_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    far = rule()
    far.partner.frequency = Frequency.DAILY
    far.partner.save()
    monkeypatch.setattr(passing, "MOST", 2)
    came(report(FAR))
    route_passed(now=NOW)
    came(report(["203.0.113.9", "203.0.113.10"]))
    route_passed(now=NOW)

    assert [len(passed_items(one)) for one in Notice.objects.order_by("pk")] == [2, 2]


def test_an_incomplete_delivery_is_not_passed_on() -> None:
    rule()
    blob = came(report(FAR))
    Blob.objects.filter(pk=blob.pk).update(state="reading")

    assert route_passed(now=NOW) == 0


def test_replay_passes_on_by_todays_rules_and_leaves_what_was_told() -> None:
    far = rule(active=False)
    blob = came(report(FAR))
    which = Which(blob=blob.pk)
    assert list(replayed(which, applying=True, clock=clock))[-1].endswith("0 changed")

    PassingRule.objects.update(active=True)
    assert "2 passed on to a partner" in " ".join(replayed(which, applying=False, clock=clock))
    assert not Passed.objects.exists()
    list(replayed(which, applying=True, clock=clock))
    assert Passed.objects.count() == 2
    assert list(replayed(which, applying=True, clock=clock))[-1].endswith("0 changed")

    Passed.objects.filter(asset=FAR[0]).update(notice_id=1)
    far.delete()
    list(replayed(which, applying=True, clock=clock))
    assert [one.asset for one in Passed.objects.all()] == [FAR[0]]


def test_a_process_of_its_own_passes_on_the_same() -> None:
    rule()
    plan = plan_of(came(report([*FAR, NEAR])))
    expected = [batch.passed for batch in reading.read_here(plan).batches]
    with reading.read_elsewhere(plan) as elsewhere:
        assert [batch.passed for batch in elsewhere.batches] == expected
    assert [len(one) for one in expected] == [2]


def test_what_was_kept_for_partners_goes_with_the_events(settings: Settings) -> None:
    rule()
    came(report(FAR, at=NOW - 2 * DAY))
    settings.LIONROCK_KEEP_EVENTS = 1
    retain(now=NOW)

    assert not Passed.objects.exists()


def test_who_would_be_told_says_which_partner_hears_and_through_which_source() -> None:
    far = rule()
    outside = who_hears(FAR[0], at=timezone.now()).outside
    assert outside is not None
    assert [(one.partner, one.feeds) for one in outside.hearers] == [
        (far.partner, ("shadowserver",))
    ]
    assert who_hears(NEAR, at=timezone.now()).outside is None
    Source.objects.update(outside="drop")
    outside = who_hears(FAR[0], at=timezone.now()).outside
    assert outside is not None
    assert [one.feeds for one in outside.hearers] == [()]
