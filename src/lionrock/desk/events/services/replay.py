"""Reads deliveries again with today's readers and tables: first what would change, then the change.

What was read is compared with what is stored, line by line. An event whose asset and problem stay
keeps its episode, whatever else of it changed; one whose asset or problem changed leaves its episode
and joins another. An episode without events is removed, unless a letter named it. Where nothing
differs, nothing is written.

Each batch is one transaction. Killed in between, the same replay does the rest: what it did already
no longer differs.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from django.apps import apps
from django.db import transaction
from django.db.models import Count, F, Max, Q

from lionrock.core.facts import Why
from lionrock.desk.events.models import (
    ConstituentDay,
    DayCount,
    Episode,
    Event,
    Passed,
    Reject,
    Tally,
    Word,
)
from lionrock.desk.events.services.bulk import bulk
from lionrock.desk.events.services.keep import PASSED, Found, Keeping, columns_of, passed_of
from lionrock.desk.events.services.retention import Ages
from lionrock.desk.events.services.rows import COLUMNS, EVENT, Batch, Outside, Row, text_of
from lionrock.desk.feeds.models import Blob

SHOWN: Final = 50
"""Differences that are told one by one; the rest is counted."""
OUTSIDE: Final = (Why.ELSEWHERE.value, Why.UNKNOWN.value)
_LINE, _NTH, _AT, _TLP, _ASSET = (
    COLUMNS.index(name) for name in ("line", "nth", "at", "tlp", "asset")
)
_KEYS: Final = ("asset_kind", "asset", "problem")
_ITSELF: Final = (
    *("kind", "variant", "part", "family", "service", "port", "transport"),
    *("seen", "brand", "holder", "fact"),
)
"""What an episode takes over from the event that opened it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One line that is read differently. ``what``: added, changed, moved (to another episode),
    removed, read (a reject no more), rejected (a reject from now on), passed (kept for a partner),
    withheld (kept for a partner no more)."""

    line: int
    nth: int
    what: str
    text: str
    fields: tuple[tuple[str, str, str], ...] = ()
    """Column, as stored, as read today."""


@dataclass(slots=True, kw_only=True)
class Changes:
    """What reading a delivery again changes; ``differences`` are the first of them."""

    blob_id: int
    read: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    fields: Counter[str] = field(default_factory=Counter)
    """How often each column changes."""
    outside: int = 0
    """How many more events are outside the region than before."""
    differences: list[Difference] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.counts or self.outside)

    def tell(self, difference: Difference) -> None:
        """Count a difference, and show it while there are few."""
        self.counts[difference.what] += 1
        self.fields.update(name for name, _, _ in difference.fields)
        if len(self.differences) < SHOWN:
            self.differences.append(difference)


def preview(*, blob_id: int, feed: str, batches: Iterable[Batch], now: datetime) -> Changes:
    """Return what reading the delivery again would change; nothing is written.

    ``batches`` are those of the whole delivery, read from its beginning.
    """
    changes = Changes(blob_id=blob_id)
    outside: Outside = {}
    for compared in _compared(blob_id, batches, changes, now):
        _add(outside, compared.batch.outside)
        keeping = Keeping(blob_id=blob_id, now=now, writer=bulk())
        keeping.keep(compared.added)
        _tell_added(compared, keeping, changes)
    changes.outside = sum(outside.values()) - sum(_stored_outside(blob_id).values())
    return changes


def apply(
    *, blob_id: int, feed: str, batches: Iterable[Batch], reader: str, now: datetime
) -> Changes:
    """Read the delivery again and change what differs; return what was changed."""
    changes = Changes(blob_id=blob_id)
    outside: Outside = {}
    for compared in _compared(blob_id, batches, changes, now):
        _add(outside, compared.batch.outside)
        with transaction.atomic():
            _write(blob_id, feed, compared, changes, now)
    with transaction.atomic():
        before = _stored_outside(blob_id)
        changes.outside = sum(outside.values()) - sum(before.values())
        if outside != before:
            writer = bulk()
            writer.begin()
            keeping = Keeping(blob_id=blob_id, now=now, writer=writer)
            keeping.count_outside(feed, outside)
            keeping.count_outside(feed, {key: -number for key, number in before.items()})
            keeping.write()
            changes.counts["outside"] += 1
        if changes:
            _recount(blob_id, changes, sum(outside.values()), reader)
    return changes


@transaction.atomic
def take_back(*, blob_id: int, feed: str, now: datetime) -> Changes:
    """Make it as if the delivery had never come: its events, rejects, counts, what partners were to get.

    Episodes that others tell of, too, become what those say. Counts of what retention removed go as
    well. The delivery's own row and bytes stay.
    """
    changes = Changes(blob_id=blob_id)
    for compared in _compared(blob_id, [Batch(last=True)], changes, now):
        _write(blob_id, feed, compared, changes, now)
    Passed.objects.filter(blob_id=blob_id).delete()
    left = Tally.objects.filter(blob_id=blob_id)
    for one in left:
        DayCount.objects.filter(
            **{
                name: getattr(one, name)
                for name in ("day", "feed", "kind", "family", "why", "country")
            }
        ).update(events=F("events") - one.events, episodes=F("episodes") - one.episodes)
    left.delete()
    for counts in (DayCount, ConstituentDay):
        counts.objects.filter(events=0, episodes=0).delete()
    return changes


@dataclass(slots=True, kw_only=True)
class _Stored:
    """An event as it is stored: ``values`` are its columns in a row's order."""

    id: int
    episode_id: int
    key: tuple[str, str, str]
    values: tuple[Any, ...]  # Any: text, numbers and None


