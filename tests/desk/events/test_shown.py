"""What attackers wrote, made safe to look at."""

import unicodedata
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from lionrock.desk.events.models import Episode
from lionrock.desk.events.shown import UNSEEN, defanged, visible
from lionrock.desk.events.templatetags.reports import asset, until
from lionrock.desk.events.timeline import MOST, WIDTH, timeline

DAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("host", "a.b.example", "a[.]b[.]example"),
        (
            "url",
            "http://a.example/x.php?u=http://b.example",
            "hxxp://a[.]example/x.php?u=http://b.example",
        ),
        ("url", "https://a.example", "hxxps://a[.]example"),
        ("url", "http://192.0.2.1:8080/x", "hxxp://192.0.2.1:8080/x"),
        ("url", "http://[2001:db8::1]/x", "hxxp://[2001:db8::1]/x"),
        ("url", "ftp://a.example/x", "ftp://a[.]example/x"),
        ("url", "javascript:alert(1)", "javascript:alert(1)"),
        ("address", "192.0.2.1", "192.0.2.1"),
        ("asn", "64496", "AS64496"),
        ("end", "192.0.2.1", "192.0.2.1"),
        ("end", "drop.example", "drop[.]example"),
    ],
)
def test_an_asset_is_shown_so_that_nothing_makes_a_link_of_it(
    kind: str, value: str, shown: str
) -> None:
    assert defanged(kind, value) == shown


@given(st.text())
def test_no_character_stays_unseen_and_none_is_lost(text: str) -> None:
    pieces = visible(text)
    plain = "".join(piece for piece, marked in pieces if not marked)

    assert not [c for c in plain if unicodedata.category(c) in UNSEEN and c not in "\n\t"]
    signs = sum(marked for _piece, marked in pieces)
    kept = [c for c in plain if c not in "\n\t"]
    assert len(kept) + signs == len(text)


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("address", "203.0.113.232", "203.0.113.232"),
        ("network", "203.0.113.0/24", "203.0.113.0/24"),
        ("asn", "64496", "AS64496"),
    ],
)
def test_an_address_never_breaks_between_its_numbers(kind: str, value: str, shown: str) -> None:
    drawn = asset(Episode(asset_kind=kind, asset=value))

    assert drawn == f'<span class="unbroken">{shown}</span>'


def test_a_span_of_seconds_is_less_than_a_minute() -> None:
    now = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)

    with override("en"):
        assert until(now - timedelta(seconds=20), now) == "less than a minute"
        assert until(now - timedelta(hours=3, minutes=2), now) == "3 hours"


def test_a_short_episode_has_a_bar_a_day_on_a_line_of_two_weeks() -> None:
    drawn = timeline({DAY: 4, DAY - timedelta(days=2): 2})

    assert (drawn.first, drawn.last, drawn.days_a_bar) == (DAY - timedelta(days=13), DAY, 1)
    assert [bar.events for bar in drawn.bars] == [2, 4]
    assert drawn.bars[0].height == drawn.bars[1].height / 2


@given(
    st.dictionaries(
        st.dates(min_value=date(2000, 1, 1), max_value=date(2040, 1, 1)),
        st.integers(min_value=1, max_value=10**9),
        min_size=1,
        max_size=50,
    )
)
def test_no_event_is_lost_in_a_timeline_however_long(counts: dict[date, int]) -> None:
    drawn = timeline(counts, marks=[(DAY, "told")])

    assert sum(bar.events for bar in drawn.bars) == sum(counts.values())
    assert len(drawn.bars) <= MOST
    assert all(bar.x >= 0 and bar.x + bar.width <= WIDTH + 1 for bar in drawn.bars)
    assert all(bar.first <= bar.last for bar in drawn.bars)


def test_a_defanged_name_breaks_behind_the_brackets_and_never_inside_them() -> None:
    episode = Episode(asset_kind="host", asset="www.shop.example")

    assert asset(episode) == "www[.]<wbr>shop[.]<wbr>example"
