"""Commands for constituents: import a table, list them, say who would be told about something."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from lionrock.core.errors import GiveUp, TryLater
from lionrock.jobs import django
from lionrock.jobs.exits import Exit

if TYPE_CHECKING:
    from lionrock.desk.constituents.services.importing import Change, Report

app = App(name="constituents", help="Whom we serve or tell: import, list, ask who would be told.")


@app.command(name="import")
def import_(file: Path, *, dry_run: Annotated[bool, Parameter(negative=())] = False) -> int:
    """Add what a table of constituents says; what is known already is left as it is.

    The table is CSV in UTF-8 with a line of column names; only `name` is needed. Columns: name,
    name_local, kind, sector, critical, language, format, frequency, networks, asns, domains,
    contact_role, contact_name, contact_email, contact_phone, pgp. Several rows of one name add
    contacts and holdings to it. A row with anything wrong in it is refused whole. Nothing is ever
    taken away. Letters to new constituents wait for a person. Ends with 1 when rows were refused.

    For example:

        lionrock constituents import constituents.csv --dry-run
        lionrock constituents import constituents.csv

    Parameters
    ----------
    file
        The table.
    dry_run
        Say what would happen, and write nothing.
    """
    ready()
    from lionrock.desk.constituents.services.importing import (  # noqa: PLC0415  # needs Django
        LARGEST,
        ImportMode,
        NoTable,
        import_csv,
    )
    from lionrock.desk.constituents.words import UNREADABLE  # noqa: PLC0415  # as above

    with file.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    mode = ImportMode.TRY if dry_run else ImportMode.APPLY
    try:
        report = import_csv(content, by=None, now=datetime.now(UTC), mode=mode)
    except NoTable as error:
        raise GiveUp(f"{file}: {UNREADABLE[error.why]}") from error
    tell(report)
    return Exit.FOUND if report.refused else Exit.FINE


@app.command(name="list")
def list_() -> None:
    """List every constituent: name, kind, mode, holdings, living contacts; one line each, tabs between.

    For example:

        lionrock constituents list
    """
    ready()
    from lionrock.desk.constituents.models import Constituent  # noqa: PLC0415  # needs Django
    from lionrock.desk.constituents.selectors.responsible import living  # noqa: PLC0415  # as above

    rows = Constituent.objects.prefetch_related("holdings", "contacts").order_by("name")
    for one in rows.iterator(chunk_size=500):
        held = ",".join(
            f"AS{holding.value}" if holding.kind == "asn" else holding.value
            for holding in one.holdings.all()
        )
        reached = ",".join(contact.email for contact in living(one))
        mode = one.mode if one.active else "inactive"
        sys.stdout.write("\t".join((one.name, one.kind, mode, held or "-", reached or "-")) + "\n")


@app.command
def who(asset: str) -> None:
    """Say who would be told about something, in which order, and why; one line each, tabs between.

    The first is told; whoever follows is told only when that had no effect.

    For example:

        lionrock constituents who 192.0.2.7
        lionrock constituents who AS64496
        lionrock constituents who https://www.example.org/login

    Parameters
    ----------
    asset
        An address, network, ASN, host name or URL.
    """
    ready()
    from lionrock.desk.constituents.selectors.responsible import (  # noqa: PLC0415  # needs Django
        who_hears,
    )
    from lionrock.desk.constituents.words import (  # noqa: PLC0415  # as above
        hears_in_words,
        step_in_words,
    )

    answered = who_hears(asset, at=datetime.now(UTC))
    if (outside := answered.outside) is not None:
        where = f"used in {outside.country}" if outside.country else "used where no table knows"
        sys.stdout.write(
            f"outside\t-\t-\t-\tIt is {where}, not in the region: what sources report of it is "
            "counted; those below are told of our own findings alone.\n"
        )
        for hearer in outside.hearers:
            mode = hearer.partner.mode
            sys.stdout.write(f"passed on\t{hearer.partner}\t-\t{mode}\t{hears_in_words(hearer)}\n")
    for place, told in enumerate(answered.ladder, start=1):
        leaves = "automatic" if told.automatic else "approved"
        sys.stdout.write(
            "\t".join(
                (
                    str(place),
                    told.name or "-",
                    told.email or "-",
                    "-" if told.reason == "person" else leaves,
                    step_in_words(told),
                )
            )
            + "\n"
        )


def tell(report: "Report") -> None:
    """Print what an import did, or would do: a line each, then the sums."""
    from lionrock.desk.constituents.words import sentence  # noqa: PLC0415  # needs Django

    for word, changes in (("new", report.added), ("changed", report.changed)):
        for change in changes:
            sys.stdout.write(f"{word}\t{change.name}\t{_what(change)}\n")
    for refused in report.refused:
        why = sentence(refused.why, refused.value)
        sys.stdout.write(f"refused\t{refused.name or '-'}\tline {refused.line}: {why}\n")
    if report.unknown_columns:
        sys.stderr.write(f"columns passed over: {', '.join(report.unknown_columns)}\n")
    sys.stderr.write(
        f"{len(report.added)} new, {len(report.changed)} changed, {len(report.unchanged)} unchanged, "
        f"{len(report.refused)} rows refused{'' if report.applied else '; nothing was written'}\n"
    )


def _what(change: "Change") -> str:
    return " ".join((*change.fields, *change.holdings, *change.contacts)) or "-"


def ready() -> None:
    """Start Django; refuse to work on a database that was never set up or is behind."""
    django.start()
    if django.unapplied():
        raise TryLater("the database is not up to date; run: lionrock up")