@dataclass(slots=True, kw_only=True)
class _Compared:
    """A batch beside what is stored of its lines."""

    batch: Batch
    added: list[Row] = field(default_factory=list)
    """Rows not stored: new ones, and duplicates of others."""
    moved: dict[tuple[int, int], _Stored] = field(default_factory=dict)
    """Events whose asset or problem is another; their rows are among the added."""
    changed: list[tuple[_Stored, Row]] = field(default_factory=list)
    removed: list[_Stored] = field(default_factory=list)
    rejects_gone: list[int] = field(default_factory=list)
    rejects_new: list[tuple[int, int, str, str, bool]] = field(default_factory=list)
    passed_gone: list[int] = field(default_factory=list)
    passed_new: list[tuple[int, Row]] = field(default_factory=list)


def _compared(
    blob_id: int, batches: Iterable[Batch], changes: Changes, now: datetime
) -> Iterator[_Compared]:
    ages = Ages.current()
    oldest: dict[str, str] = {}
    behind, rejects_behind = (0, -1), (0, -1)
    for batch in batches:
        compared = _Compared(batch=batch)
        changes.read += batch.events
        upto = max((batch.lines, batch.line_events - 1), behind)
        rejects_upto = max((batch.lines, batch.line_rejects - 1), rejects_behind)
        stored = _events(blob_id, behind, None if batch.last else upto)
        for row in (*batch.rows, *(row for _, row in batch.passed)):
            if row[_TLP] not in oldest:
                oldest[row[_TLP]] = text_of(ages.oldest(row[_TLP], now=now))
        for row in batch.rows:
            limit = oldest[row[_TLP]]
            known = stored.pop((row[_LINE], row[_NTH]), None)
            if row[_AT] < limit and known is None:
                continue  # retention removed it
            if known is None:
                compared.added.append(row)
            elif known.key != tuple(row[COLUMNS.index(name)] for name in _KEYS):
                compared.moved[row[_LINE], row[_NTH]] = known
                compared.added.append(row)
            elif fields := _fields(known, row):
                compared.changed.append((known, row))
                changes.tell(
                    Difference(
                        line=row[_LINE],
                        nth=row[_NTH],
                        what="changed",
                        text=known.key[1],
                        fields=tuple(fields),
                    )
                )
        compared.removed = list(stored.values())
        for gone in compared.removed:
            changes.tell(
                Difference(
                    line=gone.values[0], nth=gone.values[1], what="removed", text=gone.key[1]
                )
            )
        _compare_rejects(blob_id, compared, rejects_behind, rejects_upto, changes)
        _compare_passed(blob_id, compared, behind, upto, oldest, changes)
        yield compared
        behind, rejects_behind = upto, rejects_upto


