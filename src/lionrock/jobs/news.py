"""Commands for news: whom to follow, asking them now, reading again what was broken."""

import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from lionrock.core.errors import TryLater
from lionrock.jobs import django
from lionrock.jobs.exits import Exit

if TYPE_CHECKING:
    from lionrock.jobs.news_collecting import Asked

app = App(name="news", help="News of vendors and other teams: follow sources, ask them, list them.")


@app.command(name="list")
def list_sources() -> None:
    """List the sources that are known: name, standing, items, what could not be read, terms.

    For example:

        lionrock news list
    """
    ready()
    from lionrock.desk.news.selectors.stories import sources  # noqa: PLC0415  # needs Django

    for each in sources():
        row, known = each.row, each.known
        standing = "followed" if row is not None and row.wanted else "-"
        if row is not None and row.failures:
            standing = "failing"
        terms = row.terms if row is not None else known.terms if known is not None else ""
        items = row.items_read if row is not None else 0
        sys.stdout.write(f"{each.name}\t{standing}\t{items}\t{each.broken}\t{terms}\n")


@app.command
def follow(*names: str) -> None:
    """Follow sources: a worker asks them again and again from now on.

    For example:

        lionrock news follow cisa-kev jpcert

    Parameters
    ----------
    names
        The sources, as `lionrock news list` names them.
    """
    _set(names, wanted=True)


@app.command
def leave(*names: str) -> None:
    """Leave sources; what came of them stays.

    For example:

        lionrock news leave jpcert

    Parameters
    ----------
    names
        The sources, as `lionrock news list` names them.
    """
    _set(names, wanted=False)


@app.command
def add(file: Path, /) -> None:
    """Add sources that are not shipped, from a TOML list [[source]]; none is followed by it.

    For example:

        lionrock news add our-sources.toml

    Parameters
    ----------
    file
        Tables with name, title, kind (feed, kev, csaf), address, page, publisher, origin (vendor, cert,
        authority, partner, news), language, terms, and every_hours where it is not 2.
    """
    from lionrock.briefing.news.catalogue import read_sources  # noqa: PLC0415  # help need not load

    found = read_sources(file.read_bytes())
    ready()
    from lionrock.desk.news.services import following  # noqa: PLC0415  # needs Django

    for source in found:
        following.add(source=source, by=None, now=datetime.now(UTC))
        sys.stdout.write(f"{source.name}\n")


@app.command
def collect() -> int:
    """Ask every source that is due now, once; ends with 1 when one could not be read.

    For example:

        lionrock news collect
    """
    ready()
    from lionrock.jobs.news_collecting import collect_due  # noqa: PLC0415  # needs Django

    return _tell(collect_due(clock=_now))


@app.command
def replay() -> int:
    """Read again what was broken when it came, after an upgrade; ends with 1 when any still is.

    For example:

        lionrock news replay
    """
    ready()
    from lionrock.jobs.news_collecting import replay as again  # noqa: PLC0415  # needs Django

    return _tell(again(clock=_now))


def _set(names: Iterable[str], *, wanted: bool) -> None:
    ready()
    from lionrock.desk.news.services import following  # noqa: PLC0415  # needs Django

    for name in names:
        following.follow(name=name, wanted=wanted, by=None, now=_now())
        sys.stdout.write(f"{name}\n")


def _tell(asked: "Iterable[Asked]") -> int:
    failed = False
    for each in asked:
        failed = failed or bool(each.failure)
        said = each.failure or f"{each.fresh} new, {each.changed} changed, {each.unread} not read"
        sys.stdout.write(f"{each.source}\t{said}\n")
    return Exit.FOUND if failed else Exit.FINE


def _now() -> datetime:
    return datetime.now(UTC)


def ready() -> None:
    """Start Django; refuse to work on a database that was never set up or is behind."""
    django.start()
    if django.unapplied():
        raise TryLater("the database is not up to date; run: lionrock up")
