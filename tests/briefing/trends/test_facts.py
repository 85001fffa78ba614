"""A trend becomes the fact sheet of a draft, and holds nothing that may not be published."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from lionrock.briefing.facts import Shared
from lionrock.briefing.trends.facts import TrendFacts, sheet_of
from lionrock.core.alerts import Indicator, Kind
from lionrock.core.figures import Figure, Period, Stream, Unit

NOW = datetime(2026, 11, 21, tzinfo=UTC)
FIRST, LAST = date(2026, 11, 19), date(2026, 11, 20)


def figure(key: str, value: int) -> Figure:
    return Figure(
        id=f"{key}.trend.names.campaign.wtrgov.test",
        stream=Stream.SUSPECTS,
        definition="trend.names",
        period=Period.of(key),
        unit=Unit.NAME,
        value=value,
    )


CAMPAIGN = TrendFacts(
    ref="trend:7",
    link="/trends/7/",
    kind=Kind.PHISHING,
    what="campaign",
    dimension="campaign",
    value="wtrgov.test",
    since=FIRST,
    last=LAST,
    yearly=0.5,
    now=figure(f"{FIRST}..{LAST}", 4),
    before=figure("2026-11-17..2026-11-18", 0),
    brand="water",
    traits=("certificate", "brand"),
    indicators=(Indicator(kind="host", value="wtrgov.test", cites=("suspect:3",)),),
)


def test_a_campaign_becomes_a_sheet_whose_references_all_resolve() -> None:
    sheet = sheet_of(CAMPAIGN, brands={"water"}, now=NOW)
    assert sheet is not None
    assert sheet.campaign is not None
    assert (sheet.campaign.ref, sheet.campaign.brand) == ("trend:7", "water")
    assert [seen.what for seen in sheet.campaign.shared] == [Shared.CERTIFICATE]
    assert sheet.counts[0].now == CAMPAIGN.now.id
    assert "suspect:3" in sheet.references()


def test_a_brand_that_the_region_does_not_know_is_not_named() -> None:
    sheet = sheet_of(CAMPAIGN, brands=set(), now=NOW)
    assert sheet is not None
    assert sheet.brands == ()


def test_addresses_of_infected_machines_are_never_indicators() -> None:
    victims = (Indicator(kind="ipv4", value="198.51.100.7", cites=("episode:1",)),)
    botnet = replace(
        CAMPAIGN, kind=Kind.BOTNET, dimension="family", family="mirai", indicators=victims
    )
    sheet = sheet_of(botnet, brands=set(), now=NOW)
    assert sheet is not None
    assert sheet.indicators == ()


@pytest.mark.parametrize("family", ["", "<b>mirai</b>", "x" * 81])
def test_a_family_without_a_name_that_may_be_written_is_no_draft(family: str) -> None:
    botnet = replace(CAMPAIGN, kind=Kind.BOTNET, family=family)
    assert sheet_of(botnet, brands=set(), now=NOW) is None


def test_a_vulnerability_is_not_drafted_from_counts_alone() -> None:
    assert sheet_of(replace(CAMPAIGN, kind=Kind.VULNERABILITY), brands=set(), now=NOW) is None
