"""Names of one hand are one campaign, and one trend."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from lionrock.briefing.trends.campaigns import Name, alike, campaigns, yearly
from lionrock.briefing.trends.noticing import growing, told_once

DAY = date(2026, 1, 7)

WATER = (
    ("wtrgoiv", "example"),
    ("wtrgov", "example"),
    ("wtrgovu", "test"),
    ("wtrrgov", "invalid"),
    ("wtr-gov", "test"),
    ("wtr.igov", "test"),
    ("wtr.giov", "invalid"),
)
CHAT = ("app-ch", "app-ct", "apps-ct", "btn-ct")


def written_by_us() -> list[Name]:
    """Two campaigns, and names that belong to neither."""
    water = [
        Name(
            host=f"{chosen}.{ending}",
            chosen=chosen,
            day=DAY - timedelta(days=row % 4),
            ref=f"suspect:{row}",
            brand="water",
        )
        for row, (chosen, ending) in enumerate(WATER)
    ]
    chat = [
        Name(
            host=f"{chosen}.tenants.example",
            chosen=chosen,
            day=DAY,
            ref=f"episode:{row}",
            brand="chat" if row else "",
            tenant_of="tenants.example",
            certificate="c0ffee",
        )
        for row, chosen in enumerate(CHAT)
    ]
    others = [
        Name(
            host=f"{chosen}.example", chosen=chosen, day=DAY, ref=f"suspect:{90 + row}", brand=brand
        )
        for row, (chosen, brand) in enumerate(
            [("waterfall-tours", "water"), ("chatterbox", "chat"), ("cityline-pay", "rail")]
        )
    ]
    return [*water, *chat, *others]


def test_two_campaigns_of_ours_are_two_trends() -> None:
    found = campaigns(written_by_us())
    assert [(one.brand, len(one.names)) for one in found] == [("water", 7), ("chat", 4)]
    told = told_once(growing(found, day=DAY, past=[], past_days=180))
    assert sorted(len(one.members) for one in told) == [4, 7]


@pytest.mark.shared
def test_the_two_published_campaigns_are_two_trends(shared_data: Path) -> None:
    fixture = shared_data.parent / "targets" / "fixtures" / "hk-phishing-campaigns.json"
    named = json.loads(fixture.read_text())["campaigns"]
    names = []
    for key, campaign in named.items():
        for row, written in enumerate(campaign["iocs"]):
            host = written.replace("[.]", ".").partition("/")[0]
            tenant = "us.cc" if host.endswith(".us.cc") else ""
            ending = tenant or host.rpartition(".")[2]
            names.append(
                Name(
                    host=host,
                    chosen=host.removesuffix(f".{ending}"),
                    day=DAY,
                    ref=f"suspect:{row}",
                    brand="wsd" if key == "wsd_bill" else "",
                    tenant_of=tenant,
                )
            )
    found = campaigns(names)
    assert [len(one.names) for one in found] == [10, 4]
    assert len(told_once(growing(found, day=DAY, past=[], past_days=180))) == 2


def test_one_certificate_joins_names_that_look_like_nothing() -> None:
    names = [
        Name(host=f"{chosen}.example", chosen=chosen, day=DAY, ref="suspect:1", certificate="aa")
        for chosen in ("lantern", "orchid", "granite", "velvet")
    ]
    (found,) = campaigns(names)
    assert found.shared == ("certificate",)


def test_a_certificate_of_a_hosting_company_joins_nobody() -> None:
    names = [
        Name(
            host=f"n{row}x{row * 7919 % 997}.example",
            chosen=f"n{row}x{row * 7919 % 997}",
            day=DAY,
            ref="suspect:1",
            certificate="aa",
        )
        for row in range(101)
    ]
    assert campaigns(names) == []


def test_names_alike_that_came_months_apart_are_no_campaign() -> None:
    names = [
        Name(
            host=f"wtrgov{letter}.example",
            chosen=f"wtrgov{letter}",
            day=DAY - timedelta(days=60 * row),
            ref="suspect:1",
            brand="water",
        )
        for row, letter in enumerate("abcd")
    ]
    assert campaigns(names) == []


def test_a_campaign_that_goes_on_keeps_its_key() -> None:
    names = written_by_us()
    before = campaigns([name for name in names if name.day < DAY])
    assert before[0].key == campaigns(names)[0].key


def test_a_campaign_that_no_longer_grows_is_not_told() -> None:
    found = campaigns(written_by_us())
    assert growing(found, day=DAY + timedelta(days=20), past=[], past_days=180) == []


def test_where_such_campaigns_begin_all_the_time_a_small_one_is_not_told() -> None:
    found = campaigns(written_by_us())
    told = growing(found, day=DAY, past=[5] * 80, past_days=180)
    assert [len(one.members) for one in told] == [7]
    assert yearly(7, [5] * 80, days=180) < yearly(4, [5] * 80, days=180)


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("wtrgov", "wtrgoiv", True),
        ("wtrgov", "wtrgvo", True),
        ("wtrgov", "wtrgov", True),
        ("abc", "abd", True),
        ("ab", "ac", False),
        ("wtrgov", "wtrgovern", False),
        ("lantern", "granite", False),
    ],
)
def test_few_letters_may_differ(one: str, other: str, near: bool) -> None:
    assert alike(one, other) is near
    assert alike(other, one) is near
