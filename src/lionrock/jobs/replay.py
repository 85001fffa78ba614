"""The command that reads deliveries again: what would change, and, when asked to, the change."""

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from cyclopts import Parameter

from lionrock.core.errors import GiveUp
from lionrock.jobs.exits import Exit


def replay(
    feed: str = "",
    /,
    *,
    since: Annotated[date | None, Parameter(name="--since")] = None,
    until: Annotated[date | None, Parameter(name="--until")] = None,
    blob: Annotated[int | None, Parameter(name="--blob")] = None,
    apply: Annotated[bool, Parameter(name="--apply", negative=())] = False,
) -> int:
    """Read kept deliveries again with today's readers and tables, and print what would change.

    Nothing is changed unless --apply is given. Choose deliveries by FEED, by the days they came on
    (--since and --until, both included, UTC), or one by its number.

    For example:

        lionrock feeds replay shadowserver --since 2026-11-01
        lionrock feeds replay shadowserver --since 2026-11-01 --apply
        lionrock feeds replay --blob 42

    Parameters
    ----------
    feed
        Deliveries of this feed alone.
    since
        Deliveries that came on this day or later: 2026-11-01.
    until
        Deliveries that came on this day or earlier.
    blob
        The delivery of this number.
    apply
        Change what differs.
    """
    from lionrock.jobs.django import start  # noqa: PLC0415  # only when the command runs

    start()
    from lionrock.jobs.replaying import Which, replayed  # noqa: PLC0415  # needs Django started

    if not (feed or since or until or blob):
        raise GiveUp("say which deliveries: a feed, --since, --until or --blob")
    which = Which(feed=feed, since=_day(since), before=_behind(until), blob=blob)
    lines: Iterator[str] = replayed(which, applying=apply, clock=lambda: datetime.now(UTC))
    for line in lines:
        sys.stdout.write(f"{line}\n")
    return Exit.FINE


def _day(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None


def _behind(day: date | None) -> datetime | None:
    start = _day(day)
    return start + timedelta(days=1) if start else None
