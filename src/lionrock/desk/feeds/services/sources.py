"""Decides how a feed is run here: whether, by which carrier, how often, and who collects it right now."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q

from lionrock.core.errors import GiveUp
from lionrock.core.feeds import Carrier, Feed
from lionrock.desk.audit.services import record
from lionrock.desk.feeds.models import Source
from lionrock.feeds import catalogue, feed_of

if TYPE_CHECKING:
    from lionrock.desk.people.models import Person

CLAIM_LASTS: Final = timedelta(minutes=15)
"""A collector that gave no sign for so long is taken for dead."""
FIRST_WAIT: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(hours=6)
LONGEST_ASKED_FOR: Final = timedelta(days=1)
"""What a server may ask for in Retry-After; nobody silences a feed for longer."""
LOCAL: Final = frozenset({Carrier.DROP, Carrier.PUSH})
"""Carriers that contact nobody."""

POLL: Final[dict[Carrier, timedelta]] = {
    Carrier.DROP: timedelta(seconds=5),
    Carrier.IMAP: timedelta(minutes=5),
    Carrier.PUSH: timedelta(days=1),
}
"""How often to look, where that does not follow from how often something is expected."""
SAMPLE: Final = "sample"
"""The option that says: only the made-up sample came by this feed, and nothing more is expected."""
LISTEN_AGAIN: Final = timedelta(seconds=1)
"""A stream keeps nothing for who does not listen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A feed with what this team decided about it: the defaults where nothing was changed."""

    feed: Feed
    carrier: Carrier
    address: str
    every: timedelta | None

    @property
    def pause(self) -> timedelta:
        """How long to wait after a successful attempt."""
        if self.address.startswith("stomps:"):
            return LISTEN_AGAIN
        if fixed := POLL.get(self.carrier):
            return fixed
        every = self.every or timedelta(hours=4)
        return min(max(every / 4, timedelta(minutes=5)), timedelta(hours=6))


def running(source: Source) -> Running:
    """Return how the source runs; raise GiveUp when its feed is not in the catalogue any more."""
    feed = feed_of(source.feed)
    every = feed.every
    if source.every_seconds is not None:
        every = timedelta(seconds=source.every_seconds) if source.every_seconds else None
    return Running(
        feed=feed,
        carrier=Carrier(source.carrier) if source.carrier else feed.carrier,
        address=source.address or feed.address,
        every=every,
    )


@transaction.atomic
def source_of(feed: str) -> Source:
    """Return the feed's row, making it on first use; raise GiveUp when there is no such feed."""
    feed_of(feed)
    return Source.objects.get_or_create(feed=feed)[0]


CHANGEABLE: Final = frozenset(
    {"carrier", "address", "account", "every_seconds", "tlp", "outside", "muted_until"}
)


@transaction.atomic
def set_up(
    *,
    feed: str,
    by: "Person | None",
    now: datetime,
    enabled: bool | None = None,
    options: Mapping[str, str] | None = None,
    **changes: str | int | datetime | None,
) -> Source:
    """Change how a feed is run, and record who did; what is not named stays as it is.

    ``changes`` are the fields of CHANGEABLE. A new carrier, address or account begins at the
    beginning: the old place in the old stream means nothing there. A collector at work stops at its
    next delivery.
    """
    if unknown := set(changes) - CHANGEABLE:
        raise TypeError(f"no such field: {', '.join(sorted(unknown))}")
    source_of(feed)
    source = Source.objects.select_for_update().get(pk=feed)
    was_sample = SAMPLE in source.options
    told: dict[str, str | int | bool | None] = {}
    for name, value in changes.items():
        if getattr(source, name) != value:
            setattr(source, name, value)
            told[name] = value.isoformat() if isinstance(value, datetime) else value
    if options is not None and options != source.options:
        source.options = dict(options)
        told["options"] = " ".join(f"{name}={value}" for name, value in sorted(options.items()))
    if was_sample and {"carrier", "address", "every_seconds"} & set(told):
        make_real(source, keep_every="every_seconds" in told)
    if {"carrier", "address", "account", "options"} & set(told):
        source.etag = source.last_modified = source.cursor = ""
    if enabled is not None and enabled != source.enabled:
        source.enabled = enabled
        source.enabled_at = now if enabled else None
        source.silent_since = None
        told["enabled"] = enabled
    if told:
        _check(source)
        source.failures, source.failure = 0, ""
        # Who collects it as it was, perhaps for an hour, has lost it.
        source.claimed_by, source.claimed_at = "", None
        source.next_at = now if source.enabled else None
        source.save()
        record(by=by, action="feed.set", subject=feed, details=told, now=now)
    return source


def make_real(source: Source, *, keep_every: bool) -> None:
    """Let a feed that the made-up sample came by be as any other: it is expected again."""
    source.options = {name: value for name, value in source.options.items() if name != SAMPLE}
    if not keep_every:
        source.every_seconds = None


def _check(source: Source) -> None:
    """Raise GiveUp when an enabled source could not be collected."""
    if not source.enabled:
        return
    runs = running(source)
    if runs.carrier not in LOCAL and not runs.address:
        raise GiveUp(f"{source.feed} needs an address to be collected by {runs.carrier}")


def due(*, now: datetime) -> list[str]:
    """Return the feeds whose time has come and that nobody collects, the longest waiting first."""
    known = set(catalogue())
    free = Q(claimed_by="") | Q(claimed_at__lt=now - CLAIM_LASTS)
    rows = Source.objects.filter(free, enabled=True).filter(Q(next_at=None) | Q(next_at__lte=now))
    return [
        feed for feed in rows.order_by("next_at").values_list("feed", flat=True) if feed in known
    ]


def claim(*, feed: str, claimant: str, now: datetime) -> bool:
    """Take the feed for this claimant; False when somebody living has it."""
    free = Q(claimed_by="") | Q(claimed_by=claimant) | Q(claimed_at__lt=now - CLAIM_LASTS)
    taken = Source.objects.filter(free, pk=feed).update(
        claimed_by=claimant, claimed_at=now, tried_at=now
    )
    return taken == 1


def hold(*, feed: str, claimant: str, now: datetime, **progress: str | datetime) -> bool:
    """Say that the claimant lives, and write how far it came; False when another has taken over."""
    held = Source.objects.filter(pk=feed, claimed_by=claimant)
    return held.update(claimed_at=now, **progress) == 1


def release_all(*, worker: str) -> int:
    """Give back what a worker that is no more had claimed; return how many feeds that were."""
    return Source.objects.filter(claimed_by__startswith=f"{worker}/").update(
        claimed_by="", claimed_at=None
    )


def wait_after(feed: str, failures: int, *, asked: float | None = None) -> timedelta:
    """Return how long to wait after so many failures in a row.

    Doubles from one minute to six hours, spread by a quarter so that feeds which failed together do
    not come back together; the spread follows from the feed's name, so that it can be foretold.
    ``asked`` is what the server wants (seconds), obeyed where it is longer.
    """
    doubled = FIRST_WAIT * (1 << min(max(failures - 1, 0), 12))
    spread = hashlib.sha256(f"{feed} {failures}".encode()).digest()[0] / 255
    wait = min(doubled, LONGEST_WAIT) * (1 + spread / 4)
    if asked is not None:
        wait = max(wait, min(timedelta(seconds=asked), LONGEST_ASKED_FOR))
    return wait
