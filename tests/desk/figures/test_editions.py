"""Figures are counted once, kept with a version, corrected in the open, and restated by a person alone."""

from datetime import timedelta
from decimal import Decimal

import pytest
from pytest_django import Settings

from lionrock.core.errors import GiveUp
from lionrock.core.figures import Gap, Period
from lionrock.desk.audit.models import Entry
from lionrock.desk.events.models import Event
from lionrock.desk.figures.models import Edition
from lionrock.desk.figures.selectors.editions import counted_of, latest, notice_of, notices
from lionrock.desk.figures.services import editions
from lionrock.desk.figures.services.days import count_due
from lionrock.desk.figures.services.editions import (
    NotOver,
    Older,
    Removed,
    is_older,
    keep_again,
    quoted,
    restate,
)
from lionrock.desk.people.models import Person
from tests.desk.figures.conftest import AFTER, DAY, MIDDAY, Keep, bot, page

Q1 = Period.of("2023Q1")
LATER = AFTER + timedelta(days=100)
"""The next quarter is over, too."""


def test_what_is_kept_reads_back_as_it_was_counted(keep: Keep) -> None:
    for day in range(9):
        keep(bot(1, "192.0.2.1", at=MIDDAY - day * DAY), page(2, "a.hk"), now=MIDDAY + day * DAY)
    counted = quoted(period=Q1, now=AFTER)
    edition = latest("2023Q1")
    assert edition is not None
    assert (counted.version, edition.version) == (1, 1)
    assert counted_of(edition) == counted.counted
    assert counted.counted["phishing.ratio"].value == Decimal("1.00")
    silent = Gap(feed="shadowserver", first=(MIDDAY + 9 * DAY).date(), last=Q1.last)
    assert counted.counted["bots.size.family.mirai"].gaps == (silent,)


def test_late_data_make_a_second_version_and_a_notice_of_every_changed_number(keep: Keep) -> None:
    keep(page(1, "a.hk"), bot(2, "192.0.2.1"))
    assert keep_figures() == (1, False)
    keep(page(1, "b.hk"), bot(2, "192.0.2.2", family="virut"), now=AFTER)
    assert keep_figures() == (2, True)
    edition = latest("2023Q1")
    assert edition is not None
    notice = notice_of(edition)
    assert notice is not None
    assert (notice.version, notice.replaces, notice.reason) == (2, 1, "")
    changed = {
        one.id.removeprefix("2023Q1."): (one.before, one.after) for one in notice.corrections
    }
    assert changed == {
        "phishing.unique_url": (1, 2),
        "phishing.ratio": (Decimal("1.00"), Decimal("2.00")),
        "phishing.unique_url.network.as64496": (1, 2),
        "bots.size": (1, 2),
        "bots.size.family.virut": (0, 1),
        "bots.unique_address": (1, 2),
        "bots.unique_address.network.as64496": (1, 2),
        "total": (2, 4),
    }
    assert Entry.objects.get(action="figures.corrected").subject == "figures 2023Q1"


def keep_figures() -> tuple[int | None, bool]:
    kept = editions.keep(period=Q1, now=AFTER)
    return kept.version, kept.corrected


def test_the_same_numbers_make_no_new_version(keep: Keep) -> None:
    keep(page(1, "a.hk"))
    assert keep_figures() == (1, False)
    keep(page(1, "a.hk", at=MIDDAY + DAY), now=AFTER)
    assert keep_figures() == (1, False)
    assert notices("2023Q1") == ()


def test_figures_of_an_older_period_are_changed_by_a_person_who_says_why(
    keep: Keep, ada: Person
) -> None:
    keep(page(1, "a.hk"))
    keep_figures()
    keep(page(1, "b.hk"), now=LATER)
    assert is_older(Q1, LATER)
    with pytest.raises(Older):
        editions.keep(period=Q1, now=LATER)
    assert quoted(period=Q1, now=LATER).counted["total"].value == 1
    with pytest.raises(GiveUp, match="reason"):
        restate(period=Q1, by=ada, reason=" ", now=LATER)
    restated = restate(period=Q1, by=ada, reason="A feed sent its archive", now=LATER)
    assert (restated.version, restated.counted["total"].value) == (2, 2)
    entry = Entry.objects.get(action="figures.restated")
    assert (entry.by, "A feed sent its archive" in entry.body) == (ada, True)
    (notice,) = notices("2023Q1")
    assert notice.reason == "A feed sent its archive"
    assert restate(period=Q1, by=ada, reason="Once more", now=LATER).version == 2


def test_a_period_that_is_not_over_is_counted_and_not_kept(keep: Keep) -> None:
    keep(page(1, "a.hk"))
    running = quoted(period=Q1, now=MIDDAY)
    assert (running.version, running.counted.upto) == (None, MIDDAY.date())
    assert running.counted["total"].value == 1
    assert not Edition.objects.exists()
    with pytest.raises(NotOver):
        editions.keep(period=Q1, now=MIDDAY)


def test_what_was_removed_before_it_was_counted_is_not_kept(keep: Keep, settings: Settings) -> None:
    keep(page(1, "a.hk"))
    Event.objects.all().delete()
    settings.LIONROCK_KEEP_SECRET = 30
    with pytest.raises(Removed):
        quoted(period=Q1, now=AFTER)


def test_kept_periods_are_looked_at_again_once_a_day_of_theirs_changed(keep: Keep) -> None:
    keep(page(1, "a.hk"))
    keep_figures()
    assert keep_again(now=AFTER) == []
    keep(page(1, "b.hk"), now=AFTER)
    later = AFTER + timedelta(hours=1)
    count_due(now=later)
    (kept,) = keep_again(now=later)
    assert (kept.version, kept.counted["total"].value) == (2, 2)
    assert keep_again(now=later + DAY) == []