def _events(
    blob_id: int, behind: tuple[int, int], upto: tuple[int, int] | None
) -> dict[tuple[int, int], _Stored]:
    rows = Event.objects.filter(_between(behind, upto), blob_id=blob_id)
    found = list(rows.order_by("line", "nth"))
    problems = dict(_problems({event.episode_id for event in found}))
    return {
        (event.line, event.nth): _Stored(
            id=event.pk,
            episode_id=event.episode_id,
            key=(event.asset_kind, event.asset, problems.get(event.episode_id, "")),
            values=columns_of(event),
        )
        for event in found
    }


def _between(behind: tuple[int, int], upto: tuple[int, int] | None) -> Q:
    """Select by line and nth; the bare lines let the index begin and end."""
    rows = Q(line__gte=behind[0]) & (Q(line__gt=behind[0]) | Q(line=behind[0], nth__gt=behind[1]))
    if upto is None:
        return rows
    return rows & Q(line__lte=upto[0]) & (Q(line__lt=upto[0]) | Q(line=upto[0], nth__lte=upto[1]))


def _problems(ids: Iterable[int]) -> Iterator[tuple[int, str]]:
    wanted = sorted(ids)
    for start in range(0, len(wanted), 10_000):
        yield from Episode.objects.filter(pk__in=wanted[start : start + 10_000]).values_list(
            "pk", "problem"
        )


def _fields(known: _Stored, row: Row) -> list[tuple[str, str, str]]:
    return [
        (name, str(before), str(after))
        for name, before, after in zip(EVENT, known.values, row, strict=False)
        if before != after and not (name == "details" and _same_json(before, after))
    ]


def _same_json(one: str, other: str) -> bool:
    same: bool = json.loads(one) == json.loads(other)
    return same


def _compare_rejects(
    blob_id: int,
    compared: _Compared,
    behind: tuple[int, int],
    upto: tuple[int, int],
    changes: Changes,
) -> None:
    batch = compared.batch
    rows = Reject.objects.filter(_between(behind, None if batch.last else upto), blob_id=blob_id)
    stored = {(r.line, r.nth, r.text, r.why, r.whole): r.pk for r in rows.order_by("line", "nth")}
    for reject in batch.rejects:
        if stored.pop(reject, None) is None:
            compared.rejects_new.append(reject)
            changes.tell(Difference(line=reject[0], nth=reject[1], what="rejected", text=reject[3]))
    for (line, nth, _, why, _), pk in stored.items():
        compared.rejects_gone.append(pk)
        changes.tell(Difference(line=line, nth=nth, what="read", text=why))


def _compare_passed(
    blob_id: int,
    compared: _Compared,
    behind: tuple[int, int],
    upto: tuple[int, int],
    oldest: dict[str, str],
    changes: Changes,
) -> None:
    """Compare what partners get; what a notice tells of stays as it was told."""
    batch = compared.batch
    rows = Passed.objects.filter(_between(behind, None if batch.last else upto), blob_id=blob_id)
    stored = {(one.line, one.nth, one.partner_id): one for one in rows.order_by("id")}
    for partner, row in batch.passed:
        known = stored.pop((row[_LINE], row[_NTH], partner), None)
        if known is None:
            new = row[_AT] >= oldest[row[_TLP]]  # or retention removed it
        else:
            new = known.notice_id is None and _passed_columns(known) != passed_of(row)
            if new:
                compared.passed_gone.append(known.pk)
        if new:
            compared.passed_new.append((partner, row))
            changes.tell(
                Difference(line=row[_LINE], nth=row[_NTH], what="passed", text=row[_ASSET])
            )
    for gone in stored.values():
        if gone.notice_id is None:
            compared.passed_gone.append(gone.pk)
            changes.tell(Difference(line=gone.line, nth=gone.nth, what="withheld", text=gone.asset))


def _passed_columns(one: Passed) -> tuple[Any, ...]:  # Any: text, numbers and None
    return tuple(text_of(one.at) if name == "at" else getattr(one, name) for name in PASSED)


