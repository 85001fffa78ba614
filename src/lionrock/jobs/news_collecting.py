"""Asks the sources of news that are followed, and gathers what they publish into stories."""

import io
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from django.conf import settings

from lionrock.briefing.news import items as news
from lionrock.briefing.news.csaf import Listed, read_csaf, read_list
from lionrock.briefing.news.feed import read_feed
from lionrock.briefing.news.items import Broken, SourceKind
from lionrock.briefing.news.kev import read_kev
from lionrock.briefing.news.matching import Matcher
from lionrock.core.errors import LionrockError
from lionrock.desk.news.models import Source, Unread, UnreadState
from lionrock.desk.news.selectors.here import DeskHere
from lionrock.desk.news.services import following, keeping
from lionrock.net.fetch import AskedToWait, Fetched, fetch
from lionrock.regions import load

SECONDS: Final = 60.0
LISTS_LARGEST: Final = 32 * 2**20
"""Bytes of a list of advisories."""
ADVISORIES_AT_ONCE: Final = 25
MOST_ALIKE: Final = 200
"""Advisories of the very same time that are read in one go."""
FIRST_LOOK: Final = timedelta(days=14)
"""How far back advisories are read when a source is first asked."""
GO_ON: Final = timedelta(minutes=5)
"""When a source is asked again of which there was more to read."""

Clock = Callable[[], datetime]
_READERS: Final[Mapping[str, Callable[[bytes], Iterable[news.Item | news.Unread]]]] = {
    SourceKind.FEED.value: read_feed,
    SourceKind.KEV.value: read_kev,
}


class Fetch(Protocol):
    """How something is fetched: as ``lionrock.net.fetch.fetch`` does."""

    def __call__(
        self, url: str, *, into: io.BytesIO, limit: int, etag: str, last_modified: str
    ) -> Fetched:
        """Write what the address names into ``into``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What came of asking one source."""

    source: str
    fresh: int = 0
    changed: int = 0
    unread: int = 0
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    came: keeping.Came
    etag: str
    last_modified: str
    upto: datetime | None
    more: bool


def fetched(url: str, *, into: io.BytesIO, limit: int, etag: str, last_modified: str) -> Fetched:
    """Fetch from public addresses, or from those that an administrator allowed."""
    return fetch(
        url,
        into=into,
        limit=limit,
        timeout=SECONDS,
        etag=etag,
        last_modified=last_modified,
        allow=settings.LIONROCK_INTERNAL,
    )


def collect_due(*, clock: Clock, get: Fetch = fetched) -> list[Asked]:
    """Ask every source that is due; tell stories anew when something came, and once an hour."""
    following.refresh_known()
    asked = [collect(row, clock=clock, get=get) for row in following.due(now=clock())]
    if any(each.fresh or each.changed for each in asked) or clock().minute < 10:
        tell_stories(now=clock())
    return asked


def collect(row: Source, *, clock: Clock, get: Fetch = fetched) -> Asked:
    """Ask one source and keep what it publishes; what went wrong is written to its row."""
    try:
        read = (
            _advisories(row, clock=clock, get=get)
            if row.kind == SourceKind.CSAF
            else _publication(row, clock=clock, get=get)
        )
    except (LionrockError, OSError) as error:
        return _failed(row, error, now=clock())
    row.failures, row.failure = 0, ""
    row.etag, row.last_modified = read.etag[:1000], read.last_modified[:100]
    row.read_upto = read.upto or row.read_upto
    row.heard_at = clock()
    row.next_at = clock() + (GO_ON if read.more else timedelta(hours=row.every_hours))
    row.save(
        update_fields=[
            *("failures", "failure", "etag", "last_modified", "read_upto", "heard_at", "next_at")
        ]
    )
    return Asked(
        source=row.name,
        fresh=read.came.fresh,
        changed=read.came.changed,
        unread=read.came.unread,
    )


def replay(*, clock: Clock) -> list[Asked]:
    """Read again every broken publication that was kept; what can be read now is kept as items."""
    asked = []
    waiting = Unread.objects.filter(state=UnreadState.OPEN).exclude(raw=None)
    for unread in waiting.select_related("source").order_by("first_at"):
        source, raw = unread.source, zlib.decompress(bytes(unread.raw or b""))
        try:
            found = [read_csaf(raw)] if source.kind == SourceKind.CSAF else list(_read(source, raw))
        except Broken as error:
            asked.append(Asked(source=source.name, failure=str(error)))
            continue
        came = keeping.keep(source=source, found=found, now=clock())
        keeping.mark_read(unread=unread)
        asked.append(Asked(source=source.name, fresh=came.fresh, changed=came.changed))
    if any(each.fresh or each.changed for each in asked):
        tell_stories(now=clock())
    return asked


