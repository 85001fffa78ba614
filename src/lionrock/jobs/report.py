"""The commands that write reports: the quarterly Watch Report, numbers held against it, statistics."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import App, Parameter

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.figures import Period
from lionrock.jobs import django
from lionrock.jobs.exits import Exit
from lionrock.jobs.written import written

if TYPE_CHECKING:
    from lionrock.briefing.report.content import Contents

app = App(name="report", help="Reports made of figures.")
app.command(
    "lionrock.jobs.report_statistics:statistics",
    name="statistics",
    help=written("lionrock.jobs.report_statistics:statistics"),
)

Language = Literal["en", "zh-Hant", "zh-Hans"]
Written = Literal["html", "pdf", "docx"]


@app.command
def watch(
    *,
    quarter: str,
    output: Path,
    form: Literal["short", "long"] = "short",
    language: Annotated[Sequence[Language], Parameter(negative=())] = ("en", "zh-Hant", "zh-Hans"),
    format: Annotated[Sequence[Written], Parameter(negative=())] = ("html", "pdf", "docx"),
    keep: bool = False,
) -> None:
    """Write the Security Watch Report of a quarter into a folder.

    Each language as HTML, PDF and Word file, every chart as SVG, every table as CSV, and all of it as
    JSON. Every number is proved against the figures first, and the languages against each other; a
    report in which one is not is refused, with what is wrong. What an earlier version said otherwise
    stands in a correction notice.

    For example:

        lionrock report watch --quarter 2026Q3 --output report
        lionrock report watch --quarter 2026Q3 --form long --language en --format pdf --output report

    Parameters
    ----------
    quarter
        Which quarter: 2026Q3.
    output
        The folder to write into; it is made.
    form
        The short form (highlights, tables, families, topics), or the long one with a chapter for each
        type of event.
    language
        In which languages.
    format
        In which formats; the charts and the data are always written.
    keep
        Keep it in the console as the next version of the quarter's report, too.
    """
    contents = _contents(quarter, keep=keep)
    from lionrock.briefing.report.content import Form  # noqa: PLC0415  # help needs none of it
    from lionrock.briefing.report.made import Format, files, made  # noqa: PLC0415  # as above

    report = made(contents, Form(form))
    output.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, body in files(
        report, languages=tuple(language), formats=tuple(Format(one) for one in format)
    ):
        (output / name).write_bytes(body)
        count += 1
    sys.stderr.write(
        f"{contents.quarter.key}, version {contents.version}: {count} files in {output}; "
        f"{len(contents.figures()):,} figures, {len(contents.corrections):,} corrected\n"
    )


@app.command
def compare(*numbers: str, quarter: str) -> int:
    """Hold numbers that were published against the figures; end with 1 when one differs.

    A line for each number that is not what was counted: figure, published, counted.

    For example:

        lionrock report compare --quarter 2023Q1 2023Q1.total=5102 2023Q1.phishing.unique_url=2804

    Parameters
    ----------
    numbers
        Figures' ids with the numbers that were published.
    quarter
        The quarter of the report they stand in.
    """
    from lionrock.briefing.report.published import differences, read  # noqa: PLC0415  # as above

    published = read(numbers)
    found = differences(published, _contents(quarter, keep=False))
    for one in found:
        counted = "not counted" if one.counted is None else f"{one.counted:,}"
        sys.stdout.write(f"{one.id}\t{one.published:,}\t{counted}\n")
    sys.stderr.write(f"{len(published)} numbers compared, {len(found)} differ\n")
    return Exit.FOUND if found else Exit.FINE


def _contents(quarter: str, *, keep: bool) -> "Contents":
    """Return what the report of a quarter tells; keep it as the next version where so wished."""
    try:
        period = Period.of(quarter)
    except ValueError as error:
        raise GiveUp(str(error)) from None
    django.start()
    if django.unapplied():
        raise TryLater("the database is not up to date; run: lionrock up")
    from lionrock.briefing.report.kept import read  # noqa: PLC0415  # help needs none of it
    from lionrock.desk.reports.services.making import (  # noqa: PLC0415  # needs Django started
        contents_of,
        make,
    )

    now = datetime.now(UTC)
    if keep:
        return read(make(quarter=period, by=None, now=now).contents)
    return contents_of(quarter=period, now=now)
