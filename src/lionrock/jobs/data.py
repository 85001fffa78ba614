"""The commands for the tables that facts about addresses come from."""

import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import App, Parameter

from lionrock.jobs import django
from lionrock.jobs.exits import Exit

if TYPE_CHECKING:
    from lionrock.enrich.update import Outcome

app = App(name="data", help="The tables that say whose an address is and where it is used.")


@app.command
def update(
    *,
    from_: Annotated[Path | None, Parameter(name="--from")] = None,
    keep: int = 12,
    force: bool = False,
) -> int:
    """Fetch the tables that changed, or take them from a folder; keep them by day.

    Kept are the newest of each source, so that a report of last month is read with the tables of
    last month. A file's kind is told by its content: registries' delegated files, routing tables
    (RIS whois dump, pyasn, pfx2as, bgpdump -m), MaxMind DB files, country ranges, names of ASNs, the
    registries' database split by class. A table that has lost half of its rows is refused. Ends
    with 1 when a table was refused or could not be fetched.

    For example:

        lionrock data update
        lionrock data update --from /media/usb/tables

    Parameters
    ----------
    from_
        A folder in which the files lie; nothing is fetched then.
    keep
        How many days of each source are kept.
    force
        Take a table although it has lost half of its rows.
    """
    data = django.start()
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    # Numpy and the readers are loaded only now, so that the help of the command line starts at once.
    from lionrock.enrich import sources  # noqa: PLC0415
    from lionrock.enrich.update import from_folder, take_in  # noqa: PLC0415

    tables = data / "tables"
    outcomes: list[Outcome] = []
    if from_ is not None:
        # A folder filled by hand may hold a note beside its tables.
        outcomes += take_in(from_folder(from_), into=tables, force=force, keep=keep)
        _say(outcomes)
        return (
            Exit.FINE if any(one.age for one in outcomes) and not _refused(outcomes) else Exit.FOUND
        )
    with tempfile.TemporaryDirectory(prefix="lionrock-tables-") as folder:
        collected = sources.collect(
            sources.published(),
            into=Path(folder),
            tables=tables,
            now=datetime.now(UTC),
            allow=settings.LIONROCK_INTERNAL,
            tell=_progress,
        )
        outcomes += collected.outcomes
        outcomes += take_in(collected.files, into=tables, force=force, keep=keep)
    if not _refused(outcomes):
        collected.remember(tables)
    _say(outcomes)
    return Exit.FOUND if _refused(outcomes) else Exit.FINE


@app.command
def ages() -> int:
    """List the tables at hand: fact, source, day, age in days, rows; then on what conditions.

    The bundled ones come last: they know the documentation networks alone, so that samples work
    without a download. Ends with 1 when there are no others.

    For example:

        lionrock data ages
    """
    data = django.start()
    from django.conf import settings  # noqa: PLC0415  # needs Django started

    from lionrock import regions  # noqa: PLC0415  # as below
    from lionrock.enrich.tables import Tables  # noqa: PLC0415  # numpy costs every start

    tables = Tables.load(data / "tables", regions.load(settings.LIONROCK_REGION))
    found = tables.ages()
    if not found:
        sys.stdout.write("there are no tables yet; run: lionrock data update\n")
    today = datetime.now(UTC)
    for age in found:
        old = (today.date() - age.day).days
        sys.stdout.write(
            f"{age.fact:<12} {age.source:<24} {age.day} {old:>6} days {age.rows:>10}\n"
        )
    for age in tables.shipped():
        sys.stdout.write(
            f"{age.fact:<12} {age.source:<24} {age.day} {'bundled':>11} {age.rows:>10}\n"
        )
    conditions = {age.source: age.licence for age in found if age.licence}
    for source, licence in sorted(conditions.items()):
        sys.stdout.write(f"{source}: {licence}\n")
    return Exit.FINE if found else Exit.FOUND


def _progress(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _refused(outcomes: "Sequence[Outcome]") -> bool:
    return any(one.age is None and one.why not in _HARMLESS for one in outcomes)


_HARMLESS: Final = frozenset({"has not changed", "is no table that is known"})


def _say(outcomes: "Sequence[Outcome]") -> None:
    for one in outcomes:
        if one.age is not None:
            sys.stdout.write(f"{one.what}: kept, of {one.age.day}, {one.age.rows} rows\n")
        else:
            sys.stdout.write(f"{one.what}: {one.why}\n")
