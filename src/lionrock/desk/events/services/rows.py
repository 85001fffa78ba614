"""Makes table rows of what was read, away from Django: a reading process of its own does this work.

Rows are plain tuples, for speed: ``COLUMNS`` names their fields, and one Batch of them is one
transaction.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, Final

from lionrock.core.cells import Cells
from lionrock.core.events import Event, Part, Reject, Seen
from lionrock.core.facts import Facts, Scope
from lionrock.core.problems import problem_of, told_apart_by_service
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp

BATCH: Final = 16_000
"""Events and rejects of one transaction at most."""

PIECE: Final = 1_000
"""Events that are enriched and made rows at a time: few enough that little memory holds them."""

EVENT: Final = (
    *("line", "nth", "feed", "report", "at", "kind", "variant", "severity"),
    *("asset_kind", "asset", "part", "address", "host", "url", "port", "transport", "service"),
    *("family", "cves", "other_kind", "other", "other_port", "other_asn", "other_country"),
    *("network", "asn", "located", "registered", "why", "constituent_id", "tlp", "count", "ref"),
    "details",
)
"""The columns of an event that follow from its delivery and our tables, in a row's order."""
COLUMNS: Final = (*EVENT, "problem", "seen", "brand", "holder", "fact", "others_told")
"""A whole row: behind the event's columns stands what its episode keeps."""

Row = tuple[Any, ...]  # Any: text, numbers and None in the order of COLUMNS
Outside = dict[tuple[str, str, str, str, str], int]
"""Counts by day, kind, family, reason and country."""
Enrich = Callable[[Sequence[Event]], Sequence[tuple[Facts, Scope]]]
PassOn = Callable[[Event, Facts], Sequence[int]]
"""Says which partners get an event outside the region."""

