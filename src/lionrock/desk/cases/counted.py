"""The views that statistics of cases are counted from, in both dialects; ``briefing.statistics.views``
says what they hold. They are made after every migration and taken away before the next."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import connections

from lionrock.briefing.statistics.views import VIEWS

_SELECTS: Final[Mapping[str, str]] = {
    "figure_case": """
SELECT {day} AS day, c.category AS category, c.sector AS sector, c.brand AS brand,
       c.brand_named AS brand_named, c.urls AS urls,
       CASE WHEN c.urls_listed THEN 1 ELSE 0 END AS listed
FROM cases_case c""",
    "figure_case_url": """
SELECT {day} AS day, c.category AS category, u.digest AS digest
FROM cases_caseurl u JOIN cases_case c ON c.id = u.case_id""",
}
_DAY: Final = {"postgresql": "to_char(c.opened_on, 'YYYY-MM-DD')"}
TABLES: Final = frozenset({"cases_case", "cases_caseurl"})
"""What they are made of."""


def make(using: str) -> None:
    """Make both views on the database of that alias, unless a table is not there."""
    connection = connections[using]
    if not set(connection.introspection.table_names()) >= TABLES:
        return
    day = _DAY.get(connection.vendor, "c.opened_on")
    with connection.cursor() as cursor:
        for view in VIEWS:
            cursor.execute(f"CREATE VIEW {view.name} AS {_SELECTS[view.name].format(day=day)}")


def take_away(using: str) -> None:
    """Drop both views where they are."""
    with connections[using].cursor() as cursor:
        for view in VIEWS:
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