def _tell_added(compared: _Compared, keeping: Keeping, changes: Changes) -> None:
    for row in keeping.added():
        known = compared.moved.get((row[_LINE], row[_NTH]))
        now = tuple(row[COLUMNS.index(name)] for name in _KEYS)
        changes.tell(
            Difference(
                line=row[_LINE],
                nth=row[_NTH],
                what="moved" if known else "added",
                text=str(now[1]),
                fields=tuple(
                    (name, before, after)
                    for name, before, after in zip(_KEYS, known.key, now, strict=True)
                    if before != after
                )
                if known
                else (),
            )
        )


def _write(blob_id: int, feed: str, compared: _Compared, changes: Changes, now: datetime) -> None:
    """Change what differs in one batch, within a transaction."""
    leaving = [*compared.moved.values(), *compared.removed]
    if compared.rejects_gone:
        Reject.objects.filter(pk__in=compared.rejects_gone).delete()
    writer = bulk()
    writer.begin()
    keeping = Keeping(blob_id=blob_id, now=now, writer=writer)
    affected = {s.episode_id for s in leaving} | {s.episode_id for s, _ in compared.changed}
    openers = _openers(blob_id, affected)
    before = _totals(affected)
    for stored in leaving:
        keeping.uncount(stored.values, opened=stored.id in openers)
    Event.objects.filter(pk__in=[stored.id for stored in leaving]).delete()
    for stored, row in compared.changed:
        opened = stored.id in openers
        keeping.uncount(stored.values, opened=opened)
        keeping.recount(row, opened=opened)
        Event.objects.filter(pk=stored.id).update(**_as_columns(row))
    latest = {stored.id: row for stored, row in compared.changed}
    left = {stored.episode_id for stored in leaving if stored.id in openers}
    for episode in Episode.objects.filter(pk__in=affected):
        opener = _rebuild(episode, latest, openers, lost=before[episode.pk], now=now)
        if opener is not None and episode.pk in left:
            _opened_by(opener, latest, keeping, now)
    keeping.keep(compared.added)
    keeping.reject(feed, compared.rejects_new)
    Passed.objects.filter(pk__in=compared.passed_gone, notice_id=None).delete()
    keeping.pass_on(compared.passed_new)
    keeping.write()
    _tell_added(compared, keeping, changes)


def _openers(blob_id: int, episodes: set[int]) -> set[int]:
    """Return the events of this delivery that opened an episode: the first of it there."""
    opened = Episode.objects.filter(pk__in=episodes, blob_id=blob_id).values_list("pk", flat=True)
    first: dict[int, int] = {}
    events = Event.objects.filter(episode_id__in=list(opened), blob_id=blob_id)
    for episode_id, pk in events.order_by("-line", "-nth").values_list("episode_id", "pk"):
        first[episode_id] = pk
    return set(first.values())


def _totals(episodes: set[int]) -> dict[int, int]:
    """Return for each episode how many of its events retention removed."""
    stored = dict(
        Event.objects.filter(episode_id__in=episodes)
        .values_list("episode_id")
        .annotate(n=Count("id"))
        .order_by()
    )
    counted = Episode.objects.filter(pk__in=episodes).values_list("pk", "events")
    return {pk: events - stored.get(pk, 0) for pk, events in counted}


def _opened_by(opener: Event, latest: dict[int, Row], keeping: Keeping, now: datetime) -> None:
    """Count an episode as opened by the first of its events that are left."""
    row = latest.get(opener.pk) or columns_of(opener)
    if opener.blob_id == keeping.blob_id:
        keeping.opened(row)
        return
    Episode.objects.filter(pk=opener.episode_id).update(blob_id=opener.blob_id)
    others = Keeping(blob_id=opener.blob_id, now=now, writer=keeping.writer)
    others.opened(row)
    others.write()


