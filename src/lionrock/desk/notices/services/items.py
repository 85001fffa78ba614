"""What a letter tells of a problem on an asset, whether an episode or rows passed on say it."""

from collections.abc import Iterable
from datetime import datetime

from lionrock.core.errors import GiveUp
from lionrock.core.events import AssetKind, Part, Severity
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.desk.events.models import Episode, Passed
from lionrock.feeds import feed_of
from lionrock.letters.notice import Item


def item_from(
    row: Episode | Passed,
    *,
    first_seen: datetime,
    last_seen: datetime,
    events: int,
    cves: Iterable[str],
    others: Iterable[str],
    feeds: Iterable[str],
) -> Item:
    """Return what a row says, with what it takes several to know; ``feeds`` are ids, told as who
    runs them."""
    part = Part(row.part)
    caller = part is Part.SOURCE
    return Item(
        episode=row.pk,
        asset_kind=AssetKind(row.asset_kind),
        asset=row.asset,
        part=part,
        kind=Rsit(row.kind),
        severity=Severity(row.severity),
        tlp=Tlp(row.tlp),
        first_seen=first_seen,
        last_seen=last_seen,
        events=events,
        variant=row.variant,
        family=row.family,
        service=row.service,
        port=None if caller else row.port,
        source_port=row.port if caller else None,
        transport=row.transport,
        brand=row.brand,
        address=row.address,
        host=row.host,
        url=row.url,
        network=row.network,
        asn=row.asn,
        cves=tuple(cves),
        others=tuple(others),
        feeds=tuple(dict.fromkeys(_provider(feed) for feed in feeds)),
        seen=row.seen,
    )


def _provider(feed: str) -> str:
    try:
        return feed_of(feed).provider
    except GiveUp:
        return feed
