"""Keeps what was read: events, episodes, rejects and counts of one batch stand or fall together.

**Which episode.** An event belongs to the episode of its asset and problem within whose span, widened
by the kind's gap on both sides, it lies; of several the one it is nearest to, of equally near ones the
first. Otherwise it opens one under the next number. Events may come late: then a span grows
backwards. A late event between two episodes joins one of them; the two are never merged, since letters
name either of them: an episode's id means the same for ever.

**What is a duplicate.** The same feed and report saying the same of the same asset and problem at the
same time, with the same other end (port aside): counted in its Blob's ``duplicates`` and nowhere
else. Twins within one line's delivery, an overlapping delivery and a delivery sent again under other
bytes are all met by this.

**Seen again.** An event later than all before it clears the misses; it reopens an episode that was
unseen, and one that was fixed before the event.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, Final

from django.db import transaction

from lionrock.core.events import Severity
from lionrock.core.problems import gap_of
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.desk.events.models import Event, Standing
from lionrock.desk.events.services.bulk import CHANGED, MOVED, TOLD_MORE, Bulk, Key, Values, bulk
from lionrock.desk.events.services.rows import COLUMNS, EVENT, Batch, Row, text_of
from lionrock.desk.feeds.services.reading import Claim, Progress, advance

MANY: Final = 50
"""Values of a field that an episode keeps; beyond that it counts (``hosts_more``)."""
LONGEST_WORD: Final = 253
MOST_LABELS: Final = 4

_WHEN: Final = COLUMNS.index("at")
_FEED: Final = COLUMNS.index("feed")
_REPORT: Final = COLUMNS.index("report")
_KIND: Final = COLUMNS.index("kind")
_VARIANT: Final = COLUMNS.index("variant")
_SEVERITY: Final = COLUMNS.index("severity")
_ASSET_KIND: Final = COLUMNS.index("asset_kind")
_ASSET: Final = COLUMNS.index("asset")
_PART: Final = COLUMNS.index("part")
_ADDRESS: Final = COLUMNS.index("address")
_HOST: Final = COLUMNS.index("host")
_URL: Final = COLUMNS.index("url")
_PORT: Final = COLUMNS.index("port")
_TRANSPORT: Final = COLUMNS.index("transport")
_SERVICE: Final = COLUMNS.index("service")
_FAMILY: Final = COLUMNS.index("family")
_CVES: Final = COLUMNS.index("cves")
_OTHER_KIND: Final = COLUMNS.index("other_kind")
_OTHER: Final = COLUMNS.index("other")
_LOCATED: Final = COLUMNS.index("located")
_WHY: Final = COLUMNS.index("why")
_CONSTITUENT: Final = COLUMNS.index("constituent_id")
_TLP: Final = COLUMNS.index("tlp")
_PROBLEM: Final = COLUMNS.index("problem")
_SEEN: Final = COLUMNS.index("seen")
_BRAND: Final = COLUMNS.index("brand")
_HOLDER: Final = COLUMNS.index("holder")
_FACT: Final = COLUMNS.index("fact")
_OTHERS_TOLD: Final = COLUMNS.index("others_told")
_KEY: Final = itemgetter(_ASSET, _PROBLEM, _ASSET_KIND)
_SAID: Final = itemgetter(_WHEN, _FEED, _REPORT, _OTHER_KIND, _OTHER)
"""What makes two events of one episode the same observation, as ``TWIN`` has it."""
_TALLIED: Final = itemgetter(_FEED, _KIND, _FAMILY, _WHY, _LOCATED, _CONSTITUENT)
_ID: Final = attrgetter("id")
_PLACE: Final = slice(COLUMNS.index("network"), COLUMNS.index("constituent_id") + 1)
"""What the latest event says of an episode's asset: network, asn, located, registered, why, whose."""
_EVENT_WIDTH = len(EVENT)
PASSED: Final = (
    *("line", "nth", "feed", "report", "at", "kind", "variant", "severity", "asset_kind", "asset"),
    *("part", "address", "host", "url", "port", "transport", "service", "family", "cves"),
    *("other_kind", "other", "network", "asn", "located", "tlp", "problem", "seen", "brand"),
)
"""What is kept of an event that is passed on."""
passed_of: Final = itemgetter(*(COLUMNS.index(name) for name in PASSED))
_SEVERITIES = {severity.value: rank for rank, severity in enumerate(Severity)}
_LABELS = {label.value: rank for rank, label in enumerate(Tlp)}
_GAPS: dict[str, timedelta] = {kind.value: gap_of(kind) for kind in Rsit}
_TALLY = ("day", "feed", "kind", "family", "why", "country")

