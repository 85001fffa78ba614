"""The views that statistics of cases are counted from, in both dialects; ``briefing.statistics.views``
says what they hold."""

from collections.abc import Mapping
from typing import Final

from lionrock.briefing.statistics.views import VIEWS
from lionrock.desk.figures.standing import Standing

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


def _selects(vendor: str) -> Mapping[str, str]:
    day = _DAY.get(vendor, "c.opened_on")
    return {name: select.format(day=day) for name, select in _SELECTS.items()}


STANDING: Final = Standing(
    names=[view.name for view in VIEWS],
    tables=frozenset({"cases_case", "cases_caseurl"}),
    selects=_selects,
)
