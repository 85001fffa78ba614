"""Tells partners of what is outside the region: the same road as every notice, from tables of its own.

A problem on an asset is passed on once, as an episode is told once: what a partner was told of within
the problem's gap only joins the notice that told it. Nobody escalates, rechecks or counts it: that is
the partner's work.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from lionrock.core.events import Severity
from lionrock.core.problems import gap_of
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp, narrowest
from lionrock.desk.constituents.models import Constituent, ConstituentKind, Mode
from lionrock.desk.events.models import Passed
from lionrock.desk.feeds.models import Blob, BlobState
from lionrock.desk.notices.models import Notice, NoticeState
from lionrock.desk.notices.services.age import long_past
from lionrock.desk.notices.services.items import item_from
from lionrock.desk.notices.services.rules import ESCALATE_DAYS, Ruling, due
from lionrock.desk.notices.services.stale import changed
from lionrock.desk.notices.services.tickets import next_ticket
from lionrock.letters.notice import Item

CHUNK: Final = 5_000
"""Rows of one transaction."""
MOST: Final = 10_000
"""Rows from which on a notice takes no more: what comes next makes one of its own."""
LOOKED_UP: Final = 500
SHOWN_COUNTRIES: Final = 12
MANY: Final = 50
"""Values of a field that an item tells."""
_OPEN_NOTICES: Final = [NoticeState.WAITING, NoticeState.HELD, NoticeState.READY]
_WORST_FIRST: Final = [severity.value for severity in Severity]
_RULING: Final = Ruling(when="digest", escalate_days=ESCALATE_DAYS, rule="")

Key = tuple[str, str, str]
"""An asset's kind, the asset, the problem."""


def route_passed(*, now: datetime) -> int:
    """Make notices of what complete deliveries keep for partners; return how many were made or grew.

    Rows name their notice in the transaction that makes it: done twice, or by two workers at once,
    nothing is told twice.
    """
    waiting = Passed.objects.filter(notice_id=None).order_by("partner_id")
    zone = ZoneInfo(settings.TIME_ZONE)
    touched: set[int] = set()
    for partner_id in list(waiting.values_list("partner_id", flat=True).distinct()):
        after: int | None = 0
        while after is not None:
            after, made = _route_some(partner_id, after, zone, now)
            touched |= made
    return len(touched)


@transaction.atomic
def _route_some(
    partner_id: int, after: int, zone: tzinfo, now: datetime
) -> tuple[int | None, set[int]]:
    """Route some of a partner's rows behind an id; return the last one's, None when that was all."""
    partner = (
        Constituent.objects.select_for_update()
        .filter(pk=partner_id, active=True, kind=ConstituentKind.PARTNER)
        .first()
    )
    if partner is None:
        return None, set()
    complete = Blob.objects.filter(state=BlobState.COMPLETE).values("pk")
    rows = list(
        Passed.objects.filter(
            partner_id=partner_id, notice_id=None, id__gt=after, blob_id__in=complete
        ).order_by("id")[:CHUNK]
    )
    if not rows:
        return None, set()
    ceiling = Tlp(partner.ceiling)
    due = [row for row in rows if Tlp(row.tlp).allows(ceiling) and not long_past(row.at, now=now)]
    # The ceiling was lowered since they were read, or they are no news; counted they are anyway.
    undue = {row.pk for row in rows} - {row.pk for row in due}
    Passed.objects.filter(pk__in=undue).delete()
    fresh = _untold(partner_id, due)
    made = {_tell(partner, fresh, zone, now)} if fresh else set()
    return rows[-1].pk, made


def _untold(partner_id: int, rows: Sequence[Passed]) -> list[Passed]:
    """Return the rows of which the partner was not told; the others join the notice that told it."""
    told: dict[Key, tuple[datetime, int]] = {}
    assets = sorted({row.asset for row in rows})
    for start in range(0, len(assets), LOOKED_UP):
        known = Passed.objects.filter(
            partner_id=partner_id, asset__in=assets[start : start + LOOKED_UP]
        ).exclude(notice_id=None)
        columns = ("asset_kind", "asset", "problem", "at", "notice_id")
        for kind, asset, problem, at, notice in known.order_by("at").values_list(*columns):
            told[kind, asset, problem] = (at, notice)
    fresh: list[Passed] = []
    joined: dict[int, list[int]] = {}
    for row in sorted(rows, key=lambda one: (one.at, one.pk)):
        before = told.get(_key(row))
        if before is None or row.at > before[0] + gap_of(Rsit(row.kind)):
            fresh.append(row)
            continue
        told[_key(row)] = (max(row.at, before[0]), before[1])
        joined.setdefault(before[1], []).append(row.pk)
    for notice_id, ids in joined.items():
        Passed.objects.filter(pk__in=ids).update(notice_id=notice_id)
    return fresh


