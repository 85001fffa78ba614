"""Events of phishing pages and bots, placed by the region's own rules, on the road into the tables."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from pytest_django import Settings

from lionrock import regions
from lionrock.core.events import Asset, AssetKind, Event, Part, Seen
from lionrock.core.facts import Facts, Scope
from lionrock.core.feeds import Carrier
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.desk.events.services.keep import keep_batch
from lionrock.desk.events.services.rows import BATCH, Source, batches
from lionrock.desk.feeds.models import Blob
from lionrock.desk.feeds.services.blobs import keep_blob
from lionrock.desk.feeds.services.reading import claim
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from lionrock.enrich.directory import Directory
from lionrock.enrich.scope import Scoper

MIDDAY = datetime(2023, 2, 10, 4, 0, tzinfo=UTC)
"""In the region; the quarter ends seven weeks later."""
AFTER = datetime(2023, 4, 3, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)

Keep = Callable[..., Blob]


def page(line: int, host: str, *, at: datetime = MIDDAY, **changes: Any) -> Event:  # Any: a field's
    """Return a phishing page on a machine in Germany, unless told otherwise."""
    url = f"https://{host}/login"
    fields: dict[str, Any] = {  # Any: as above
        "line": line,
        "at": at,
        "asset": Asset(kind=AssetKind.URL, value=url),
        "part": Part.HOST,
        "kind": Rsit.PHISHING,
        "address": "203.0.113.1",
        "host": host,
        "url": url,
        "reported_country": "DE",
    }
    return Event(**{**fields, **changes})


def bot(
    line: int, address: str, *, at: datetime = MIDDAY, **changes: Any
) -> Event:  # Any: as above
    """Return a machine of the region that called a botnet."""
    fields: dict[str, Any] = {  # Any: as above
        "line": line,
        "at": at,
        "asset": Asset(kind=AssetKind.ADDRESS, value=address),
        "part": Part.SOURCE,
        "kind": Rsit.INFECTED_SYSTEM,
        "address": address,
        "family": "mirai",
        "reported_country": "HK",
    }
    return Event(**{**fields, **changes})


def placed(events: Sequence[Event]) -> list[tuple[Facts, Scope]]:
    """Place events as the road does, where no table knows more than the source."""
    scoper = Scoper(regions.load("hk"), Directory([]))
    facts = [Facts(network="203.0.113.0/24", asn=64496)] * len(events)
    return list(zip(facts, scoper.scope_many(events, facts), strict=True))


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.LIONROCK_DATA = tmp_path
    settings.LIONROCK_KEEP_EVENTS = 800
    settings.LIONROCK_KEEP_SECRET = 800


@pytest.fixture
def keep(db: None) -> Keep:
    """Keep what a delivery says, and return its Blob."""

    def run(*items: Event, feed: str = "shadowserver", now: datetime = MIDDAY) -> Blob:
        number = Blob.objects.count() + 1
        blob = keep_blob(
            feed=feed, content=f"{number}".encode(), name="", carrier=Carrier.DROP, now=now
        ).blob
        held = claim(blob_id=blob.pk, worker="test", now=now)
        assert held is not None
        source = Source(feed=feed, tlp=Tlp.AMBER, seen=Seen.PASSIVE)
        for batch in batches(items, source=source, enrich=placed, size=BATCH):
            held = keep_batch(held=held, feed=feed, batch=batch, reader="test", now=now)
        blob.refresh_from_db()
        return blob

    return run


@pytest.fixture
def ada(db: None) -> Person:
    """An analyst."""
    made = Person.objects.create(email="ada@cert.example", name="Ada", joined_at=MIDDAY)
    made.groups.add(Group.objects.get_or_create(name=Role.ANALYST.value)[0])
    return made
