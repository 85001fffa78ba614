"""Makes what the tests of notices need: constituents, deliveries, episodes, a server that remembers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lionrock.core.events import Seen
from lionrock.desk.constituents.models import Constituent, Contact, ContactRole, Holding, Mode
from lionrock.desk.events.models import Episode, Event
from lionrock.desk.feeds.models import Blob, BlobState
from lionrock.desk.notices.models import Letter
from lionrock.desk.notices.services.outbox import Sending, send_due
from lionrock.desk.people.models import Person
from lionrock.net.smtp import Receipt

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
"""A Monday, noon in a region eight hours ahead."""


def person(name: str = "Ada") -> Person:
    """Return somebody of the team."""
    return Person.objects.get_or_create(
        email=f"{name.lower()}@cert.example", defaults={"name": name, "joined_at": NOW}
    )[0]


def constituent(
    name: str = "Example ISP",
    *,
    networks: tuple[str, ...] = ("192.0.2.0/24",),
    emails: tuple[str, ...] = ("abuse@isp.example",),
    **changes: Any,  # Any: each column has its own type
) -> Constituent:
    """Return a constituent that lets letters leave by themselves, with networks and contacts."""
    made = Constituent.objects.create(
        **{"name": name, "mode": Mode.AUTOMATIC, "made_at": NOW, **changes}
    )
    for value in networks:
        Holding.objects.create(constituent=made, kind="network", value=value)
    for place, email in enumerate(emails):
        Contact.objects.create(constituent=made, email=email, role=ContactRole.ABUSE, order=place)
    return made


def delivery(
    feed: str = "shadowserver",
    *,
    at: datetime = NOW,
    **changes: Any,  # Any: as above
) -> Blob:
    """Return a delivery that was read to its end."""
    number = Blob.objects.count() + 1
    return Blob.objects.create(
        **{
            "feed": feed,
            "sha256": f"{number:064x}",
            "name": f"{at:%Y-%m-%d}-scan_telnet-region.csv",
            "carrier": "drop",
            "size": 1,
            "stored_size": 1,
            "received_at": at,
            "last_at": at,
            "state": BlobState.COMPLETE,
            "completed_at": at,
            "events": 1,
            **changes,
        }
    )


def episode(
    blob: Blob,
    asset: str = "192.0.2.4",
    *,
    at: datetime = NOW,
    report: str = "scan_telnet",
    **changes: Any,  # Any: as above
) -> Episode:
    """Return an episode that a delivery opened, with its event."""
    columns: dict[str, Any] = {  # Any: as above
        "asset_kind": "address",
        "asset": asset,
        "address": asset,
        "problem": "vulnerable.potentially-unwanted-accessible||telnet|23/tcp",
        "kind": "vulnerable.potentially-unwanted-accessible",
        "part": "host",
        "severity": "high",
        "seen": Seen.SCAN.value,
        "service": "telnet",
        "port": 23,
        "transport": "tcp",
        "network": "192.0.2.0/24",
        "asn": 64496,
        "why": "located",
        "tlp": "TLP:AMBER",
        "first_seen": at,
        "last_seen": at,
        "events": 1,
        "feeds": [blob.feed],
        "blob_id": blob.pk,
        "last_blob_id": blob.pk,
        **changes,
    }
    made = Episode.objects.create(**columns)
    event(made, blob, at=at, report=report)
    return made


def event(one: Episode, blob: Blob, *, at: datetime = NOW, report: str = "scan_telnet") -> Event:
    """Write that a delivery lists an episode."""
    return Event.objects.create(
        blob_id=blob.pk,
        line=Event.objects.filter(blob_id=blob.pk).count() + 1,
        feed=blob.feed,
        report=report,
        at=at,
        episode_id=one.pk,
        kind=one.kind,
        severity=one.severity,
        asset_kind=one.asset_kind,
        asset=one.asset,
        part=one.part,
        why=one.why,
        tlp=one.tlp,
    )


@dataclass
class Remembers:
    """A server that remembers what it took; ``does`` may raise what a server does."""

    took: list[tuple[str, bytes]] = field(default_factory=list)
    does: Callable[[str], None] = lambda to: None

    def __call__(self, message: bytes, *, sender: str, to: str) -> Receipt:
        self.does(to)
        self.took.append((to, message))
        return Receipt(server="fake", code=250, text="250 taken")

    @property
    def recipients(self) -> list[str]:
        """Who got a mail, in order."""
        return [to for to, _ in self.took]


def send(server: Remembers, *, now: datetime = NOW, worker: str = "w1") -> Sending:
    """Run the outbox once."""
    return send_due(transport=server, worker=worker, now=now)


def only_letter() -> Letter:
    """Return the one letter there is."""
    return Letter.objects.get()


DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
