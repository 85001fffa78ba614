"""The views that figures are counted from, in both dialects; what they hold is said in ``briefing.counting.views``.

They are made after every migration and taken away before the next: a view would stop SQLite from making
a table anew, and PostgreSQL from changing a column's type. So whoever changes one adds a migration.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.db import connections

from lionrock.briefing.counting.views import VIEWS
from lionrock.core.facts import Why

OURS: Final = (Why.LOCATED.value, Why.REPORTED.value, Why.DOMAIN.value)
"""The reasons for which an event counts as the region's own."""

_OURS: Final = ", ".join(f"'{why}'" for why in OURS)

_PRESENCE: Final = """
SELECT p.month, h.kind, h.variant, h.family, h.feed, h.part, h.asset_kind, h.unit, p.thing, h.asn,
       h.country, p.days
FROM figures_heading h JOIN figures_presence p ON p.heading_id = h.id"""
_SUSPECT: Final = """
SELECT brand, sector, state, first_read_at, decided_at FROM suspects_suspect"""
_TOLD: Final = f"""
SELECT day, feed, kind, family, CASE WHEN why IN ({_OURS}) THEN 1 ELSE 0 END AS ours,
       country, events
FROM events_daycount"""  # noqa: S608  # our own words
_DELIVERY: Final = """
SELECT feed, {first} AS first, {last} AS last, times
FROM feeds_blob WHERE state = 'complete'"""
_UNCOUNTED: Final = """
SELECT c.day FROM figures_countedday c
WHERE c.touched <> (SELECT COALESCE(SUM(t.events), 0) FROM events_touchedday t
                    WHERE t.day >= c.first AND t.day <= c.last)
UNION
SELECT t.day FROM events_touchedday t
WHERE NOT EXISTS (SELECT 1 FROM figures_countedday c WHERE c.day = t.day)"""

SQLITE: Final[Mapping[str, str]] = {
    "figure_presence": _PRESENCE,
    "figure_told": _TOLD,
    "figure_delivery": _DELIVERY.format(
        first="substr(received_at, 1, 10)", last="substr(last_at, 1, 10)"
    ),
    "figure_uncounted": _UNCOUNTED,
    "figure_suspect": _SUSPECT,
}
_UTC_DAY: Final = "({} AT TIME ZONE 'UTC')::date"
POSTGRESQL: Final[Mapping[str, str]] = {
    "figure_presence": _PRESENCE,
    "figure_told": _TOLD,
    "figure_delivery": _DELIVERY.format(
        first=_UTC_DAY.format("received_at"), last=_UTC_DAY.format("last_at")
    ),
    "figure_uncounted": _UNCOUNTED,
    "figure_suspect": _SUSPECT,
}


TABLES: Final = frozenset(
    {
        *("figures_presence", "figures_heading", "figures_countedday"),
        *("events_daycount", "events_touchedday", "feeds_blob", "suspects_suspect"),
    }
)
"""What they are made of."""


def make(using: str) -> None:
    """Make every view on the database of that alias, unless a table is not there (yet, or any more)."""
    connection = connections[using]
    if not set(connection.introspection.table_names()) >= TABLES:
        return
    selects = POSTGRESQL if connection.vendor == "postgresql" else SQLITE
    with connection.cursor() as cursor:
        for view in VIEWS:
            cursor.execute(f"CREATE VIEW {view.name} AS {selects[view.name]}")


def take_away(using: str) -> None:
    """Drop every view that there is."""
    with connections[using].cursor() as cursor:
        for view in reversed(VIEWS):
            cursor.execute(f"DROP VIEW IF EXISTS {view.name}")


def before_migrating(*, using: str, plan: object = None, **_rest: Any) -> None:  # Any: the signal's
    """Take the views away where something will be migrated."""
    if plan:
        take_away(using)


def after_migrating(*, using: str, plan: object = None, **_rest: Any) -> None:  # Any: as above
    """Make the views where something was migrated; not when tables were merely emptied."""
    if plan:
        take_away(using)
        make(using)