_OPENED: Final = (
    *("asset_kind", "asset", "problem", "number", "kind", "variant", "part", "severity", "seen"),
    *("family", "service", "port", "transport", "brand", "address", "host", "url", "network"),
    *("asn", "holder", "located", "registered", "why", "fact", "constituent_id", "tlp"),
    *("first_seen", "last_seen", "events", "feeds", "many", "standing", "standing_since"),
    *("fixed_by", "misses", "blob_id", "last_blob_id", "told_at", "id"),
)
"""Every column of a new episode."""


def keep_batch(*, held: Claim, feed: str, batch: Batch, reader: str = "", now: datetime) -> Claim:
    """Keep a batch in one transaction and return the claim as it then stands.

    The last batch marks the Blob complete. Raises Lost, and keeps nothing, when somebody else took
    the delivery over.
    """
    with transaction.atomic():
        writer = bulk()
        writer.begin()
        kept = Keeping(blob_id=held.blob_id, now=now, writer=writer)
        kept.keep(batch.rows)
        kept.reject(feed, batch.rejects)
        kept.count_outside(feed, batch.outside)
        kept.pass_on(batch.passed)
        kept.write()
        return advance(
            held=held,
            progress=Progress(
                lines=batch.lines,
                nth=batch.nth,
                events=batch.events,
                ours=kept.ours,
                outside=batch.events - len(batch.rows),
                duplicates=kept.duplicates,
                rejects=len(batch.rejects),
                fresh=kept.fresh,
                last=batch.last,
            ),
            reader=reader,
            now=now,
        )