LONGEST_URL: Final = 2048
LONGEST_PROBLEM: Final = 300
LONGEST_DETAILS: Final = 32_768
MOST_PROBLEMS: Final = 50_000
_BY_SERVICE: Final = frozenset(kind.value for kind in Rsit if told_apart_by_service(kind))
_UNSTORABLE: Final = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class Batch:
    """What one transaction keeps: ``lines`` and ``nth`` say how far it goes, ``last`` that it ends."""

    lines: int = 0
    nth: int = 0
    line_events: int = 0
    """How many events of the last line there are up to here."""
    line_rejects: int = 0
    rows: list[Row] = field(default_factory=list)
    rejects: list[tuple[int, int, str, str, bool]] = field(default_factory=list)
    """Line, nth, text, why, whole."""
    outside: Outside = field(default_factory=dict)
    passed: list[tuple[int, Row]] = field(default_factory=list)
    """Partners, and the outside events that they get."""
    events: int = 0
    """Events read, the outside ones among them."""
    last: bool = False

    def packed(self) -> tuple[Any, ...]:  # Any: what marshal takes
        """Return the batch as plain values, to be handed to another process."""
        return (
            *(self.lines, self.nth, self.line_events, self.line_rejects, self.rows, self.rejects),
            *(self.outside, self.passed, self.events, self.last),
        )

    @classmethod
    def unpacked(cls, values: tuple[Any, ...]) -> "Batch":  # Any: as above
        """Return the batch that ``packed`` gave."""
        lines, nth, line_events, line_rejects, rows, rejects, *rest = values
        outside, passed, events, last = rest
        return cls(
            lines=lines,
            nth=nth,
            line_events=line_events,
            line_rejects=line_rejects,
            rows=rows,
            rejects=rejects,
            outside=outside,
            passed=passed,
            events=events,
            last=last,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What of a feed goes into every row: its id, its label, how it sees."""

    feed: str
    tlp: Tlp
    seen: Seen


def batches(
    items: Iterable[Event | Reject],
    *,
    source: Source,
    enrich: Enrich,
    pass_on: PassOn | None = None,
    after: tuple[int, int] = (0, 0),
    size: int = BATCH,
) -> Iterator[Batch]:
    """Yield what was read as batches, the last of them marked; skip what a Blob says is committed.

    ``after`` is a Blob's ``lines`` and ``nth``. The events of one line are numbered here, so that
    no two share a name whatever the reader says.
    """
    make = _Maker(source)
    lines, nth = after
    line = count = events = rejects = 0
    batch = Batch(lines=lines, nth=nth)
    pending: list[tuple[Event, int, int]] = []
    held = 0
    for item in items:
        at = max(item.line, line)  # never backwards, or a restart would not know where it was
        if at != line:
            line, count, events, rejects = at, 0, 0, 0
        count += 1
        known = at < lines or (at == lines and count <= nth)
        if isinstance(item, Reject):
            if not known:
                text = item.text.replace("\0", "�").encode("utf-8", "replace").decode()
                why = storable(item.why)[:300]
                batch.rejects.append((at, rejects, text, why, item.whole))
            rejects += 1
        else:
            if not known:
                pending.append((item, at, events))
            events += 1
        if known:
            continue
        held += 1
        batch.lines, batch.nth = at, count
        batch.line_events, batch.line_rejects = events, rejects
        if len(pending) >= PIECE or held >= size:
            _fill(batch, pending, make, enrich, pass_on)
            pending = []
        if held >= size:
            yield batch
            batch = Batch(lines=at, nth=count)
            held = 0
    _fill(batch, pending, make, enrich, pass_on)
    batch.last = True
    yield batch


def _fill(
    batch: Batch,
    pending: Sequence[tuple[Event, int, int]],
    make: "_Maker",
    enrich: Enrich,
    pass_on: PassOn | None,
) -> None:
    told = enrich([event for event, _, _ in pending])
    batch.events += len(pending)
    outside = batch.outside
    for (event, line, nth), (facts, scope) in zip(pending, told, strict=True):
        if scope.kept:
            batch.rows.append(make.row(event, line, nth, facts, scope))
        else:
            key = make.outside(event, facts, scope)
            outside[key] = outside.get(key, 0) + 1
            if pass_on is not None and (partners := pass_on(event, facts)):
                row = make.row(event, line, nth, facts, scope)
                batch.passed.extend((partner, row) for partner in partners)


class _Maker:
    """Makes rows, remembering the problems it met."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tlp = source.tlp.value
        self._problems: dict[tuple[object, ...], str] = {}

    def row(self, event: Event, line: int, nth: int, facts: Facts, scope: Scope) -> Row:
        """Return the event's row, its values cut to what their columns hold.

        What stands in an event is storable: ``read_delivery`` saw to that.
        """
        url = event.url
        other = event.other
        constituents = scope.constituents
        asset = event.asset
        return (
            line,
            nth,
            self._source.feed,
            event.report[:100],
            text_of(event.at),
            event.kind._value_,
            event.variant[:40],
            event.severity._value_,
            asset.kind._value_,
            asset.value if len(asset.value) <= LONGEST_URL else asset.value[:LONGEST_URL],
            event.part._value_,
            event.address or "",
            (event.host or "")[:253],
            url[:LONGEST_URL] if url else "",
            event.port,
            event.transport[:10] if event.transport else "",
            event.service[:40] if event.service else "",
            event.family[:100] if event.family else "",
            ",".join(event.cves)[:500] if event.cves else "",
            other.kind._value_ if other else "",
            other.value[:LONGEST_URL] if other else "",
            event.other_port,
            event.other_asn,
            (event.other_country or "")[:2],
            facts.network or "",
            facts.asn if facts.asn is not None else event.reported_asn,
            (facts.located or event.reported_country or "")[:2],
            (facts.registered or "")[:2],
            scope.why._value_,
            constituents[0] if constituents else None,
            event.tlp._value_ if event.tlp else self._tlp,
            min(max(event.count, 1), 2**31 - 1),
            event.ref[:200] if event.ref else "",
            self._details(event),
            self.problem(event),
            event.seen._value_,
            (event.brand or "")[:100],
            (facts.holder or "")[:200],
            scope.fact[:300],
            ",".join(map(str, constituents[1:])) if len(constituents) > 1 else "",
        )

    def problem(self, event: Event) -> str:
        """Return the problem's key, cut to its column in a way that keeps two apart."""
        kind = event.kind._value_
        about: tuple[object, ...] = (kind, event.variant, event.family)
        if kind in _BY_SERVICE:
            about = (*about, event.service, event.port, event.transport, event.cves)
        known = self._problems.get(about)
        if known is None:
            known = problem_of(event).key
            if len(known) > LONGEST_PROBLEM:
                known = f"{known[: LONGEST_PROBLEM - 17]}~{_fingerprint(known)}"
            if len(self._problems) >= MOST_PROBLEMS:
                self._problems.clear()
            self._problems[about] = known
        return known

    def outside(self, event: Event, facts: Facts, scope: Scope) -> tuple[str, str, str, str, str]:
        """Return what an event outside the region is counted under."""
        return (
            text_of(event.at)[:10],
            event.kind._value_,
            storable((event.family or "")[:100]),
            scope.why._value_,
            (facts.located or event.reported_country or "")[:2],
        )

    def _details(self, event: Event) -> str:
        told = event.details
        if type(told) is Cells and told.plain and not event.brand:
            text = told.json()
            more = "" if event.until is None else f', "@until": "{_iso(event.until, "T")}+00:00"'
            if event.other_part is not None:
                more += _OTHER_PARTS[event.other_part]
            if event.seen is not self._source.seen:
                more += _SEEN[event.seen]
            if more:
                text = f"{text[:-1]}{more}}}" if told.texts else f"{{{more[2:]}}}"
            if len(text) <= LONGEST_DETAILS:
                return text
        details: dict[str, Any] = dict(told)  # Any: JSON values
        if event.until is not None:
            details["@until"] = event.until.isoformat()
        if event.other_part is not None:
            details["@other_part"] = event.other_part._value_
        if event.brand:
            details["@brand"] = event.brand
        if event.seen is not self._source.seen:
            details["@seen"] = event.seen._value_
        if not details:
            return "{}"
        text = _json(details)
        if len(text) > LONGEST_DETAILS:
            text = json.dumps(_cut(details))
        if "\\u" in text and _UNSTORABLE.search(text):
            text = json.dumps(_clean(json.loads(text)))
        return text


_OTHER_PARTS: Final = {part: f', "@other_part": "{part}"' for part in Part}
_SEEN: Final = {seen: f', "@seen": "{seen}"' for seen in Seen}


def _json(details: Mapping[str, Any]) -> str:  # Any: JSON values
    """Return what ``json.dumps`` does; most values are plain text, which is quicker said by hand."""
    try:
        return "{" + ", ".join([f"{_quoted(k)}: {_quoted(v)}" for k, v in details.items()]) + "}"
    except TypeError:
        return json.dumps(details)


def text_of(at: datetime) -> str:
    """Return a time as both databases store it: UTC, without a zone."""
    return _iso(at, " ")


def _iso(at: datetime, between: str) -> str:
    """Return what ``isoformat`` says of a time in UTC, without the zone; it takes thrice as long."""
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    if at.year < 1000:
        return at.isoformat(between)[:-6]
    text = (
        f"{at.year}-{_TWO[at.month]}-{_TWO[at.day]}"
        f"{between}{_TWO[at.hour]}:{_TWO[at.minute]}:{_TWO[at.second]}"
    )
    return f"{text}.{at.microsecond:06}" if at.microsecond else text


_TWO: Final = tuple(f"{number:02}" for number in range(100))


def storable(text: str) -> str:
    """Return text that every database takes: no NUL, no lone surrogate."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "�").encode("utf-8", "replace").decode()


def _fingerprint(text: str) -> str:
    from hashlib import blake2b  # noqa: PLC0415  # for the rare long key alone

    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _cut(details: Mapping[str, Any]) -> dict[str, Any]:  # Any: JSON values
    """Return what of the details fits, in their order, and how many were left out."""
    kept: dict[str, Any] = {}  # Any: as above
    room = LONGEST_DETAILS - 100
    for key, value in details.items():
        room -= len(json.dumps([key, value]))
        if room < 0:
            kept["@cut"] = str(len(details) - len(kept))
            break
        kept[key] = value
    return kept


def _clean(value: Any) -> Any:  # Any: JSON values
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_clean(member) for member in value]
    if isinstance(value, dict):
        return {storable(key): _clean(member) for key, member in value.items()}
    return value