def _tell(partner: Constituent, rows: Sequence[Passed], zone: tzinfo, now: datetime) -> int:
    """Write the rows into the partner's next notice, making it where there is none; return its id."""
    not_before = due(_RULING, partner, now=now, zone=zone)
    at_once = not_before <= now
    when = f"{now.isoformat()}" if at_once else f"{not_before.astimezone(zone):%Y-%m-%d}"
    key = f"pass|c{partner.pk}|{when}"
    notice = _open_notice(key)
    if notice is None:
        if Notice.objects.filter(key=key).exists():
            key = f"{key}|p{rows[0].pk}"  # that one is on its way already
        notice = Notice(
            ticket=next_ticket(now=now),
            constituent=partner,
            told=partner.name,
            kind=rows[0].kind,
            severity=rows[0].severity,
            language=partner.language,
            key=key,
            state=NoticeState.READY if partner.mode == Mode.AUTOMATIC else NoticeState.WAITING,
            not_before=not_before,
            made_at=now,
            tlp=rows[0].tlp,
            passes=True,
        )
        _describe(notice, rows)
        notice.save(force_insert=True)
    else:
        _describe(notice, rows)
        changed(notice, "kind", "severity", "tlp", "why")
    for start in range(0, len(rows), LOOKED_UP):
        ids = [row.pk for row in rows[start : start + LOOKED_UP]]
        Passed.objects.filter(pk__in=ids).update(notice_id=notice.pk)
    return notice.pk


def _open_notice(key: str) -> Notice | None:
    """Return the notice under a key, or a later one of that day, that nothing was written of yet."""
    found = Notice.objects.select_for_update().filter(
        key__startswith=key, passes=True, state__in=_OPEN_NOTICES
    )
    return next((one for one in found.order_by("pk") if _takes_more(one)), None)


def _takes_more(notice: Notice) -> bool:
    full = Passed.objects.filter(notice_id=notice.pk)[:MOST].count() >= MOST
    return not full and not notice.letters.exists()


def _describe(notice: Notice, rows: Sequence[Passed]) -> None:
    """Have a notice say what these rows add to it."""
    kinds = {notice.kind, *(row.kind for row in rows)}
    notice.kind = kinds.pop() if len(kinds) == 1 else "digest"
    notice.severity = min(
        [notice.severity, *(row.severity for row in rows)], key=_WORST_FIRST.index
    )
    notice.tlp = narrowest(Tlp(notice.tlp), *{Tlp(row.tlp) for row in rows}).value
    said = next((one for one in notice.why if one.get("code") == "passed"), {"value": ""})
    countries = sorted({*said["value"].split(), *(row.located for row in rows if row.located)})
    notice.why = [{"code": "passed", "value": " ".join(countries[:SHOWN_COUNTRIES])}]


@dataclass(slots=True, kw_only=True)
class _Group:
    """The rows of one problem on one asset, as a letter tells them."""

    first: Passed
    start: datetime
    end: datetime
    severity: str
    tlp: Tlp
    sightings: set[tuple[object, ...]] = field(default_factory=set)
    cves: dict[str, None] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)
    feeds: dict[str, None] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, row: Passed) -> None:
        """Take a row in; the same sighting told twice counts once."""
        self.start, self.end = min(self.start, row.at), max(self.end, row.at)
        self.severity = min(self.severity, row.severity, key=_WORST_FIRST.index)
        self.tlp = narrowest(self.tlp, Tlp(row.tlp))
        self.sightings.add((row.at, row.feed, row.report, row.other_kind, row.other))
        for name in ("address", "host", "url", "network"):
            self.names[name] = self.names.get(name) or getattr(row, name)
        _more(self.cves, row.cves.split(",") if row.cves else ())
        _more(self.others, [row.other] if row.other else ())
        _more(self.feeds, [row.feed])


def passed_items(notice: Notice) -> tuple[Item, ...]:
    """Return what a notice tells a partner, a problem on an asset each, as letters tell it."""
    groups: dict[Key, _Group] = {}
    rows = Passed.objects.filter(notice_id=notice.pk).order_by("id")
    for row in rows.iterator(chunk_size=2000):
        group = groups.get(_key(row))
        if group is None:
            group = groups[_key(row)] = _Group(
                first=row, start=row.at, end=row.at, severity=row.severity, tlp=Tlp(row.tlp)
            )
        group.add(row)
    return tuple(_item(group) for group in groups.values())


def passed_numbers(notices: Iterable[int]) -> dict[int, int]:
    """Return for each notice to a partner how many problems on assets it tells."""
    return {
        pk: Passed.objects.filter(notice_id=pk)
        .order_by()
        .values("asset_kind", "asset", "problem")
        .distinct()
        .count()
        for pk in notices
    }


def _item(group: _Group) -> Item:
    item = item_from(
        group.first,
        first_seen=group.start,
        last_seen=group.end,
        events=len(group.sightings),
        cves=group.cves,
        others=group.others,
        feeds=group.feeds,
    )
    return replace(
        item,
        severity=Severity(group.severity),
        tlp=group.tlp,
        address=group.names["address"],
        host=group.names["host"],
        url=group.names["url"],
        network=group.names["network"],
    )


def _key(row: Passed) -> Key:
    return row.asset_kind, row.asset, row.problem


def _more(known: dict[str, None], values: Iterable[str]) -> None:
    for value in values:
        if len(known) < MANY:
            known[value] = None
