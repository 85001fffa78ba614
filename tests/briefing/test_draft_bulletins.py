"""A bulletin tells every affected product, its versions as the reader's language has them, and its risk by rule."""

from dataclasses import replace
from typing import Any

import pytest

from lionrock.briefing.drafting.composing import House, compose
from lionrock.briefing.facts import FactSheet, Product
from lionrock.core.alerts import Impact, Part, Risk
from tests.briefing.fact_sheets import server


@pytest.fixture(scope="module")
def house() -> House:
    return House.shipped("hk")


def bulletin(**changes: Any) -> FactSheet:  # Any: each field has its own type
    sheet = server()
    assert sheet.flaw
    return replace(sheet, flaw=replace(sheet.flaw, **changes))


@pytest.mark.parametrize(
    ("versions", "english", "traditional"),
    [
        ("", "Example X", "Example X"),
        ("< 2.4.62", "Example X versions before 2.4.62", "Example X 2.4.62 之前的版本"),
        ("prior to 2.4", "Example X versions before 2.4", "Example X 2.4 之前的版本"),
        ("10 and earlier", "Example X 10 and earlier versions", "Example X 10 及之前的版本"),
        ("<= 7.1", "Example X 7.1 and earlier versions", "Example X 7.1 及之前的版本"),
        ("2.4.0 - 2.4.61", "Example X versions 2.4.0 to 2.4.61", "Example X 2.4.0 至 2.4.61 版本"),
        ("8.5", "Example X 8.5", "Example X 8.5"),
        ("1.2, 1.3 (LTS)", "Example X 1.2, 1.3 (LTS)", "Example X 1.2, 1.3 (LTS)"),
    ],
)
def test_affected_versions_are_told_in_each_language(
    versions: str, english: str, traditional: str, house: House
) -> None:
    draft = compose(bulletin(products=(Product(name="Example X", versions=versions),)), house)
    assert draft.refused == ()
    (affected,) = draft.of(Part.AFFECTED)
    assert (affected.text["en"], affected.text["zh-Hant"]) == (english, traditional)


@pytest.mark.parametrize(
    ("changes", "risk"),
    [
        ({"impacts": (Impact.REMOTE_CODE_EXECUTION,), "exploited": False}, Risk.HIGH),
        ({"impacts": (Impact.REMOTE_CODE_EXECUTION,), "exploited": True}, Risk.EXTREME),
        ({"impacts": (Impact.DENIAL_OF_SERVICE,), "exploited": False}, Risk.MEDIUM),
        ({"impacts": (Impact.DENIAL_OF_SERVICE,), "exploited": True}, Risk.HIGH),
        ({"impacts": (Impact.SPOOFING,), "exploited": False, "remote": False}, Risk.LOW),
    ],
)
def test_the_risk_follows_the_worst_impact_and_whether_it_is_used(
    changes: dict[str, Any],  # Any: as above
    risk: Risk,
    house: House,
) -> None:
    assert compose(bulletin(**changes), house).proposal.risk is risk


def test_a_title_tells_one_vulnerability_from_several(house: House) -> None:
    product = (Product(name="Example X"),)
    one = {"products": product, "cves": ("CVE-2026-99811",)}
    rce = (Impact.REMOTE_CODE_EXECUTION,)
    titles = [
        compose(bulletin(products=product), house).title["zh-Hant"],
        compose(bulletin(**one, impacts=rce), house).title["zh-Hant"],
        compose(bulletin(**one), house).title["zh-Hant"],
    ]
    assert titles == ["Example X 多個漏洞", "Example X 遠端執行任意程式碼漏洞", "Example X 漏洞"]


def test_the_fields_of_the_bulletin_are_kept_as_data(house: House) -> None:
    draft = compose(server(), house)
    assert draft.bulletin is not None
    assert draft.bulletin.cves == ("CVE-2026-99811", "CVE-2026-99812", "CVE-2026-99813")
    assert draft.bulletin.vendor == "Example Software Foundation"
    assert draft.bulletin.exploited
    assert [link.url for link in draft.links][:2] == [
        "https://vendor.example/security/2026-06",
        "https://cert.example/known-exploited",
    ]
