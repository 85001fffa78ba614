"""What is counted is a region's data, read strictly."""

from pathlib import Path

import pytest

from lionrock import regions
from lionrock.briefing.counting import count
from lionrock.briefing.definitions import By, Measure, load, parse
from lionrock.core.events import Part
from lionrock.core.figures import Period
from lionrock.core.region import PackError
from lionrock.core.rsit import Rsit
from tests.briefing.standing_views import report, standing_views

XX = Path(__file__).resolve().parents[1] / "regions" / "packs" / "xx"
HK = regions.load("hk")
GOOD = """
[[category]]
id = "pages"
table = "pages"
kinds = ["fraud.phishing"]
headline = "unique_url"
measures = ["unique_url", "unique_address", "ratio"]
names = { en = "Pages", zh-Hant = "網頁", zh-Hans = "网页" }
about = { en = "Pages.", zh-Hant = "網頁。", zh-Hans = "网页。" }

[[family]]
id = "mirai"
name = "Mirai"
aliases = ["satori"]
"""


def test_the_shipped_region_publishes_what_its_reports_tell_of() -> None:
    defined = load("hk")
    assert [one.id for one in defined.published] == [
        *("defacement", "phishing", "malware-hosting", "c2", "bots")
    ]
    bots = defined.category("bots")
    assert (bots.kinds, bots.headline) == ((Rsit.INFECTED_SYSTEM,), Measure.SIZE)
    attacks = defined.category("attacks")
    assert (attacks.parts, attacks.by) == ((Part.TARGET,), (By.COUNTRY, By.NETWORK))
    for one in defined.categories:
        assert set(one.names) == set(one.about) == set(HK.languages)


def test_another_region_counts_by_its_own_words() -> None:
    region, defined = regions.load("xx", XX), load("xx", XX)
    views = standing_views()
    some = ["http://a.example/", "http://b.example/"]
    report(views, Rsit.MASQUERADE, some, Period.of("2023Q1").first, unit="url")
    report(views, Rsit.PHISHING, ["192.0.2.1"], Period.of("2023Q1").first)
    counted = count(views, region=region, definitions=defined, period=Period.of("2023Q1"))
    views.close()
    assert defined.category("pages").names["pt"] == "Páginas falsas"
    assert [figure.id for figure in counted if figure.stream == "events"] == [
        "2023Q1.pages.unique_address",
        "2023Q1.pages.unique_url",
        "2023Q1.pages.ratio",
        "2023Q1.total",
    ]
    assert counted["total"].value == 1


def test_a_family_is_counted_under_one_name_and_printed_under_another() -> None:
    defined = parse(GOOD.encode(), HK)
    assert defined.canonical() == {"satori": "mirai"}
    assert defined.family_name("mirai") == "Mirai"
    assert defined.family_name("gafgyt") == "gafgyt"
    with pytest.raises(KeyError):
        defined.category("else")


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ('kinds = ["fraud.phishing"]', 'kinds = ["fraud.fishing"]', "“fraud.fishing” in “kinds”"),
        ('kinds = ["fraud.phishing"]', "", "“kinds” is missing or empty"),
        ('headline = "unique_url"', 'headline = "size"', "not among its measures"),
        ('headline = "unique_url"', 'headline = "ratio"', "ratios are not added"),
        ('"unique_url", "unique_address", "ratio"]', '"unique_url", "ratio"]', "needs unique_url"),
        ('id = "pages"', 'id = "Pages"', "not made of a-z"),
        ('id = "pages"', 'id = "pages"\nby = ["country"]', "only sources"),
        ('id = "pages"', 'id = "pages"\ncolour = "red"', "unknown key “colour”"),
        (', zh-Hans = "网页" }', " }", "“zh-Hans” is missing"),
        (', zh-Hans = "网页" }', ', zh-Hans = "", pt = "x" }', "“zh-Hans” is not a text"),
        (', zh-Hans = "网页" }', ', zh-Hans = "x", pt = "x" }', "unknown key “pt”"),
        ('aliases = ["satori"]', 'aliases = ["Satori"]', "not in lower case"),
        ('aliases = ["satori"]', 'aliases = ["mirai"]', "stands twice as a family"),
        ('aliases = ["satori"]', 'aliases = "satori"', "not a list of texts"),
        ("[[family]]", "[family]", "not a list of tables"),
        (GOOD, "", "“category” is missing"),
        (GOOD, "category = 1", "not a list of tables"),
        (GOOD, "[[", "no TOML"),
        (GOOD, GOOD + GOOD.partition("[[family]]")[0], "stands twice as a category"),
    ],
    ids=lambda value: value.strip()[:30],
)
def test_what_is_wrong_in_a_pack_is_told(before: str, after: str, wrong: str) -> None:
    assert before in GOOD
    with pytest.raises(PackError, match=wrong):
        parse(GOOD.replace(before, after, 1).encode(), HK)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    bad = GOOD.replace("fraud.phishing", "fraud.fishing").replace("Mirai", "")
    with pytest.raises(PackError) as raised:
        parse(bad.encode(), HK)
    assert len(raised.value.problems) == 2


def test_a_pack_without_figures_says_so(tmp_path: Path) -> None:
    for file in XX.rglob("*.toml"):
        if file.name != "figures.toml":
            copy = tmp_path / file.relative_to(XX)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    with pytest.raises(PackError, match="holds no such file"):
        load("xx", tmp_path)
