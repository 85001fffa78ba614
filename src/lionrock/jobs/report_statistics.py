"""The command that writes the monthly statistics of cases, with how they compare."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from lionrock.core.cases import MONTH
from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.figures import Period
from lionrock.jobs import django


def statistics(
    *, output: Path, since: str = "2018-01", until: str = "", forecasts: Path | None = None
) -> None:
    """Write the monthly statistics of cases: by category since the start, year on year, with shares.

    The folder gets statistics.json and its tables as CSV. Where it holds an earlier statistics.json,
    the new one lists every number that was told otherwise.

    For example:

        lionrock report statistics --output statistics
        lionrock report statistics --since 2020-01 --until 2026-06 --output half-year

    Parameters
    ----------
    output
        The folder to write into; it is made.
    since
        The first month.
    until
        The last month; without it, the last one that is over.
    forecasts
        A TOML file of texts that people wrote: [[forecast]] with by, title and text in every
        language of publication. They stand in the JSON as they were written.
    """
    django.start()
    if django.unapplied():
        raise TryLater("the database is not up to date; run: lionrock up")
    from django.conf import settings  # noqa: PLC0415  # needs Django started
    from django.db import connection  # noqa: PLC0415  # as above

    from lionrock.briefing.statistics.comparing import Kind  # noqa: PLC0415  # help needs none of it
    from lionrock.briefing.statistics.forecasts import (  # noqa: PLC0415  # as above
        LARGEST,
        Forecast,
        read_forecasts,
    )
    from lionrock.briefing.statistics.made import (  # noqa: PLC0415  # as above
        last_month,
        make_statistics,
    )
    from lionrock.briefing.statistics.written import JSON, documents  # noqa: PLC0415  # as above
    from lionrock.regions import load  # noqa: PLC0415  # as above

    now = datetime.now(UTC)
    region = load(settings.LIONROCK_REGION)
    over = last_month(now, ZoneInfo(region.timezone))
    last = month(until) if until else over
    if last.first > over.first:
        raise GiveUp(f"{last.key} is not over; the last month that is, is {over.key}")
    expected: tuple[Forecast, ...] = ()
    if forecasts is not None:
        with forecasts.open("rb") as file:
            expected = read_forecasts(file.read(LARGEST + 1))
    made = make_statistics(
        connection, region, since=month(since), until=last, forecasts=expected, now=now
    )
    before = output / JSON
    earlier = before.read_bytes() if before.is_file() else None
    output.mkdir(parents=True, exist_ok=True)
    for name, content in documents(made, earlier=earlier).items():
        part = output / f"{name}.part"
        part.write_bytes(content)
        part.replace(output / name)
        sys.stdout.write(f"{output / name}\n")
    total = made.spans[Kind.YEAR][-1].total.figure
    sys.stderr.write(f"{total.value} cases in {total.period.key}\n")


def month(text: str) -> Period:
    """Return the month that somebody wrote; raise GiveUp for what is none."""
    if not MONTH.fullmatch(text):
        raise GiveUp(f"“{text}” is no month such as 2018-01")
    return Period.of(text)