@dataclass(slots=True)
class Found:
    """An episode while events are added to it: ``KNOWN``'s columns, in its order, and what became of
    them."""

    id: int
    number: int
    first: str
    last: str
    events: int
    severity: str
    tlp: str
    standing: str
    standing_since: str | None
    misses: int
    feeds: str
    many: str
    """Both as JSON: few events change them, and reading them for each would cost more than all else."""
    address: str
    host: str
    url: str
    facts: tuple[Any, ...]  # Any: the columns of ``row[_PLACE]``
    holder: str
    fact: str
    kind: str
    opened_by: Row | None = None
    """The event that opened it, in this batch."""
    parsed: dict[str, Any] | None = None  # Any: lists of text, and counts
    """``many``, once an event had something to add to it."""
    more: bool = False
    """It goes further back, or is known by more."""
    changed: bool = False
    """More than that changed."""
    words: list[str] = field(default_factory=list)
    """By what it should be found from now on."""

    @classmethod
    def known(cls, values: Values, kind: str) -> "Found":
        """Return an episode as the database has it."""
        rest: Values = (values[18:24], *values[24:26], kind)
        return cls(*values[3:18], *rest)

    @classmethod
    def opened(cls, row: Row, number: int) -> "Found":
        """Return the episode that an event opens."""
        at = row[_WHEN]
        return cls(
            id=0,
            number=number,
            first=at,
            last=at,
            events=0,
            severity=row[_SEVERITY],
            tlp=row[_TLP],
            standing=Standing.OPEN.value,
            standing_since=None,
            misses=0,
            feeds=_feeds(row[_FEED]),
            many="{}",
            address=row[_ADDRESS],
            host=row[_HOST],
            url=row[_URL],
            facts=row[_PLACE],
            holder=row[_HOLDER],
            fact=row[_FACT],
            kind=row[_KIND],
            opened_by=row,
            words=list(words_about(row)),
        )

    def holds(self, at: str) -> bool:
        """Tell whether a time lies within the span."""
        return self.first <= at <= self.last

    def distance(self, at: str) -> timedelta:
        """Return how far outside the span a time lies."""
        if self.holds(at):
            return timedelta(0)
        when = _time(at)  # all of them UTC
        return _time(self.first) - when if at < self.first else when - _time(self.last)

    def add(self, row: Row, now: str) -> None:
        """Take an event in."""
        at = row[_WHEN]
        self.events += 1
        if at > self.last:
            self._seen_again(row, at, now)
        elif at < self.first:
            self.first = at
            self.more = True
        if row[_SEVERITY] != self.severity and (
            _SEVERITIES[row[_SEVERITY]] < _SEVERITIES[self.severity]
        ):
            self.severity = row[_SEVERITY]
            self.changed = True
        if row[_TLP] != self.tlp and _LABELS[row[_TLP]] > _LABELS[self.tlp]:
            self.tlp = row[_TLP]
            self.changed = True
        if f'"{row[_FEED]}"' not in self.feeds:
            self.feeds = json.dumps([*json.loads(self.feeds), row[_FEED]])
            self.words.append(f"feed:{row[_FEED]}")
            self.more = True
        if row[_HOST] != self.host or row[_URL] != self.url or row[_ADDRESS] != self.address:
            self._names(row)
        if row[_CVES]:
            for cve in row[_CVES].split(","):
                if self._more("cves", cve):
                    self.words.append(cve.lower())
        if row[_OTHER] and self._more("others", row[_OTHER]):
            self.words.append(row[_OTHER][:LONGEST_WORD])
        if row[_OTHERS_TOLD]:
            for constituent in row[_OTHERS_TOLD].split(","):
                self._more("constituents", constituent)

    def _seen_again(self, row: Row, at: str, now: str) -> None:
        self.last = at
        if self.misses:
            self.misses = 0
        unseen = self.standing == Standing.UNSEEN.value
        fixed = self.standing == Standing.FIXED.value and at > (self.standing_since or "")
        if unseen or fixed:
            self.standing = Standing.OPEN.value
            self.standing_since = now
            self.changed = True
        if row[_PLACE] != self.facts:
            self.facts, self.holder, self.fact = row[_PLACE], row[_HOLDER], row[_FACT]
            self.changed = True

    def _names(self, row: Row) -> None:
        """Fill what was not known, and keep beside it what is told differently."""
        for name, place, names in _NAMES:
            told, known = row[place], getattr(self, name)
            if told == known or not told:
                continue
            if not known:
                setattr(self, name, told)
                self.more = True
            elif not self._more(names, told):
                continue
            if name == "host":
                self.words.extend(labels_of(told))
            elif name == "address":
                self.words.append(told)

    def _more(self, name: str, value: str) -> bool:
        """Keep one more value of a field and return True, or count what is beyond the limit."""
        many = self.parsed
        if many is None:
            many = self.parsed = {} if self.many == "{}" else json.loads(self.many)
        values: list[str] | None = many.get(name)
        if values is None:
            values = many[name] = []
        elif value in values:
            return False
        self.more = True
        if len(values) >= MANY:
            many[f"{name}_more"] = many.get(f"{name}_more", 0) + 1
            return False
        values.append(value)
        return True

    def all_told(self) -> str:
        """Return the fields with several values as JSON."""
        return self.many if self.parsed is None else json.dumps(self.parsed)


_time: Final = datetime.fromisoformat
_NAMES: Final = (
    ("address", _ADDRESS, "addresses"),
    ("host", _HOST, "hosts"),
    ("url", _URL, "urls"),
)


def choose(episodes: Sequence[Found], at: str, kind: str) -> Found | None:
    """Return the episode that an event at that time belongs to; see the top of this file."""
    if len(episodes) == 1 and episodes[0].holds(at):
        return episodes[0]
    gap = _GAPS[kind]
    near = [(far, e.number, e) for e in episodes if (far := e.distance(at)) <= gap]
    return min(near, key=lambda one: one[:2])[2] if near else None


def words_about(row: Row) -> Iterator[str]:
    """Yield the words under which a new episode is found; its asset is found anyway."""
    yield f"feed:{row[_FEED]}"
    for value in (row[_FAMILY], row[_BRAND]):
        if value:
            yield value.lower()[:LONGEST_WORD]
    if row[_ADDRESS] and row[_ADDRESS] != row[_ASSET]:
        yield row[_ADDRESS]
    if row[_HOST]:
        yield from labels_of(row[_HOST])


def labels_of(host: str) -> Iterator[str]:
    """Yield a host name from each of its last labels on, the last one alone excepted."""
    yield host
    rest = host
    for _ in range(min(host.count(".") - 1, MOST_LABELS)):
        rest = rest.partition(".")[2]
        yield rest


