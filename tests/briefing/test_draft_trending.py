"""A trend becomes a sheet, and the sheet a draft, in every kind that trends have."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from lionrock.briefing.drafting.composing import House, compose
from lionrock.briefing.drafting.trending import sheet_of_trend
from lionrock.briefing.extracting import Overheard
from lionrock.briefing.sheets import dumped, loaded
from lionrock.briefing.trends.facts import TrendFacts
from lionrock.core.alerts import Indicator, Kind, Part
from lionrock.core.figures import Figure, Period, Stream, Unit

NOW = datetime(2026, 1, 8, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def house() -> House:
    return House.shipped("hk")


def figure(key: str, value: int | Decimal, unit: Unit, dimension: str, of: str) -> Figure:
    return Figure(
        id=f"{key}.trend.{dimension}.{of}",
        stream=Stream.EVENTS,
        definition="trend.assets",
        period=Period.of(key),
        unit=unit,
        value=value,
        filters=((dimension, of),),
    )


def trend(
    kind: Kind,
    unit: Unit,
    dimension: str,
    of: str,
    *,
    brand: str = "",
    family: str = "",
    cves: tuple[str, ...] = (),
    hosts: tuple[str, ...] = (),
    traits: tuple[str, ...] = (),
) -> TrendFacts:
    usual = figure("2026-01-01..2026-01-07", Decimal("12.4"), unit, dimension, of)
    return TrendFacts(
        ref="trend:12",
        link="/trends/12/",
        kind=kind,
        what="rise",
        dimension=dimension,
        value=of,
        since=date(2026, 1, 1),
        last=date(2026, 1, 7),
        yearly=0.5,
        now=figure("2026-01-01..2026-01-07", 310, unit, dimension, of),
        before=figure("2025-12-25..2025-12-31", 20, unit, dimension, of),
        usual=Figure(
            **{
                **{name: getattr(usual, name) for name in Figure.__slots__},
                "id": f"{usual.id}.usual",
                "definition": "trend.usual",
            }
        ),
        brand=brand,
        family=family,
        cves=cves,
        traits=traits,
        indicators=tuple(
            Indicator(kind="host", value=host, cites=(f"suspect:{n}",))
            for n, host in enumerate(hosts, start=1)
        ),
    )


def test_a_campaign_of_names_becomes_a_phishing_alert_with_what_the_names_show(
    house: House,
) -> None:
    facts = trend(
        Kind.PHISHING,
        Unit.NAME,
        "campaign",
        "wsd",
        brand="wsd",
        hosts=("wsdgoiv.example", "wsd-gov.example", "wsd.igov.example"),
        traits=("certificate", "tenant_of"),
    )
    heard = [
        Overheard(ref="suspect:1", text="水務署 帳單逾期，請輸入信用卡資料"),
        Overheard(ref="suspect:99", text="中獎"),
    ]
    sheet = sheet_of_trend(facts, house, now=NOW, heard=heard)
    assert loaded(dumped(sheet)) == sheet
    draft = compose(sheet, house)
    assert draft.refused == ()
    assert draft.title["zh-Hant"] == "網絡釣魚警報 - 提防偽冒水務署的釣魚網站"
    said = " ".join(each.text["en"] for each in draft.sentences)
    assert "that a bill is overdue" in said
    assert "enter credit card details" in said
    assert "won a prize" not in said
    assert "use one and the same security certificate" in said
    assert "310 fraudulent domain names" in said
    assert "about 12.4 fraudulent domain names would be usual" in said
    assert "wsdgoiv[.]example" in said


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        (
            trend(Kind.BOTNET, Unit.ADDRESS, "family", "mirai", family="mirai"),
            "Botnet Alert - Beware of the Mirai Botnet",
        ),
        (
            trend(Kind.MALWARE, Unit.ADDRESS, "port", "23"),
            "Malware Alert - Beware of Newly Spread Malware",
        ),
        (
            trend(Kind.VULNERABILITY, Unit.ADDRESS, "cve", "CVE-2026-99801", cves=("CVE-2026-99801",)),
            "Security Alert - Vulnerable Systems in Hong Kong",
        ),
        (
            trend(Kind.PHISHING, Unit.URL, "kind", "fraud.phishing"),
            "Phishing Alert - Beware of a Group of Phishing Websites",
        ),
    ],
    ids=["family", "port", "cve", "kind"],
)  # fmt: skip
def test_every_kind_of_trend_gives_a_draft_that_holds(
    facts: TrendFacts, title: str, house: House
) -> None:
    draft = compose(sheet_of_trend(facts, house, now=NOW), house)
    assert draft.refused == ()
    assert draft.title["en"] == title
    assert draft.of(Part.LEAD)
    trend_said = " ".join(each.text["en"] for each in draft.of(Part.TREND))
    assert "up sharply from the 20 from 25 to 31 December 2025" in trend_said


def test_a_family_that_is_no_name_is_left_out(house: House) -> None:
    facts = trend(Kind.BOTNET, Unit.ADDRESS, "family", "x", family="<script>alert(1)</script>")
    draft = compose(sheet_of_trend(facts, house, now=NOW), house)
    assert "script" not in " ".join(each.text["en"] for each in draft.sentences)
    assert draft.title["en"] == "Botnet Alert - Beware of Infected Devices"


def test_addresses_of_victims_do_not_become_indicators(house: House) -> None:
    facts = replace(
        trend(Kind.BOTNET, Unit.ADDRESS, "family", "mirai", family="mirai"),
        indicators=(Indicator(kind="ipv4", value="192.0.2.7", cites=("episode:3",)),),
    )
    assert compose(sheet_of_trend(facts, house, now=NOW), house).indicators == ()
