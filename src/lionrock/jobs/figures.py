"""Commands for figures: show a period's, list what was corrected, restate an older period."""

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cyclopts import App

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.figures import Period
from lionrock.jobs import django

if TYPE_CHECKING:
    from lionrock.briefing.counting.corrections import Notice
    from lionrock.core.figures import Figure

app = App(name="figures", help="Counted numbers: show them, what was corrected, restate them.")


@app.command
def show(period: str, /) -> None:
    """Print the figures of a period, one JSON object a line: id, value, unit, filters, query, gaps.

    The first time that a period which is over is asked for, its figures are kept as version 1.

    For example:

        lionrock figures show 2026Q3

    Parameters
    ----------
    period
        2026, 2026Q3, 2026-07, 2026-W31, 2026-07-05 or 2026-07-05..2026-07-09.
    """
    wanted = _period(period)
    from lionrock.desk.figures.services.editions import quoted  # noqa: PLC0415  # needs Django

    kept = quoted(period=wanted, now=datetime.now(UTC))
    for figure in kept.counted:
        sys.stdout.write(json.dumps(_told(figure), ensure_ascii=False) + "\n")
    version = "not over yet" if kept.version is None else f"version {kept.version}"
    sys.stderr.write(
        f"{wanted.key}, {version}: {len(kept.counted.figures):,} figures, "
        f"{len(kept.counted.gaps)} silences of feeds\n"
    )


@app.command
def corrections(period: str, /) -> None:
    """Print every number of a period that was corrected: version, figure, said before, said now.

    For example:

        lionrock figures corrections 2026Q3

    Parameters
    ----------
    period
        As for `show`.
    """
    wanted = _period(period)
    from lionrock.desk.figures.selectors.editions import notices  # noqa: PLC0415  # as above

    for notice in notices(wanted.key):
        _tell(notice)


@app.command
def restate(period: str, /, *, reason: str, by: str) -> None:
    """Count a period again that is long over, and keep what differs as its next version.

    Of the period that ended last, late data do so by themselves.

    For example:

        lionrock figures restate 2025Q4 --reason "A feed sent its archive" --by ada@cert.example

    Parameters
    ----------
    period
        As for `show`.
    reason
        Why; it is published with the correction.
    by
        The e-mail address under which who restates it is known to the console.
    """
    wanted = _period(period)
    from lionrock.desk.figures.selectors.editions import latest, notice_of  # noqa: PLC0415  # as above
    from lionrock.desk.figures.services import editions  # noqa: PLC0415  # as above
    from lionrock.desk.people.models import Person  # noqa: PLC0415  # as above

    person = Person.objects.filter(email__iexact=by, is_active=True).first()
    if person is None:
        raise GiveUp(f"the console knows nobody by {by}")
    kept = editions.restate(period=wanted, by=person, reason=reason, now=datetime.now(UTC))
    edition = latest(wanted.key)
    notice = notice_of(edition) if edition is not None and kept.corrected else None
    if notice is not None:
        _tell(notice)
    said = f"version {kept.version}" if kept.corrected else "nothing differs"
    sys.stderr.write(f"{wanted.key}: {said}\n")


def _period(key: str) -> Period:
    """Return the period, Django being ready; refuse to work on a database that is behind."""
    try:
        period = Period.of(key)
    except ValueError as error:
        raise GiveUp(str(error)) from None
    django.start()
    if django.unapplied():
        raise TryLater("the database is not up to date; run: lionrock up")
    return period


def _told(figure: "Figure") -> dict[str, object]:
    value = figure.value
    return {
        "id": figure.id,
        "value": value if value is None or isinstance(value, int) else str(value),
        "unit": figure.unit.value,
        "stream": figure.stream.value,
        "definition": figure.definition,
        "filters": dict(figure.filters),
        "query": figure.query,
        "gaps": [[gap.feed, gap.first.isoformat(), gap.last.isoformat()] for gap in figure.gaps],
    }


def _tell(notice: "Notice") -> None:
    for one in notice.corrections:
        before, after = ("-" if value is None else value for value in (one.before, one.after))
        sys.stdout.write(f"{notice.version}\t{one.id}\t{before}\t{after}\n")
