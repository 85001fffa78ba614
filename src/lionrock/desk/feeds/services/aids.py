"""Keeps the documents that reading profits from up to date; a bad one never replaces a good one."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from lionrock.core.errors import GiveUp, LionrockError, TryLater
from lionrock.desk.audit.services import record
from lionrock.desk.feeds.models import Aid, Source
from lionrock.desk.feeds.services.sources import LOCAL, running
from lionrock.feeds import catalogue
from lionrock.feeds.reading.unreadable import Unreadable
from lionrock.feeds.shadowserver_reports.schema import validate_schema
from lionrock.net.carrying import Web
from lionrock.net.web import WebClient

if TYPE_CHECKING:
    from lionrock.desk.feeds.services.collect import Surroundings
    from lionrock.desk.people.models import Person

FRESH_FOR: Final = timedelta(days=7)
LARGEST: Final = 32 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An aid: where it is published, and what raises unless a text is one."""

    address: str
    check: Callable[[bytes], object]


KNOWN: Final[dict[str, Known]] = {
    "shadowserver-schema": Known(
        address="https://interchange.shadowserver.org/intelmq/v1/schema",
        check=validate_schema,
    ),
}


def refresh(*, around: "Surroundings", now: datetime, web: Web | None = None) -> list[str]:
    """Fetch again each aid that a collected feed uses and that is a week old; return their names.

    A feed that is only laid in or pushed asks for nothing: then nothing leaves this machine. Raises
    TryLater, after trying all, when one could not be had; the old one stays.
    """
    asking = web or WebClient(allow=around.allow)
    fetched, failed = [], []
    for name in sorted(_wanted()):
        known = KNOWN[name]
        row = Aid.objects.filter(pk=name).first()
        if row is not None and now - row.fetched_at < FRESH_FOR:
            continue
        try:
            with asking(known.address, limit=LARGEST) as reply:
                content = reply.body.read()
            keep_aid(name=name, content=content, origin=known.address, by=None, now=now)
            fetched.append(name)
        except LionrockError as error:
            failed.append(f"{name}: {error}")
    if failed:
        raise TryLater("; ".join(failed))
    return fetched


@transaction.atomic
def keep_aid(*, name: str, content: bytes, origin: str, by: "Person | None", now: datetime) -> Aid:
    """Put the aid in the place of the one before; raise GiveUp when it is none."""
    if name not in KNOWN:
        raise GiveUp(f"there is no aid “{name}”: {', '.join(sorted(KNOWN))}")
    try:
        KNOWN[name].check(content)
    except Unreadable as error:
        raise GiveUp(f"what came as {name} {error}") from error
    digest = hashlib.sha256(content).hexdigest()
    before = Aid.objects.filter(pk=name).first()
    aid = Aid.objects.update_or_create(
        name=name,
        defaults={"content": content, "sha256": digest, "origin": origin, "fetched_at": now},
    )[0]
    if before is None or before.sha256 != digest:
        record(
            by=by,
            action="aid.kept",
            subject=name,
            details={"sha256": digest, "from": origin},
            now=now,
        )
    return aid


def _wanted() -> set[str]:
    """Return the aids that feeds collected from elsewhere profit from."""
    feeds = catalogue()
    rows = Source.objects.filter(enabled=True)
    runs = [running(row) for row in rows if row.feed in feeds]
    return {
        aid for run in runs if run.carrier not in LOCAL for aid in run.feed.aids if aid in KNOWN
    }
