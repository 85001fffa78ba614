"""A console with something on its road: feeds in every state, deliveries, events, rejects."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.facts import Facts, Scope, Why
from lionrock.core.feeds import Carrier
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.desk.constituents.models import Constituent
from lionrock.desk.events.models import Episode
from lionrock.desk.events.services.keep import keep_batch
from lionrock.desk.events.services.rows import Source as Origin
from lionrock.desk.events.services.rows import batches
from lionrock.desk.feeds.models import Blob, BlobState, Source
from lionrock.desk.feeds.services.blobs import keep_blob
from lionrock.desk.feeds.services.reading import claim, give_up

SCRIPT = "<script>alert(1)</script>"
"""What a source may write; a page that runs it fails the test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """What ``busy_road`` made."""

    scan: Blob
    phishing: Blob
    failed: Blob
    isp: Constituent
    telnet: Episode
    page: Episode


def event(line: int, value: str = "192.0.2.1", **changes: Any) -> Event:  # Any: each field's own
    """Return an open telnet server, as a scan tells of it."""
    asset = changes.pop("asset", Asset(kind=AssetKind.ADDRESS, value=value))
    fields: dict[str, Any] = {  # Any: as above
        "line": line,
        "asset": asset,
        "part": Part.HOST,
        "kind": Rsit.UNWANTED_ACCESSIBLE,
        "seen": Seen.SCAN,
        "address": asset.value if asset.kind is AssetKind.ADDRESS else None,
        "port": 23,
        "transport": "tcp",
        "service": "telnet",
        "report": "scan_telnet",
        "details": {"banner": "login: \x1b[31m", "tags": ("telnet", "iot")},
    }
    return Event(**{**fields, **changes})


def keep(
    *items: Event | Reject,
    feed: str,
    name: str,
    now: datetime,
    text: str = "",
    tlp: Tlp = Tlp.AMBER,
    constituent: int | None = None,
) -> Blob:
    """Keep what one delivery says, as a worker does once a reader has read it; return its Blob.

    192.0.2.0/24 and every host are the region's, where ``constituent`` is responsible.
    """
    content = text or f"{feed} {name} {now.isoformat()}"
    blob = keep_blob(
        feed=feed,
        content=content.encode(),
        name=name,
        carrier=Carrier.HTTP,
        origin=f"https://feeds.example/{feed}",
        headers={"content-type": "text/csv", "etag": '"1"'},
        now=now,
    ).blob
    held = claim(blob_id=blob.pk, worker="test", now=now)
    assert held is not None
    source = Origin(feed=feed, tlp=tlp, seen=Seen.SCAN)

    def scoped(events: Sequence[Event]) -> list[tuple[Facts, Scope]]:
        return [_scoped(event, constituent) for event in events]

    for batch in batches(items, source=source, enrich=scoped):
        held = keep_batch(held=held, feed=feed, batch=batch, reader="test", now=now)
    blob.refresh_from_db()
    return blob


def run_feed(feed: str, **fields: Any) -> Source:  # Any: each field's own
    """Return a feed that is switched on."""
    return Source.objects.update_or_create(feed=feed, defaults={"enabled": True, **fields})[0]


def busy_road(*, now: datetime) -> Road:
    """Return a road on which something of everything happened in the last days."""
    isp = Constituent.objects.create(name="Example Telecom", kind="isp", made_at=now)
    run_feed("urlhaus", delivered_at=now)
    run_feed("threatfox", failures=3, failure="the server answered 503")
    run_feed(
        "openphish",
        delivered_at=now - timedelta(days=3),
        silent_since=now - timedelta(days=1),
    )
    lines = ["timestamp,ip,port,banner"]
    scans: list[Event] = []
    for day in (6, 5, 3, 2, 1):
        at = now - timedelta(days=day, minutes=5)
        lines.append(f"{at:%Y-%m-%d %H:%M:%S},192.0.2.1,23,login:")
        scans.append(event(len(lines), at=at, severity=Severity.HIGH))
    for number in range(2, 9):
        lines.append(f"{now:%Y-%m-%d %H:%M:%S},192.0.2.{number},23,{SCRIPT}")
        scans.append(
            event(
                len(lines),
                value=f"192.0.2.{number}",
                at=now - timedelta(minutes=number),
                details={"banner": SCRIPT},
            )
        )
    far = event(len(lines) + 1, value="203.0.113.9", at=now)
    scan = keep(
        *scans,
        far,
        Reject(
            line=len(lines) + 2, text=f"{SCRIPT}\x00\x1b[2J\u202egnp.exe,,", why="has no address"
        ),
        Reject(line=len(lines) + 3, text="x" * 900, why="has no time"),
        Reject(line=len(lines) + 4, text="", why="has no address"),
        feed="urlhaus",
        name="2026-03-01-scan_telnet.csv",
        now=now,
        text="\n".join(lines) + "\n",
        constituent=isp.pk,
    )
    url = f"http://login.bank.example/{SCRIPT}?a=1"
    phishing = keep(
        event(
            1,
            asset=Asset(kind=AssetKind.URL, value=url),
            at=now - timedelta(hours=2),
            kind=Rsit.PHISHING,
            severity=Severity.CRITICAL,
            host="login.bank.example",
            url=url,
            address="192.0.2.77",
            port=None,
            transport=None,
            service=None,
            brand="Example Bank",
            seen=Seen.LISTED,
            report="",
            details={},
            other=Asset(kind=AssetKind.HOST, value="drop.example"),
        ),
        event(
            2,
            value="192.0.2.200",
            at=now - timedelta(hours=1),
            kind=Rsit.INFECTED_SYSTEM,
            severity=Severity.HIGH,
            family="mirai",
            cves=("CVE-2026-0001",),
            other=Asset(kind=AssetKind.ADDRESS, value="198.51.100.9"),
            other_port=4000,
            other_asn=64501,
            other_country="DE",
            part=Part.SOURCE,
            seen=Seen.PASSIVE,
        ),
        feed="openphish",
        name="feed.txt",
        now=now - timedelta(days=3),
        tlp=Tlp.GREEN,
        text=f"{url}\n192.0.2.200\n",
    )
    failed = keep_blob(
        feed="threatfox",
        content=b"<html>503</html>",
        name=f"{SCRIPT}.json",
        carrier=Carrier.HTTP,
        now=now - timedelta(hours=5),
    ).blob
    held = claim(blob_id=failed.pk, worker="test", now=now)
    assert held is not None
    give_up(held=held, why="is no JSON")
    failed.refresh_from_db()
    assert failed.state == BlobState.FAILED
    return Road(
        scan=scan,
        phishing=phishing,
        failed=failed,
        isp=isp,
        telnet=Episode.objects.get(asset="192.0.2.1"),
        page=Episode.objects.get(asset=url),
    )


def _scoped(event: Event, constituent: int | None) -> tuple[Facts, Scope]:
    ours = event.asset.kind is not AssetKind.ADDRESS or event.asset.value.startswith("192.0.2.")
    if not ours:
        return Facts(network="203.0.113.0/24", asn=64500, located="DE"), Scope(
            why=Why.ELSEWHERE, fact="203.0.113.0/24 is used in DE"
        )
    return Facts(
        network="192.0.2.0/24", asn=64496, holder="Example Telecom", located="HK", registered="SG"
    ), Scope(
        why=Why.LOCATED,
        fact="192.0.2.0/24 is used in HK (geolocation 2026-03-01)",
        constituents=(constituent,) if constituent else (),
    )
