"""Makes the report of a quarter from the figures that are quoted of it, and keeps it as it was made."""

from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction

from lionrock.briefing.counting import Counted
from lionrock.briefing.definitions import load
from lionrock.briefing.report.assembled import assemble
from lionrock.briefing.report.content import QUARTERS, Contents, Form
from lionrock.briefing.report.kept import read, told
from lionrock.briefing.report.made import made
from lionrock.core.errors import GiveUp
from lionrock.core.figures import Period
from lionrock.desk.audit.services import record
from lionrock.desk.figures.selectors.editions import notices
from lionrock.desk.figures.services.editions import Removed, is_over, quoted
from lionrock.desk.people.models import Person
from lionrock.desk.reports.models import Report
from lionrock.desk.reports.selectors.kept import articles, published_values, reports
from lionrock.desk.reports.services.around import surroundings


def contents_of(*, quarter: Period, now: datetime) -> Contents:
    """Return what the report of a quarter tells as of now: figures as quoted, topics as they stand.

    Corrected is every number that an earlier report, or an earlier version of the quarter's figures,
    said otherwise. Where nothing differs from the last version that was made, it is that version, day
    and all. Raises GiveUp for a period that is no quarter, or has not begun.
    """
    if "Q" not in quarter.key:
        raise GiveUp(f"a watch report is of a quarter such as 2026Q3, not of {quarter.key}")
    if not is_over(Period(first=quarter.first, last=quarter.first, key=quarter.key), now):
        raise GiveUp(f"{quarter.key} has hardly begun: there is nothing to tell")
    periods = [quarter]
    while len(periods) < QUARTERS:
        periods.insert(0, periods[0].previous())
    definitions = load(settings.LIONROCK_REGION)
    last = reports(quarter.key)
    around = surroundings(
        quarter,
        definitions,
        articles=articles(quarter.key),
        version=last[0].version + 1 if last else 1,
        now=now,
    )
    contents = assemble(
        [_counted(period, now) for period in periods],
        definitions,
        around,
        earlier=_earlier(quarter, periods),
    )
    if last and _same(last[0].contents, told(contents)):
        return read(last[0].contents)
    return contents


def make(*, quarter: Period, by: Person | None, now: datetime) -> Report:
    """Make the next version of a quarter's report and keep it; return the last one where nothing differs.

    Raises GiveUp for a quarter that is not over, and Unsupported for a report that may not leave the
    house (a digit that rests on nothing, languages that differ).
    """
    if not is_over(quarter, now):
        raise GiveUp(f"{quarter.key} is not over")
    contents = contents_of(quarter=quarter, now=now)
    for form in Form:
        made(contents, form)
    kept = told(contents)
    with transaction.atomic():
        last = Report.objects.select_for_update().filter(quarter=quarter.key)
        before = last.order_by("-version").first()
        if before is not None and _same(before.contents, kept):
            return before
        number = before.version + 1 if before else 1
        row = Report.objects.create(
            quarter=quarter.key,
            version=number,
            issued=contents.issued,
            contents={**kept, "version": number},
            corrections=len(contents.corrections),
            made_at=now,
            made_by=by,
        )
        record(
            by=by,
            action="report.made",
            subject=f"report {quarter.key}",
            details={"version": number, "corrections": len(contents.corrections)},
            now=now,
        )
    return row


def _counted(period: Period, now: datetime) -> Counted:
    """Return what is quoted of a period; nothing where it was never counted and its events are gone."""
    try:
        return quoted(period=period, now=now).counted
    except Removed:
        return Counted(period=period, upto=period.last, figures=())


def _earlier(quarter: Period, periods: list[Period]) -> dict[str, int | Decimal | None]:
    """Return what figures said before: as reports told them last, else as they were first kept."""
    first: dict[str, int | Decimal | None] = {}
    for notice in notices(quarter.key):
        for one in notice.corrections:
            first.setdefault(one.id, one.before)
    return {**first, **published_values(periods)}


def _same(one: dict[str, object], other: dict[str, object]) -> bool:
    """Tell whether two reports tell the same; day, version and what was corrected before do not count."""
    apart = {"issued", "version", "corrections"}
    return {k: v for k, v in one.items() if k not in apart} == {
        k: v for k, v in other.items() if k not in apart
    }