def _rebuild(
    episode: Episode, latest: dict[int, Row], openers: set[int], *, lost: int, now: datetime
) -> Event | None:
    """Make an episode what its events say, in the order in which they came; return the first."""
    found: Found | None = None
    first: Event | None = None
    events = Event.objects.filter(episode_id=episode.pk).order_by("id")
    for event in events.iterator(chunk_size=2_000):
        row = latest.get(event.pk) or (
            *columns_of(event),
            *(episode.problem, episode.seen, episode.brand, episode.holder, episode.fact, ""),
        )
        if found is None:
            first, found = event, Found.opened(row, episode.number)
        found.add(row, text_of(now))
        if event.pk in openers and event.pk in latest:
            for name in _ITSELF:
                setattr(episode, name, row[COLUMNS.index(name)])
    if found is None:
        if lost == 0:
            _remove(episode)
        return None
    _take_over(episode, found, lost)
    return first


def _take_over(episode: Episode, found: Found, lost: int) -> None:
    many = json.loads(found.all_told())
    if told := episode.many.get("constituents"):
        many["constituents"] = told
    if lost:
        # Events that retention removed still count, and the span still reaches back to them.
        first = min(text_of(episode.first_seen), found.first)
        feeds = list(dict.fromkeys([*episode.feeds, *json.loads(found.feeds)]))
        many = {**episode.many, **many}
    else:
        first, feeds = found.first, json.loads(found.feeds)
    network, asn, located, registered, why, constituent = found.facts
    Episode.objects.filter(pk=episode.pk).update(
        **{name: getattr(episode, name) for name in _ITSELF},
        events=found.events + lost,
        first_seen=_aware(first),
        last_seen=_aware(found.last),
        severity=found.severity,
        tlp=found.tlp,
        feeds=feeds,
        many=many,
        address=found.address,
        host=found.host,
        url=found.url,
        network=network,
        asn=asn,
        located=located,
        registered=registered,
        why=why,
        constituent_id=constituent,
    )
    Word.objects.filter(episode_id=episode.pk).delete()
    words = [Word(word=word, episode_id=episode.pk) for word in set(found.words)]
    Word.objects.bulk_create(words, ignore_conflicts=True)


def _remove(episode: Episode) -> None:
    """Remove an episode without events; one that a letter named stays, with none."""
    named = apps.get_model("notices", "NoticeItem").objects.filter(episode_id=episode.pk).exists()
    if named or episode.told_at is not None:
        Episode.objects.filter(pk=episode.pk).update(events=0)
        return
    Word.objects.filter(episode_id=episode.pk).delete()
    Episode.objects.filter(pk=episode.pk).delete()


def _as_columns(row: Row) -> dict[str, Any]:  # Any: as in Row
    values = dict(zip(EVENT, row, strict=False))
    return {**values, "at": _aware(row[_AT]), "details": json.loads(values["details"])}


def _stored_outside(blob_id: int) -> Outside:
    rows = Tally.objects.filter(blob_id=blob_id, why__in=OUTSIDE).exclude(events=0)
    return {
        (one.day.isoformat(), one.kind, one.family, one.why, one.country): one.events
        for one in rows
    }


def _add(total: Outside, more: Outside) -> None:
    for key, number in more.items():
        total[key] = total.get(key, 0) + number


def _recount(blob_id: int, changes: Changes, outside: int, reader: str) -> None:
    """Have the delivery's row say what it now holds, and leave no count of nothing."""
    for counts in (DayCount, Tally, ConstituentDay):
        counts.objects.filter(events=0, episodes=0).delete()
    ours = Event.objects.filter(blob_id=blob_id).count()
    rejects = Reject.objects.filter(blob_id=blob_id)
    blob = Blob.objects.select_for_update().get(pk=blob_id)
    blob.events = changes.read
    blob.ours = ours
    blob.outside = outside
    blob.duplicates = max(changes.read - outside - ours, 0)
    blob.rejects = rejects.count()
    blob.lines = max(blob.lines, rejects.aggregate(last=Max("line"))["last"] or 0)
    blob.reader = reader[:100]
    blob.save(
        update_fields=["events", "ours", "outside", "duplicates", "rejects", "lines", "reader"]
    )


def _aware(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


__all__: Sequence[str] = ("Changes", "Difference", "apply", "preview", "take_back")