def tell_stories(*, now: datetime) -> int:
    """Gather stories and hold them against the region; return how many name something of it."""
    region = load(settings.LIONROCK_REGION)
    here = DeskHere(region=region, now=now)
    return keeping.retell(matcher=Matcher.of(here, ordinary=region.words), now=now)


def _publication(row: Source, *, clock: Clock, get: Fetch) -> _Read:
    """Read a feed or a catalogue that is one file."""
    body = io.BytesIO()
    answer = get(
        row.address,
        into=body,
        limit=news.LARGEST,
        etag=row.etag,
        last_modified=row.last_modified,
    )
    came = keeping.Came(fresh=0, changed=0, unread=0)
    if answer.fresh:
        raw = body.getvalue()
        try:
            found = list(_read(row, raw))
        except Broken as error:
            keeping.keep_broken(source=row, place=row.address, raw=raw, why=str(error), now=clock())
            raise
        came = keeping.keep(source=row, found=found, now=clock())
    return _Read(
        came=came,
        etag=answer.etag or (row.etag if not answer.fresh else ""),
        last_modified=answer.last_modified or (row.last_modified if not answer.fresh else ""),
        upto=None,
        more=False,
    )


def _advisories(row: Source, *, clock: Clock, get: Fetch) -> _Read:
    """Read the advisories that changed since the last look, the oldest first, some at a time."""
    body = io.BytesIO()
    answer = get(
        row.address, into=body, limit=LISTS_LARGEST, etag=row.etag, last_modified=row.last_modified
    )
    none = keeping.Came(fresh=0, changed=0, unread=0)
    if not answer.fresh:
        return _Read(
            came=none, etag=row.etag, last_modified=row.last_modified, upto=None, more=False
        )
    raw = body.getvalue()
    try:
        listed = read_list(raw, base=answer.url or row.address)
    except Broken as error:
        keeping.keep_broken(source=row, place=row.address, raw=raw, why=str(error), now=clock())
        raise
    since = row.read_upto or clock() - FIRST_LOOK
    waiting = [each for each in reversed(listed) if since < each.updated <= clock()]
    some = _some(waiting)
    found: list[news.Item | news.Unread] = []
    broken = 0
    for each in some:
        advisory = io.BytesIO()
        get(each.url, into=advisory, limit=news.LARGEST, etag="", last_modified="")
        try:
            found.append(read_csaf(advisory.getvalue()))
        except Broken as error:
            keeping.keep_broken(
                source=row, place=each.url, raw=advisory.getvalue(), why=str(error), now=clock()
            )
            broken += 1
    came = keeping.keep(source=row, found=found, now=clock())
    more = len(some) < len(waiting)
    return _Read(
        came=keeping.Came(fresh=came.fresh, changed=came.changed, unread=broken),
        etag="" if more else answer.etag,
        last_modified="" if more else answer.last_modified,
        upto=some[-1].updated if some else None,
        more=more,
    )


def _some(waiting: list[Listed]) -> list[Listed]:
    """Return the first advisories, with all that changed at the same time as the last of them."""
    end = min(ADVISORIES_AT_ONCE, len(waiting))
    while 0 < end < min(len(waiting), MOST_ALIKE) and (
        waiting[end].updated == waiting[end - 1].updated
    ):
        end += 1
    return waiting[:end]


def _read(row: Source, raw: bytes) -> Iterable[news.Item | news.Unread]:
    return _READERS[row.kind](raw)


def _failed(row: Source, error: Exception, *, now: datetime) -> Asked:
    row.failures += 1
    row.failure = (str(error) or type(error).__name__).replace("\0", "\N{REPLACEMENT CHARACTER}")[
        :2000
    ]
    wait = following.wait_after(row.failures)
    if isinstance(error, AskedToWait) and error.seconds is not None:
        wait = max(wait, min(timedelta(seconds=error.seconds), following.LONGEST_WAIT))
    row.next_at = now + wait
    row.save(update_fields=["failures", "failure", "next_at"])
    return Asked(source=row.name, failure=row.failure)
