"""Keeps the figures of a period: counted once, quoted by all, corrected in the open.

The first count of a period that is over is its version 1. Of the period that ended last, late or
corrected data make the next version, by themselves; of an older one a person restates, and says why.
Versions are never changed: what a new one corrects is read off the two (``selectors.editions``).
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from lionrock import regions
from lionrock.briefing.counting import Counted, count
from lionrock.briefing.counting.corrections import corrections
from lionrock.briefing.definitions import load
from lionrock.core.errors import GiveUp, LionrockError
from lionrock.core.figures import Gap, Period
from lionrock.core.region import FIGURES
from lionrock.desk.audit.services import record
from lionrock.desk.figures.models import CountedDay, Edition, KeptFigure
from lionrock.desk.figures.selectors.editions import counted_of, latest
from lionrock.desk.figures.services.days import count_period, lost_days, reaches_back_too_far
from lionrock.desk.people.models import Person

LONGEST_REASON: Final = 2000


class NotOver(LionrockError):
    """The period is not over: it can be counted, and not kept."""


class Older(LionrockError):
    """A later period ended since: whoever wants these figures changed restates them, with a reason."""


class Removed(GiveUp):
    """Events of the period were removed before they were counted: what was kept of its figures stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A period's figures as they are quoted: ``version`` is ``None`` while the period is not over."""

    counted: Counted
    version: int | None
    corrected: bool = False
    """This call made a new version of figures that were kept before."""


def quoted(*, period: Period, now: datetime) -> Kept:
    """Return the figures that are quoted of a period: the latest version, or the first, kept now.

    Of a period that is not over, what was counted up to now. Data that came after a version was
    kept do not change it here; ``keep`` does. Raises Removed where nothing was kept in time.
    """
    edition = latest(period.key)
    if edition is not None:
        return Kept(counted=counted_of(edition), version=edition.version)
    if not is_over(period, now):
        return Kept(counted=counted_now(period=period, now=now), version=None)
    return keep(period=period, now=now)


def keep(*, period: Period, now: datetime) -> Kept:
    """Count a period that is over, and keep the result where it differs from what is kept.

    Raises NotOver, Older (the figures differ, and are not to be changed without a person), and Removed.
    """
    fresh = _fresh(period, now)
    with transaction.atomic():
        edition = _locked(period)
        if edition is not None:
            before = counted_of(edition)
            changed = corrections(before, fresh)
            if not changed:
                return Kept(counted=before, version=edition.version)
            if is_older(period, now):
                raise Older(
                    f"{len(changed)} figures of {period.key} would change, and later periods are over"
                )
            record(
                by=None,
                action="figures.corrected",
                subject=_subject(period),
                details={"version": edition.version + 1, "changed": len(changed)},
                now=now,
            )
        made = _store(fresh, after=edition, by=None, reason="", now=now)
        return Kept(counted=fresh, version=made.version, corrected=edition is not None)


def restate(*, period: Period, by: Person, reason: str, now: datetime) -> Kept:
    """Count an older period again and keep what differs as its next version; a person says why.

    Raises NotOver and Removed, and GiveUp without a reason. Where nothing differs, nothing is kept.
    """
    why = reason.strip()[:LONGEST_REASON]
    if not why:
        raise GiveUp("figures are restated for a reason, and it is published")
    fresh = _fresh(period, now)
    with transaction.atomic():
        edition = _locked(period)
        changed = 0
        if edition is not None:
            before = counted_of(edition)
            changed = len(corrections(before, fresh))
            if not changed:
                return Kept(counted=before, version=edition.version)
        made = _store(fresh, after=edition, by=by, reason=why, now=now)
        record(
            by=by,
            action="figures.restated",
            subject=_subject(period),
            details={"version": made.version, "changed": changed, "reason": why},
            now=now,
        )
        return Kept(counted=fresh, version=made.version, corrected=edition is not None)


def keep_again(*, now: datetime) -> list[Kept]:
    """Count again what is kept of periods that ended last, where a day of theirs was counted since.

    Returns the new versions: each has a correction notice.
    """
    found = []
    for key in Edition.objects.values_list("period", flat=True).distinct().order_by("period"):
        period = Period.of(key)
        edition = latest(key)
        if edition is None or is_older(period, now):
            continue
        since = CountedDay.objects.filter(
            day__gte=period.first, day__lte=period.last, counted_at__gt=edition.made_at
        )
        if not since.exists():
            continue
        with suppress(Removed):
            kept = keep(period=period, now=now)
            if kept.corrected:
                found.append(kept)
    return found


def counted_now(*, period: Period, now: datetime) -> Counted:
    """Count a period as it stands, its days brought up to date first; nothing is kept."""
    count_period(period=period, now=now)
    return count(
        connection,
        region=regions.load(settings.LIONROCK_REGION),
        definitions=load(settings.LIONROCK_REGION),
        period=period,
        today=today(now),
    )


def is_over(period: Period, now: datetime) -> bool:
    """Tell whether a period's last day is over in the region."""
    return period.last < today(now)


def is_older(period: Period, now: datetime) -> bool:
    """Tell whether the next period of the same kind is over, too."""
    return is_over(period.following(), now)


def today(now: datetime) -> date:
    """Return the day in the region."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _fresh(period: Period, now: datetime) -> Counted:
    if not is_over(period, now):
        raise NotOver(f"{period.key} is not over: its figures are counted, and not kept")
    counted = counted_now(period=period, now=now)
    if reaches_back_too_far(period=period, now=now) or lost_days(period=period):
        raise Removed(f"what was reported in {period.key} is kept no longer: it cannot be counted")
    return counted


def _locked(period: Period) -> Edition | None:
    return (
        Edition.objects.select_for_update().filter(period=period.key).order_by("-version").first()
    )


def _store(
    counted: Counted, *, after: Edition | None, by: Person | None, reason: str, now: datetime
) -> Edition:
    edition = Edition.objects.create(
        period=counted.period.key,
        first=counted.period.first,
        last=counted.period.last,
        version=1 if after is None else after.version + 1,
        made_at=now,
        by=by,
        reason=reason,
        definitions=_digest(),
        gaps=_told(counted.gaps),
    )
    KeptFigure.objects.bulk_create(
        (
            KeptFigure(
                edition=edition,
                place=place,
                name=figure.id,
                stream=figure.stream.value,
                definition=figure.definition,
                unit=figure.unit.value,
                value=figure.value,
                filters=[list(pair) for pair in figure.filters],
                query=figure.query,
                gaps=_told(figure.gaps),
            )
            for place, figure in enumerate(counted)
        ),
        batch_size=500,
    )
    return edition


def _digest() -> str:
    return sha256(regions.document(settings.LIONROCK_REGION, FIGURES)).hexdigest()


def _told(gaps: tuple[Gap, ...]) -> list[list[str]]:
    return [[gap.feed, gap.first.isoformat(), gap.last.isoformat()] for gap in gaps]


def _subject(period: Period) -> str:
    return f"figures {period.key}"
