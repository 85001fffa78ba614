"""The command and the duty that notice trends."""

import sys
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cyclopts import App

from lionrock.core.errors import TryLater
from lionrock.jobs import django

app = App(name="trends", help="Notice what is new or rising in the region.")

AGAIN: Final = timedelta(hours=6)
"""How long after a look the same day is looked at again, for what came late."""


@app.command
def find(*, on: date | None = None) -> None:
    """Look at a day: what is new, rising, or a campaign; keep it in the console and print it.

    Counts the days that were not counted yet, which takes some minutes the first time. A day may be
    looked at again: nothing is told twice. Prints one trend a line: the days on which it was noticed,
    how often a year chance gives as much, its series, since when, and how many.

    For example:

        lionrock trends find
        lionrock trends find --on 2026-11-20

    Parameters
    ----------
    on
        The day, in the region's time; yesterday by default.
    """
    django.start()
    if django.unapplied():
        raise TryLater("the database is not up to date; run: lionrock up")
    from lionrock.desk.trends.services.finding import find as look  # noqa: PLC0415  # needs Django

    now = datetime.now(UTC)
    found = look(day=on or _yesterday(now), now=now)
    for row in (*found.fresh, *found.continued):
        sys.stdout.write(
            f"{row.days}\t{row.yearly:.2g}\t{row.what}\t{row.key}\t{row.since}\t{row.counted}\n"
        )
    sys.stderr.write(
        f"{found.day}: {found.series:,} series, {len(found.fresh)} new trends, "
        f"{len(found.continued)} that go on, {found.muted} muted\n"
    )


def find_due(*, now: datetime) -> int:
    """Look at yesterday where nobody did, or again some hours later; return how many are new."""
    from lionrock.desk.trends.models import Look  # noqa: PLC0415  # needs Django started
    from lionrock.desk.trends.services.finding import find as look  # noqa: PLC0415  # as above

    day = _yesterday(now)
    before = Look.objects.filter(day=day).values_list("at", flat=True).first()
    if before is not None and now - before < AGAIN:
        return 0
    return len(look(day=day, now=now).fresh)


def _yesterday(now: datetime) -> date:
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date() - timedelta(days=1)
