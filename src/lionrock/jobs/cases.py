"""Commands for cases: take them from a ticket system's file, and read again what was none."""

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cyclopts import App

from lionrock.core.errors import GiveUp, TryLater
from lionrock.jobs import django
from lionrock.jobs.exits import Exit

if TYPE_CHECKING:
    from lionrock.desk.cases.services.importing import Report

app = App(name="cases", help="Cases: import them, read again what was rejected.")

ORIGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")


@app.command(name="import")
def import_(file: Path, /, *, origin: str = "", dry_run: bool = False) -> int:
    """Take cases from a CSV table or from JSON lines; ends with 1 when a row was rejected.

    Columns: reference, opened, closed, category, channel, sector, brand, urls; the first two and the
    category are needed. A reference is one case: the same row again changes nothing. A row that
    cannot be taken is kept and shown; a corrected file settles it.

    For example:

        lionrock cases import cases-2026.csv --dry-run
        lionrock cases import tickets.jsonl --origin rt

    Parameters
    ----------
    file
        The file; `-` reads standard input.
    origin
        The ticket system it comes from, where there is more than one: their references may be alike.
    dry_run
        Only tell what would happen.
    """
    if origin and not ORIGIN.fullmatch(origin):
        raise GiveUp(f"“{origin}” is no name: small letters, digits, dots and hyphens, at most 60")
    content = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    ready()
    from lionrock.desk.cases.reading import NoCases  # noqa: PLC0415  # needs Django
    from lionrock.desk.cases.services.importing import (  # noqa: PLC0415  # as above
        ImportMode,
        import_cases,
    )
    from lionrock.desk.cases.words import UNREADABLE  # noqa: PLC0415  # as above

    try:
        report = import_cases(
            content,
            name=file.name,
            origin=origin,
            by=None,
            now=datetime.now(UTC),
            mode=ImportMode.TRY if dry_run else ImportMode.APPLY,
        )
    except NoCases as refused:
        raise GiveUp(f"{file}: {UNREADABLE[refused.why]}") from refused
    tell(report)
    return Exit.FOUND if report.refused else Exit.FINE


@app.command
def replay() -> int:
    """Read all rejected rows again, after the region pack learnt new words; ends with 1 when any is left.

    For example:

        lionrock cases replay
    """
    ready()
    from lionrock.desk.cases.services.importing import replay as again  # noqa: PLC0415  # as above

    report = again(by=None, now=datetime.now(UTC))
    tell(report)
    return Exit.FOUND if report.refused else Exit.FINE


@app.command
def rejects() -> None:
    """Print the rows that could not be taken as cases, one JSON object a line, oldest first.

    For example:

        lionrock cases rejects > rejected.jsonl
    """
    ready()
    from lionrock.desk.cases.models import CaseReject, RejectState  # noqa: PLC0415  # needs Django

    for row in CaseReject.objects.filter(state=RejectState.OPEN).order_by("id").iterator():
        told = {
            "line": row.line,
            "origin": row.origin,
            "reference": row.reference,
            "why": row.why,
            "value": row.value,
            "row": row.text,
        }
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")


def tell(report: "Report") -> None:
    """Print the rows that were rejected, a line each, then the sums."""
    from lionrock.desk.cases.words import WHY  # noqa: PLC0415  # needs Django

    for each in report.refused:
        value = f": {each.value}" if each.value else ""
        sys.stdout.write(
            f"rejected\tline {each.line}\t{each.reference or '-'}\t{WHY[each.why]}{value}\n"
        )
    if report.passed_over:
        sys.stderr.write(f"columns passed over: {', '.join(report.passed_over)}\n")
    sys.stderr.write(
        f"{report.rows} rows: {report.added} new, {report.changed} changed, "
        f"{report.unchanged} unchanged, {report.repeated} repeated, {len(report.refused)} rejected"
        f"{'' if report.applied else '; nothing was written'}\n"
    )


def ready() -> None:
    """Start Django; refuse to work on a database that was never set up or is behind."""
    django.start()
    if django.unapplied():
        raise TryLater("the database is not up to date; run: lionrock up")
