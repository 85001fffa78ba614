"""Five real quarters as events: kept figures are the published rows and totals, and show where a headline was wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import count as numbers

import pytest

from lionrock.core.events import Event
from lionrock.core.figures import Period, change
from lionrock.core.rsit import Rsit
from lionrock.desk.figures.services.editions import quoted
from tests.briefing import published
from tests.desk.figures.conftest import AFTER, Keep, bot, page

pytestmark = pytest.mark.any_database


def told(number: int) -> Iterator[Event]:
    """Yield a quarter's events, all of one day; a tenth of the bots call on the next, too."""
    first = Period.of(published.QUARTERS[number]).first
    at = datetime.combine(first + timedelta(days=30), time(3), UTC)
    lines = numbers(1)
    for n in range(published.PHISHING[number]):
        yield page(next(lines), f"p{n}.hk", at=at)
    for n in range(published.DEFACEMENT[number]):
        yield page(
            *(next(lines), f"d{n}.example"),
            at=at,
            kind=Rsit.UNAUTHORISED_MODIFICATION,
            variant="defacement",
            reported_country="HK",
        )
    for place, (family, size) in enumerate(published.families(number).items()):
        for n in range(size):
            yield bot(next(lines), f"2001:db8:{place:x}::{n:x}", at=at, family=family)
        for n in range(size, size + size // 10):
            late = at + timedelta(days=1)
            yield bot(next(lines), f"2001:db8:{place:x}::{n:x}", at=late, family=family)


def test_real_quarters_come_out_as_published(keep: Keep) -> None:
    for number in range(len(published.QUARTERS)):
        keep(*told(number))
    counts = [quoted(period=Period.of(key), now=AFTER).counted for key in published.QUARTERS]
    rows = {
        name: tuple(counted[name].value for counted in counts)
        for name in ("defacement.unique_url", "phishing.unique_url", "bots.size", "total")
    }
    assert list(rows.values()) == [
        *(published.DEFACEMENT, published.PHISHING, published.BOTS, published.TOTAL)
    ]
    before, now = counts[-2:]
    assert [change(now[name], before[name]) for name in rows] == list(published.CHANGES.values())
    assert now["total"].value != published.TILE
