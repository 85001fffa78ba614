"""Two campaigns that were published become two drafts in three languages (facts: public notices, see the file)."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from lionrock.briefing.drafting.composing import House, compose
from lionrock.briefing.drafting.draft import Draft
from lionrock.briefing.drafting.trending import sheet_of_trend
from lionrock.briefing.trends.facts import TrendFacts
from lionrock.core.alerts import CITED, LANGUAGES, Indicator, Kind, Part
from lionrock.core.figures import Figure, Period, Stream, Unit

pytestmark = pytest.mark.shared

LIVE = re.compile(r"://|[a-z0-9-]\.(?:cc|sbs|top|com|homes|help|my|xin|ink)\b")


@pytest.fixture(scope="module")
def campaigns(shared_data: Path) -> dict[str, Any]:  # Any: JSON
    file = shared_data.parent / "targets" / "fixtures" / "hk-phishing-campaigns.json"
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["campaigns"]  # Any: JSON
    return found


def drafted(name: str, brand: str, iocs: list[str], traits: tuple[str, ...]) -> Draft:
    def figure(key: str, value: int) -> Figure:
        return Figure(
            id=f"{key}.trend.names.campaign.{name}",
            stream=Stream.SUSPECTS,
            definition="trend.names",
            period=Period.of(key),
            unit=Unit.NAME,
            value=value,
            filters=(("campaign", name),),
        )

    facts = TrendFacts(
        ref="trend:1",
        link="/trends/1/",
        kind=Kind.PHISHING,
        what="campaign",
        dimension="campaign",
        value=name,
        since=date(2026, 1, 5),
        last=date(2026, 1, 7),
        yearly=0.1,
        now=figure("2026-01-05..2026-01-07", len(iocs)),
        before=figure("2026-01-02..2026-01-04", 0),
        brand=brand,
        traits=traits,
        indicators=tuple(
            Indicator(
                kind="url" if "/" in each else "host",
                value=("https://" if "/" in each else "") + each.replace("[.]", "."),
                cites=(f"suspect:{number}",),
            )
            for number, each in enumerate(iocs, start=1)
        ),
    )
    now = datetime(2026, 1, 7, 10, 28, tzinfo=UTC)
    house = House.shipped("hk")
    return compose(sheet_of_trend(facts, house, now=now), house)


def test_both_campaigns_become_drafts_that_name_brand_count_and_dead_indicators(
    campaigns: dict[str, Any],  # Any: JSON
) -> None:
    bills = drafted("wsd", "wsd", campaigns["wsd_bill"]["iocs"], ())
    devices = drafted(
        "whatsapp",
        "whatsapp",
        campaigns["whatsapp_linkdevice"]["iocs"],
        ("certificate", "tenant_of"),
    )
    assert bills.title["zh-Hant"] == "網絡釣魚警報 - 提防偽冒水務署的釣魚網站"
    assert bills.title["zh-Hans"] == "网络钓鱼警报 - 提防假冒水务署的钓鱼网站"
    assert devices.title["en"].endswith("Websites Impersonating WhatsApp")
    for draft, number in ((bills, "10"), (devices, "4")):
        assert draft.refused == ()
        whole = {
            language: " ".join(each.text[language] for each in draft.sentences)
            for language in LANGUAGES
        }
        for language in LANGUAGES:
            assert number in whole[language]
            assert not LIVE.search(whole[language])
        assert all(each.cites for each in draft.sentences if each.part in CITED)
    signs = " ".join(each.text["en"] for each in devices.of(Part.SIGNS))
    assert "one and the same security certificate" in signs
    assert "a shared domain name that anybody can use" in signs