@dataclass(slots=True)
class Keeping:
    """What one transaction does to episodes, events and counts."""

    blob_id: int
    now: datetime
    writer: Bulk
    ours: int = 0
    fresh: int = 0
    duplicates: int = 0
    _events: list[tuple[Found, Row]] = field(default_factory=list)
    _opened: list[Found] = field(default_factory=list)
    _tally: dict[Values, list[int]] = field(default_factory=dict)
    _days: dict[Values, list[int]] = field(default_factory=dict)
    _touched: dict[str, list[int]] = field(default_factory=dict)

    def keep(self, rows: Sequence[Row]) -> None:
        """Find every event's episode, add it there or meet it as a duplicate."""
        keys: list[Key] = list(map(_KEY, rows))
        kinds = dict(zip(keys, rows, strict=True))
        known: dict[Key, list[Found]] = {}
        # In order of the index, so that neighbours lie on pages at hand.
        for values in self.writer.episodes(sorted(kinds)):
            key = (values[0], values[1], values[2])
            known.setdefault(key, []).append(Found.known(values, kinds[key][_KIND]))
        twins = self._twins(rows, keys, known)
        now = text_of(self.now)
        for row, key in zip(rows, keys, strict=True):
            at = row[_WHEN]
            episodes = known.get(key)
            episode = choose(episodes, at, row[_KIND]) if episodes else None
            if episode is None:
                number = max((e.number for e in episodes), default=0) + 1 if episodes else 1
                episode = Found.opened(row, number)
                known.setdefault(key, []).append(episode)
                self._opened.append(episode)
            identity = (id(episode), _SAID(row))
            if identity in twins:
                self.duplicates += 1
                continue
            twins.add(identity)
            episode.add(row, now)
            self._events.append((episode, row))
        self.ours = len(self._events)
        self._count()

    def _twins(
        self, rows: Sequence[Row], keys: Sequence[Key], known: dict[Key, list[Found]]
    ) -> set[Values]:
        """Return the identities of stored events at the times at which ours may be their twins."""
        places: dict[tuple[int, str], Found] = {}
        for row, key in zip(rows, keys, strict=True):
            at = row[_WHEN]
            for episode in known.get(key, ()):
                if episode.holds(at):
                    places[episode.id, at] = episode
        if not places:
            return set()
        return {
            (id(places[values[0], values[1]]), values[1:])
            for values in self.writer.twins(sorted(places))
        }

    def _count(self) -> None:
        """Count all events, and which of them opened an episode."""
        opened = Counter(_counted(e.opened_by) for e in self._opened if e.opened_by is not None)
        for key, number in Counter([_counted(row) for _, row in self._events]).items():
            self._tell(key, number, opened[key])

    def added(self) -> Iterator[Row]:
        """Yield the rows that were added: those kept that are no duplicates."""
        return (row for _, row in self._events)

    def recount(self, row: Row, *, opened: bool) -> None:
        """Count an event that is stored already."""
        self._tell(_counted(row), 1, int(opened))

    def uncount(self, row: Row, *, opened: bool) -> None:
        """Take back what was counted of an event; only its own columns are looked at."""
        self._tell(_counted(row), -1, -int(opened))

    def opened(self, row: Row) -> None:
        """Count an episode as opened by an event that is counted already."""
        self._tell(_counted(row), 0, 1)

    def _tell(self, key: Values, events: int, episodes: int) -> None:
        day, _, kind, *_, constituent = key
        counts = [self._tally.setdefault(key[:-1], [0, 0])]
        if constituent is not None:
            counts.append(self._days.setdefault((constituent, day, kind), [0, 0]))
        for count in counts:
            count[0] += events
            count[1] += episodes
        touched = self._touched.setdefault(day, [0, 0])
        touched[0] += abs(events)
        touched[1] += abs(episodes)

    def count_outside(self, feed: str, outside: dict[tuple[str, str, str, str, str], int]) -> None:
        """Count what is outside the region: by country alone, and stored nowhere."""
        for (day, kind, family, why, country), number in outside.items():
            count = self._tally.setdefault((day, feed, kind, family, why, country), [0, 0])
            count[0] += number

    def pass_on(self, passed: Sequence[tuple[int, Row]]) -> None:
        """Store what partners get, apart from all that is the region's."""
        if passed:
            self.writer.insert(
                "events_passed",
                ("blob_id", "partner_id", *PASSED),
                [(self.blob_id, partner, *passed_of(row)) for partner, row in passed],
            )

    def reject(self, feed: str, rejects: Iterable[tuple[int, int, str, str, bool]]) -> None:
        """Store what could not be read."""
        at = text_of(self.now)
        self.writer.insert(
            "events_reject",
            ("blob_id", "line", "nth", "feed", "at", "text", "why", "whole"),
            [
                (self.blob_id, line, nth, feed, at, text, why, whole)
                for line, nth, text, why, whole in rejects
            ],
        )

    def write(self) -> None:
        """Write everything, each table in the order of its keys."""
        writer = self.writer
        self.fresh = len(self._opened)
        if self._opened:
            ids = writer.ids("events_episode", len(self._opened))
            for episode, given in zip(self._opened, ids, strict=True):
                episode.id = given
            writer.insert("events_episode", _OPENED, [self._new(e) for e in self._opened])
        touched = sorted(
            {e.id: e for e, _ in self._events if e.opened_by is None}.values(), key=_ID
        )
        blob = self.blob_id
        writer.update(
            MOVED,
            [
                (e.last, e.events, e.misses, blob, e.id)
                for e in touched
                if not e.more and not e.changed
            ],
        )
        writer.update(
            TOLD_MORE,
            [
                (
                    *(e.first, e.last, e.events, e.misses, blob, e.feeds, e.all_told()),
                    *(e.address, e.host, e.url, e.id),
                )
                for e in touched
                if e.more and not e.changed
            ],
        )
        writer.update(CHANGED, [self._changed(e) for e in touched if e.changed])
        writer.insert(
            "events_event",
            ("blob_id", "episode_id", *EVENT),
            [(self.blob_id, e.id, *row[:_EVENT_WIDTH]) for e, row in self._events],
        )
        writer.insert("events_word", ("word", "episode_id"), _words(self._opened))
        writer.words(_words(touched))
        counts = [(*key, *count) for key, count in sorted(self._tally.items()) if any(count)]
        writer.add("events_daycount", _TALLY, counts)
        writer.add("events_tally", ("blob_id", *_TALLY), [(self.blob_id, *one) for one in counts])
        writer.add(
            "events_constituentday",
            ("constituent_id", "day", "kind"),
            [(*key, *count) for key, count in sorted(self._days.items()) if any(count)],
        )
        writer.add(
            "events_touchedday",
            ("day",),
            [(day, *count) for day, count in sorted(self._touched.items())],
        )

    def _new(self, episode: Found) -> Values:
        row = episode.opened_by
        assert row is not None  # noqa: S101  # it is among the opened
        network, asn, located, registered, why, constituent = episode.facts
        return (
            *(row[_ASSET_KIND], row[_ASSET], row[_PROBLEM], episode.number, row[_KIND]),
            *(row[_VARIANT], row[_PART], episode.severity, row[_SEEN], row[_FAMILY]),
            *(row[_SERVICE], row[_PORT], row[_TRANSPORT], row[_BRAND], episode.address),
            *(episode.host, episode.url, network, asn, episode.holder, located, registered, why),
            *(episode.fact, constituent, episode.tlp, episode.first, episode.last),
            *(episode.events, episode.feeds, episode.all_told()),
            *(episode.standing, None, "", 0, self.blob_id, self.blob_id, None, episode.id),
        )

    def _changed(self, e: Found) -> Values:
        return (
            *(e.first, e.last, e.events, e.severity, e.tlp, e.standing, e.standing_since, e.misses),
            *(e.feeds, e.all_told(), e.address, e.host, e.url, *e.facts),
            *(e.holder, e.fact, self.blob_id, e.id),
        )


def columns_of(event: Event) -> Row:
    """Return a stored event's columns as the beginning of its row."""
    values = [getattr(event, name) for name in EVENT]
    values[_WHEN] = text_of(event.at)
    values[-1] = json.dumps(event.details)
    return tuple(values)


def _words(episodes: Iterable[Found]) -> list[tuple[str, int]]:
    return sorted({(word, e.id) for e in episodes for word in e.words})


def _counted(row: Row) -> Values:
    """Return by what an event is counted: the columns of a tally, and its constituent."""
    return (row[_WHEN][:10], *_TALLIED(row))


@cache
def _feeds(feed: str) -> str:
    return json.dumps([feed])
