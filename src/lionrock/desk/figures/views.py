"""The views that figures are counted from, in both dialects; what they hold is said in ``briefing.counting.views``."""

from collections.abc import Mapping
from typing import Final

from lionrock.briefing.counting.views import VIEWS
from lionrock.core.facts import Why
from lionrock.desk.figures.standing import Standing

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


STANDING: Final = Standing(
    names=[view.name for view in VIEWS],
    tables=frozenset(
        {
            *("figures_presence", "figures_heading", "figures_countedday"),
            *("events_daycount", "events_touchedday", "feeds_blob", "suspects_suspect"),
        }
    ),
    selects=lambda vendor: POSTGRESQL if vendor == "postgresql" else SQLITE,
)
