"""Events as a reader gives them, and the short road from there into the tables."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen
from lionrock.core.facts import Facts, Scope, Why
from lionrock.core.feeds import Carrier
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.desk.events.services.keep import keep_batch
from lionrock.desk.events.services.rows import BATCH, Enrich, Source, batches
from lionrock.desk.feeds.models import Blob
from lionrock.desk.feeds.services.blobs import keep_blob
from lionrock.desk.feeds.services.reading import claim

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)

Keep = Callable[..., Blob]


def event(line: int, value: str = "192.0.2.1", **changes: Any) -> Event:  # Any: each field's own
    """Return an open telnet server, as a scan tells of it."""
    asset = changes.pop("asset", Asset(kind=AssetKind.ADDRESS, value=value))
    fields: dict[str, Any] = {  # Any: as above
        "line": line,
        "at": NOW,
        "asset": asset,
        "part": Part.HOST,
        "kind": Rsit.UNWANTED_ACCESSIBLE,
        "seen": Seen.SCAN,
        "address": asset.value if asset.kind is AssetKind.ADDRESS else None,
        "port": 23,
        "transport": "tcp",
        "service": "telnet",
        "report": "scan_telnet",
        "details": {"banner": "login:"},
    }
    return Event(**{**fields, **changes})


def scoped(events: Sequence[Event]) -> list[tuple[Facts, Scope]]:
    """Place 192.0.2.0/24 in the region, where constituent 7 is responsible, and the rest elsewhere."""
    told = []
    for one in events:
        ours = one.asset.value.startswith("192.0.2.") or one.asset.kind is not AssetKind.ADDRESS
        told.append(
            (
                Facts(network="192.0.2.0/24", asn=64496, holder="Example", located="HK")
                if ours
                else Facts(network="203.0.113.0/24", asn=64500, located="DE"),
                Scope(
                    why=Why.LOCATED if ours else Why.ELSEWHERE,
                    fact="192.0.2.0/24 is used in HK",
                    constituents=(7,) if ours else (),
                ),
            )
        )
    return told


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path: Path) -> None:
    settings.LIONROCK_DATA = tmp_path


@pytest.fixture
def keep(db: None) -> Keep:
    """Keep what a delivery says, in transactions of ``size``, and return its Blob."""

    def run(
        *items: Event | Reject,
        feed: str = "shadowserver",
        name: str = "",
        size: int = BATCH,
        now: datetime = NOW,
        enrich: Enrich = scoped,
    ) -> Blob:
        number = Blob.objects.count() + 1
        blob = keep_blob(
            feed=feed, content=f"{number}".encode(), name=name, carrier=Carrier.DROP, now=now
        ).blob
        held = claim(blob_id=blob.pk, worker="test", now=now)
        assert held is not None
        source = Source(feed=feed, tlp=Tlp.AMBER, seen=Seen.SCAN)
        for batch in batches(items, source=source, enrich=enrich, size=size):
            held = keep_batch(held=held, feed=feed, batch=batch, reader="test", now=now)
        blob.refresh_from_db()
        return blob

    return run
