"""Items become stories the same way each time, and stories are held against the region."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from lionrock.briefing.news.matching import Match, Matcher, What
from lionrock.briefing.news.stories import Story, Told, gather, words_of

NOW = datetime(2026, 7, 5, tzinfo=UTC)


def told(
    id_: int, title: str, *cves: str, days: float = 0, product: tuple[str, str] | None = None
) -> Told:
    return Told(
        id=id_,
        title=title,
        at=NOW + timedelta(days=days),
        cves=frozenset(cves),
        products=frozenset({product} if product else ()),
    )


def groups(*items: Told) -> set[frozenset[int]]:
    return {frozenset(item.id for item in story.items) for story in gather(items)}


def test_one_cve_makes_one_story_across_sources_and_weeks() -> None:
    assert groups(
        told(1, "LampOS code injection", "CVE-2026-10001"),
        told(2, "Attackers exploit lighthouses", "CVE-2026-10001", "CVE-2026-10002", days=20),
        told(3, "Harbour cranes flawed", "CVE-2026-10003"),
    ) == {frozenset({1, 2}), frozenset({3})}


def test_a_months_collection_of_updates_chains_nothing() -> None:
    many = [f"CVE-2026-{n}" for n in range(20000, 20060)]
    assert groups(
        told(1, "Monthly update", *many),
        told(2, "Printer flaw", many[0]),
        told(3, "Kernel flaw", many[1]),
        told(4, "The month in updates", *many[5:]),
    ) == {frozenset({1, 4}), frozenset({2}), frozenset({3})}


def test_titles_that_are_nearly_the_same_are_one_story_within_days() -> None:
    items = [
        told(1, "Mirai botnet targets end-of-life D-Link routers"),
        told(2, "Mirai Botnet targets D-Link end-of-life routers worldwide", days=2),
        told(3, "Mirai botnet targets end-of-life D-Link routers", days=40),
        told(4, "Botnet operators arrested in harbour town raid"),
    ]
    assert groups(*items) == {frozenset({1, 2}), frozenset({3}), frozenset({4})}


def test_two_numbers_are_two_stories_however_alike_they_are_told() -> None:
    assert groups(
        told(1, "LampOS web interface command injection flaw found", "CVE-2026-10001"),
        told(2, "LampOS web interface command injection flaw found", "CVE-2026-10002"),
    ) == {frozenset({1}), frozenset({2})}


def test_one_product_joins_titles_that_are_less_alike() -> None:
    lamp = ("Lamp", "LampOS")
    one, other = "LampOS gateway flaw lets intruders in", "Intruders abuse gateway flaw of LampOS"
    apart = "Gateway of lighthouse keepers stands open, intruders seen"
    assert groups(told(1, one, product=lamp), told(2, other, product=lamp)) == {frozenset({1, 2})}
    assert groups(told(1, one), told(2, apart)) == {frozenset({1}), frozenset({2})}


def test_chinese_titles_are_compared_by_their_signs() -> None:
    assert groups(
        told(1, "提防假冒水務署的釣魚網站"),
        told(2, "呼籲提防假冒水務署的釣魚網站", days=1),
        told(3, "多款瀏覽器修補多個漏洞"),
    ) == {frozenset({1, 2}), frozenset({3})}
    assert "水務" in words_of("水務署")


def test_the_order_in_which_items_came_changes_nothing() -> None:
    items = [
        told(
            n,
            f"Flaw number {n % 7} in the gateway of harbour {n % 7}",
            f"CVE-2026-{30000 + n % 11}",
            days=n % 5,
        )
        for n in range(60)
    ]
    expected = gather(items)
    chance = random.Random(7)
    for _ in range(3):
        chance.shuffle(items)
        assert gather(items) == expected


def test_a_story_keeps_its_key_while_it_grows() -> None:
    first = told(1, "LampOS code injection", "CVE-2026-10001")
    (before,) = gather([first])
    (after,) = gather([first, told(2, "More on LampOS", "CVE-2026-10001", days=3)])
    assert (before.key, before.title) == (after.key, after.title)
    assert isinstance(after, Story)
    assert after.latest - after.begins == timedelta(days=3)


class Isles:
    """A region in which a few things were seen."""

    def cves(self) -> Mapping[str, int]:
        return {"CVE-2026-10001": 12}

    def families(self) -> Mapping[str, int]:
        return {"mirai": 40, "avalanche-andromeda": 3, "gold": 2, "rat": 1}

    def products(self) -> Mapping[str, int]:
        return {"lampos": 7}

    def brands(self) -> Mapping[str, tuple[tuple[str, ...], int]]:
        return {"marbluna": (("Marbluna Bank", "瑪布魯納銀行"), 5)}


MATCHER = Matcher.of(Isles(), ordinary={"gold"})


def names(*texts: str, cves: tuple[str, ...] = ()) -> list[str]:
    return [match.name for match in MATCHER.match(cves=cves, texts=texts)]


def test_a_story_matches_what_is_seen_exposed_or_imitated_here() -> None:
    assert MATCHER.match(
        cves=["CVE-2026-10001", "CVE-2026-99999"], texts=["LampOS and Mirai."]
    ) == (
        Match(what=What.FAMILY, name="mirai", number=40),
        Match(what=What.CVE, name="CVE-2026-10001", number=12),
        Match(what=What.PRODUCT, name="lampos", number=7),
    )
    assert names("Avalanche/Andromeda is back") == ["avalanche-andromeda"]
    assert names("Customers of MARBLUNA  bank, beware") == ["marbluna"]
    assert names("提防瑪布魯納銀行釣魚網站") == ["marbluna"]


def test_a_name_within_another_word_or_too_short_is_no_match() -> None:
    assert names("Miraist lampost", "a rat", "Marbluna") == []


def test_an_ordinary_word_matches_only_beside_one_that_says_what_it_means() -> None:
    assert names("Gold prices rise") == []
    assert names("Gold ransomware spreads") == ["gold"]
