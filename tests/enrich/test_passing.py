"""Which partners get an event outside the region."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lionrock.core.events import Asset, AssetKind, Event, Part, Seen, Severity
from lionrock.core.facts import Facts
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.enrich.passing import Pass, Passing


def event(**changes: Any) -> Event:  # Any: each field has its own type
    fields: dict[str, Any] = {  # Any: as above
        "line": 1,
        "at": datetime(2026, 11, 20, tzinfo=UTC),
        "asset": Asset(kind=AssetKind.ADDRESS, value="203.0.113.7"),
        "part": Part.HOST,
        "kind": Rsit.PHISHING,
        "severity": Severity.MEDIUM,
        "seen": Seen.SCAN,
        **changes,
    }
    return Event(**fields)


def partners(*rules: Pass, tlp: Tlp = Tlp.GREEN, located: str | None = "TW", **changes: Any) -> Any:
    found = Passing(rules, tlp=tlp)
    return found.partners(event(**changes), Facts(located=located))


def rule(partner: int = 1, **changes: Any) -> Pass:  # Any: as above
    return Pass(**{"partner": partner, "ceiling": Tlp.GREEN, **changes})


@pytest.mark.parametrize(
    ("changes", "gets"),
    [
        ({}, True),
        ({"countries": ("JP", "TW")}, True),
        ({"countries": ("JP",)}, False),
        ({"kind": "fraud"}, True),
        ({"kind": "fraud.phishing"}, True),
        ({"kind": "fraud.masquerade"}, False),
        ({"severity": "medium"}, True),
        ({"severity": "low"}, True),
        ({"severity": "high"}, False),
        ({"ceiling": Tlp.CLEAR}, False),
        ({"ceiling": Tlp.AMBER}, True),
    ],
)
def test_a_rule_says_what_a_partner_gets(changes: dict[str, Any], gets: bool) -> None:
    assert partners(rule(**changes)) == ((1,) if gets else ())


def test_several_partners_get_the_same_and_each_of_them_once() -> None:
    rules = (rule(2), rule(1, kind="fraud"), rule(2, countries=("TW",)), rule(3, kind="intrusions"))

    assert partners(*rules) == (2, 1)


@pytest.mark.parametrize("own", [Tlp.CLEAR, Tlp.GREEN])
def test_an_events_own_label_goes_before_its_feeds(own: Tlp) -> None:
    assert partners(rule(), tlp=Tlp.RED) == ()
    found = Passing((rule(),), tlp=Tlp.RED)
    assert found.partners(event(tlp=own), Facts(located="TW")) == (1,)


def test_the_country_is_ours_to_say_and_the_sources_only_where_we_do_not_know() -> None:
    to_taiwan = rule(countries=("TW",))

    assert partners(to_taiwan, located=None, reported_country="TW") == (1,)
    assert partners(to_taiwan, located="JP", reported_country="TW") == ()


def test_what_nobody_can_place_is_passed_to_nobody() -> None:
    assert partners(rule(), located=None) == ()
