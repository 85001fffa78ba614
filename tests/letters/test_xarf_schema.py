"""The schema of one type of report finds what the specification's whole schema finds."""

from typing import Any

import pytest
from xarf.schema_validator import SchemaValidator

from lionrock.core.rsit import Rsit
from lionrock.letters import xarf
from lionrock.letters.xarf_schema import error_in
from tests.letters.items import TEAM, TICKET, item

WHOLE = SchemaValidator()


@pytest.mark.parametrize("kind", list(Rsit))
@pytest.mark.parametrize(
    "spoilt",
    [
        {},
        {"timestamp": "yesterday"},
        {"source_port": "many"},
        {"report_id": 7},
        {"url": "no url"},
        {"type": "nonsense"},
        {"category": "vulnerability"},
        {"reporter": {"org": "x"}},
        {"service": None, "cve_id": "CVE-MANY", "threat_type": 1},
    ],
    ids=["none", "time", "port", "id", "url", "type", "category", "reporter", "values"],
)
def test_a_report_is_refused_exactly_where_the_whole_schema_refuses_it(
    kind: Rsit,
    spoilt: dict[str, Any],  # Any: JSON values
) -> None:
    body = xarf.report(item(kind=kind, url="http://a.example/"), ticket=TICKET, team=TEAM) | spoilt

    assert (error_in(body) is None) == (WHOLE.validate(body) == [])


def test_what_is_wrong_is_named_with_its_place() -> None:
    body = xarf.report(item(), ticket=TICKET, team=TEAM)

    assert (error_in({**body, "report_id": 7}) or "").startswith("report_id: ")
