"""The how-to's example is a feed that works."""

import textwrap
from datetime import UTC, datetime
from pathlib import Path

from lionrock.core.events import Event, Reject
from lionrock.core.feeds import Delivery, Feed
from lionrock.feeds.reading import read_delivery

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-feed.md"


def test_the_example_of_a_feed_reads_a_delivery() -> None:
    text = PAGE.read_text(encoding="utf-8")
    code = textwrap.dedent(text.partition("```python\n")[2].partition("```")[0])
    module: dict[str, object] = {}
    exec(compile(code, str(PAGE), "exec"), module)
    feed = module["FEED"]
    assert isinstance(feed, Feed)
    content = b"ip,last_seen,note\n192.0.2.1,2026-11-19 00:00:00,x\nnone,2026-11-19 00:00:00,\n"
    delivery = Delivery.of(content, name="day.csv", received=datetime(2026, 11, 20, tzinfo=UTC))
    event, reject = read_delivery(feed, delivery)
    assert isinstance(event, Event)
    assert event.details == {"note": "x"}
    assert isinstance(reject, Reject)
    assert reject.why == "has no address or no time"
