"""Keeps what sources publish, what could not be read of it, and the stories it makes."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import F

from lionrock.briefing.news import items as news
from lionrock.briefing.news.matching import Match, Matcher
from lionrock.briefing.news.stories import Story as Gathered
from lionrock.briefing.news.stories import Told, gather
from lionrock.desk.audit.services import record
from lionrock.desk.news.models import Earlier, Item, Source, Story, Unread, UnreadState

if TYPE_CHECKING:
    from lionrock.desk.people.models import Person

WINDOW: Final = timedelta(days=45)
"""Items older than this start and join no story."""
MOST_TOLD: Final = 20_000
"""Items of the window that are gathered, the latest."""
KEPT: Final = timedelta(days=400)
"""How long items are kept that no draft could still need; retention removes older ones."""
MOST_RAW: Final = 2 * 2**20
"""Bytes of a broken publication that are kept, packed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of one look at a source."""

    fresh: int
    changed: int
    unread: int


@transaction.atomic
def keep(*, source: Source, found: Iterable[news.Item | news.Unread], now: datetime) -> Came:
    """Keep the items of a publication and what of it could not be read; each is known again."""
    some = list(found)
    items = {each.digest: each for each in some if isinstance(each, news.Item)}
    unread = [each for each in some if isinstance(each, news.Unread)]
    here: dict[str, Item] = {}
    digests = list(items)
    for start in range(0, len(digests), 500):
        rows = Item.objects.filter(source=source, digest__in=digests[start : start + 500])
        here |= {row.digest: row for row in rows}
    fresh: list[Item] = []
    changed: list[Item] = []
    for digest, item in items.items():
        row = here.get(digest)
        if row is None:
            row = Item(source=source, digest=digest, came_at=now, changed_at=now)
            _write(row, item, now=now)
            fresh.append(row)
        elif _differs(row, item):
            Earlier.objects.create(item=row, at=now, title=row.title, summary=row.summary)
            row.changed_at = now
            _write(row, item, now=row.published_at)
            changed.append(row)
    Item.objects.bulk_create(fresh, batch_size=500)
    for row in changed:
        row.save()
    for each in unread:
        _keep_unread(source, place=each.place, text=each.text, why=each.why, raw=None, now=now)
    Source.objects.filter(pk=source.pk).update(
        items_read=F("items_read") + len(fresh), unread=F("unread") + len(unread)
    )
    return Came(fresh=len(fresh), changed=len(changed), unread=len(unread))


@transaction.atomic
def keep_broken(*, source: Source, place: str, raw: bytes, why: str, now: datetime) -> None:
    """Keep a publication of which nothing could be read: its bytes, and how often it came so."""
    packed = zlib.compress(raw[: 8 * 2**20])
    _keep_unread(
        source,
        place=place,
        text="",
        why=why,
        raw=packed if len(packed) <= MOST_RAW else None,
        now=now,
        digest=sha256(raw).hexdigest(),
    )
    Source.objects.filter(pk=source.pk).update(unread=F("unread") + 1)


def mark_read(*, unread: Unread) -> None:
    """Say that a publication could be read after all."""
    Unread.objects.filter(pk=unread.pk).update(state=UnreadState.READ, raw=None)


@transaction.atomic
def retell(*, matcher: Matcher, now: datetime) -> int:
    """Gather the items of the last weeks into stories and match them; return how many stories match.

    The same items give the same stories. A story that somebody put away comes back when an item
    joins it.
    """
    rows = {
        row.pk: row
        for row in Item.objects.filter(published_at__gte=now - WINDOW).order_by("-published_at")[
            :MOST_TOLD
        ]
    }
    stories = gather(_told(row) for row in rows.values())
    here = {story.key: story for story in Story.objects.filter(latest_at__gte=now - WINDOW)}
    here |= {
        story.key: story
        for story in Story.objects.filter(
            key__in=[each.key for each in stories if each.key not in here]
        )
    }
    moved: list[Item] = []
    matched = 0
    for gathered in stories:
        members = [rows[told.id] for told in gathered.items]
        story = here.pop(gathered.key, None) or Story(key=gathered.key)
        _tell(story, gathered, members, matcher)
        matched += story.matched
        for item in members:
            if item.story_id != story.pk:
                item.story = story
                moved.append(item)
    Item.objects.bulk_update(moved, ["story"], batch_size=500)
    gone = [story.pk for story in here.values() if story.latest_at >= now - WINDOW]
    Story.objects.filter(pk__in=gone, items=None).delete()
    return matched


@transaction.atomic
def put_away(*, story_id: int, away: bool, by: "Person", now: datetime) -> Story | None:
    """Say that a story is nothing for us, or that it is after all; None when there is none."""
    story = Story.objects.select_for_update().filter(pk=story_id).first()
    if story is None:
        return None
    story.put_away_at, story.put_away_by = (now, by) if away else (None, None)
    story.save(update_fields=["put_away_at", "put_away_by"])
    record(
        by=by,
        action="news.put-away" if away else "news.taken-back",
        subject=story.title,
        details={},
        now=now,
    )
    return story


def forget(*, now: datetime) -> int:
    """Remove items that were kept long enough, and stories without any; return how many items."""
    _number, by_model = Item.objects.filter(published_at__lt=now - KEPT).delete()
    Story.objects.filter(items=None, latest_at__lt=now - WINDOW).delete()
    Unread.objects.filter(last_at__lt=now - KEPT).delete()
    return by_model.get("news.Item", 0)


def _write(row: Item, item: news.Item, *, now: datetime) -> None:
    row.title, row.summary, row.url = item.title, item.summary, item.url
    row.publisher = item.publisher
    row.published_at = item.published if item.published and item.published <= now else now
    row.updated_at = item.updated
    row.cves, row.products = list(item.cves), [list(each) for each in item.products]
    row.exploited, row.patched = item.exploited, item.patched


def _differs(row: Item, item: news.Item) -> bool:
    return (row.title, row.summary, row.url, row.exploited, row.patched) != (
        item.title,
        item.summary,
        item.url,
        item.exploited,
        item.patched,
    ) or row.cves != list(item.cves)


def _keep_unread(
    source: Source,
    *,
    place: str,
    text: str,
    why: str,
    raw: bytes | None,
    now: datetime,
    digest: str = "",
) -> None:
    known = digest or sha256(f"{text}\0{why}".encode("utf-8", "replace")).hexdigest()
    row, made = Unread.objects.get_or_create(
        source=source,
        digest=known,
        defaults={
            "place": place[:300].replace("\0", ""),
            "text": text[:200].replace("\0", ""),
            "why": why[:500].replace("\0", ""),
            "raw": raw,
            "first_at": now,
            "last_at": now,
        },
    )
    if not made:
        row.last_at, row.times, row.state = now, row.times + 1, UnreadState.OPEN
        row.why = why[:500].replace("\0", "")
        row.raw = raw
        row.save()


def _told(row: Item) -> Told:
    return Told(
        id=row.pk,
        title=row.title,
        at=row.published_at,
        cves=frozenset(row.cves),
        products=frozenset((vendor, product) for vendor, product in row.products),
    )


def _tell(story: Story, gathered: Gathered, members: list[Item], matcher: Matcher) -> None:
    if story.put_away_at and any(item.came_at > story.put_away_at for item in members):
        story.put_away_at = story.put_away_by = None
    matches = matcher.match(
        cves=gathered.cves,
        texts=(
            *(text for item in members for text in (item.title, item.summary)),
            *(f"{vendor} {product}" for vendor, product in gathered.products[:20]),
        ),
    )
    told = {
        "title": gathered.title,
        "begins_at": gathered.begins,
        "latest_at": gathered.latest,
        "items_told": len(members),
        "sources_told": len({item.source_id for item in members}),
        "cves": list(gathered.cves[:100]),
        "products": [list(each) for each in gathered.products[:20]],
        "exploited": any(item.exploited for item in members),
        "matches": [_json(match) for match in matches[:50]],
        "matched": bool(matches),
    }
    if story.pk is None or any(getattr(story, name) != value for name, value in told.items()):
        for name, value in told.items():
            setattr(story, name, value)
        story.save()


def _json(match: Match) -> Mapping[str, object]:
    return {**asdict(match), "what": match.what.value}
