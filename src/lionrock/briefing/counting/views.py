"""The views that figures are counted from: names, columns, and what each holds.

Whoever keeps the tables makes these views (``lionrock.desk.figures.views``); a test there holds that
they have these columns, and one that the documentation says the same.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its name, its type (``integer``, ``text``, ``date``, ``time``), and a sentence."""

    name: str
    type: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One view; ``about`` says what one row is."""

    name: str
    about: str
    columns: tuple[Column, ...]


def _view(name: str, about: str, *columns: tuple[str, str, str]) -> View:
    return View(
        name=name,
        about=about,
        columns=tuple(Column(name=one, type=kind, about=what) for one, kind, what in columns),
    )


VIEWS: Final = (
    _view(
        "figure_presence",
        "On which days of a month one thing was reported, by one feed and in one sense. Only what is "
        "the region's own is in.",
        ("month", "integer", "Year times 100 plus month, in the region's time: 202301."),
        ("kind", "text", "The type of the taxonomy, written class.type."),
        ("variant", "text", "What else tells two problems of the type apart; often empty."),
        (
            "family",
            "text",
            "The family as the source names it, in lower case; empty where it names none.",
        ),
        ("feed", "text", "The feed that reported it."),
        ("part", "text", "The part the asset plays: source, target or host."),
        ("asset_kind", "text", "What the asset is: address, network, asn, host, url or hash."),
        (
            "unit",
            "text",
            "What the thing is: url, address, or source (the other end, which attacked).",
        ),
        (
            "thing",
            "integer",
            "A number that stands for the URL or address: the same number, the same thing. It cannot be "
            "turned back without this installation's key.",
        ),
        (
            "asn",
            "integer",
            "The autonomous system of the address, or of the source; 0 where unknown.",
        ),
        ("country", "text", "The country of the source; empty where unknown and for other units."),
        (
            "days",
            "integer",
            "One bit for each day of the month on which it was reported, the 1st lowest.",
        ),
    ),
    _view(
        "figure_told",
        "How many events of a kind a feed told of on a day (UTC), what lies outside the region included.",
        ("day", "date", "The day in UTC."),
        ("feed", "text", "The feed."),
        ("kind", "text", "The type of the taxonomy."),
        ("family", "text", "The family, empty where there is none."),
        ("ours", "integer", "1 where it counts as the region's own, else 0."),
        ("country", "text", "Where the asset is located, empty where unknown."),
        ("events", "integer", "How many events."),
    ),
    _view(
        "figure_delivery",
        "One delivery of a feed that was read, however little stood in it.",
        ("feed", "text", "The feed."),
        ("first", "date", "The day (UTC) on which it first came."),
        ("last", "date", "The day (UTC) on which the same bytes last came."),
        ("times", "integer", "How often the same bytes came."),
    ),
    _view(
        "figure_uncounted",
        "A day of which events may have changed since it was counted for figure_presence.",
        ("day", "date", "The day in the region's time."),
    ),
    _view(
        "figure_suspect",
        "A name that triage put forward.",
        ("brand", "text", "The id of the brand it imitates, empty where none was made out."),
        ("sector", "text", "That brand's sector, empty where none was made out."),
        ("state", "text", "waiting, confirmed or dismissed."),
        ("first_read_at", "time", "When it was first read."),
        ("decided_at", "time", "When the state was last decided; null while it waits."),
    ),
)
BY_NAME: Final = {view.name: view for view in VIEWS}
