"""Turns what complete deliveries brought into notices: whom to tell, when, and whether a person agrees."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from lionrock.core.events import Severity
from lionrock.core.tlp import Tlp, narrowest
from lionrock.desk.constituents.models import Constituent, Found, Mode, Rule
from lionrock.desk.constituents.selectors.responsible import Ladders, Told, keys_of, ladders
from lionrock.desk.events.models import Episode, Event, Standing
from lionrock.desk.feeds.models import Blob, BlobState
from lionrock.desk.notices.models import Notice, NoticeItem, NoticeState
from lionrock.desk.notices.services.age import too_old
from lionrock.desk.notices.services.own import is_taken_back
from lionrock.desk.notices.services.rules import Ruling, active_rules, due, ruling_of
from lionrock.desk.notices.services.scans import note_scans
from lionrock.desk.notices.services.stale import changed
from lionrock.desk.notices.services.tickets import next_ticket

OWN_FEED: Final = "lionrock"
"""The feed of our own findings: whatever comes of it, a person approves."""
CHUNK: Final = 500
CEILING: Final = Tlp.AMBER
"""The narrowest label that the affected party may be told without somebody deciding."""
_OPEN_NOTICES: Final = [NoticeState.WAITING, NoticeState.HELD, NoticeState.READY]
_WORST_FIRST: Final = [severity.value for severity in Severity]

Why = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who gets a notice: a constituent, or addresses found, or so far only what to look up."""

    base: str
    constituent: Constituent | None = None
    told: str = ""
    addresses: tuple[str, ...] = ()
    sought: str = ""
    why: tuple[Why, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Pending:
    recipient: Recipient
    not_before: datetime
    escalate_days: int
    must_approve: bool
    why: list[Why]
    episodes: list[Episode] = field(default_factory=list)


def route_complete(*, now: datetime) -> int:
    """Route every complete delivery that was not routed; return how many notices were made or grew.

    One transaction per delivery, under its row's lock, marks it routed: done twice, or by two
    workers at once, it makes the same notices once.
    """
    fill_found(now=now)
    waiting = list(
        Blob.objects.filter(state=BlobState.COMPLETE, routed_at=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if not waiting:
        return 0
    book, rules, zone = ladders(), active_rules(), ZoneInfo(settings.TIME_ZONE)
    return sum(_route_blob(pk, book, rules, zone, now) for pk in waiting)


@transaction.atomic
def _route_blob(
    blob_id: int, book: Ladders, rules: Sequence[Rule], zone: tzinfo, now: datetime
) -> int:
    blob = Blob.objects.select_for_update().filter(pk=blob_id).first()
    if blob is None or blob.routed_at is not None or blob.state != BlobState.COMPLETE:
        return 0
    note_scans(blob)
    pending: dict[str, _Pending] = {}
    blob.too_old = 0
    for episode in _untold(blob_id):
        if too_old(episode, now=now):  # at once or in a digest: nobody hears of it
            blob.too_old += 1
            continue
        _place(episode, blob_id, book, rules, zone, now, pending)
    for key in sorted(pending):
        _write(key, pending[key], blob_id, now)
    blob.routed_at = now
    blob.save(update_fields=["routed_at", "too_old"])
    return len(pending)


def _untold(blob_id: int) -> Iterator[Episode]:
    """Yield the episodes of a delivery that no notice speaks of yet, in order, unless they are settled.

    What was not seen since is told as well: a recheck may come before the routing of a delivery that
    was late, and whether somebody is told must not hang on which of the two came first.
    """
    ids = list(
        Event.objects.filter(blob_id=blob_id)
        .order_by("episode_id")
        .values_list("episode_id", flat=True)
        .distinct()
    )
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        told = set(
            NoticeItem.objects.filter(episode_id__in=chunk, settled_at=None).values_list(
                "episode_id", flat=True
            )
        )
        yield from Episode.objects.filter(
            pk__in=[pk for pk in chunk if pk not in told],
            standing__in=[Standing.OPEN, Standing.UNSEEN],
        ).order_by("pk")


def _place(
    episode: Episode,
    blob_id: int,
    book: Ladders,
    rules: Sequence[Rule],
    zone: tzinfo,
    now: datetime,
    pending: dict[str, _Pending],
) -> None:
    own = OWN_FEED in episode.feeds
    if own and is_taken_back(episode.host):
        return
    narrow = not Tlp(episode.tlp).allows(CEILING)
    for recipient in recipients_of(episode, book, own=own):
        ruling = ruling_of(episode, recipient.constituent, rules)
        if own and ruling.when == "never":
            ruling = Ruling(when="at_once", escalate_days=ruling.escalate_days, rule=ruling.rule)
        if ruling.when == "never":
            continue
        not_before = due(ruling, recipient.constituent, now=now, zone=zone)
        apart = "own" if own else "label" if narrow else ""
        if not_before <= now:
            key = f"once|{recipient.base}|{episode.kind}|{episode.variant}|{apart}|b{blob_id}"
        else:
            key = f"digest|{recipient.base}|{apart}|{not_before.astimezone(zone):%Y-%m-%d}"
        group = pending.setdefault(
            key,
            _Pending(
                recipient=recipient,
                not_before=not_before,
                escalate_days=ruling.escalate_days,
                must_approve=own or narrow or recipient.constituent is None,
                why=[*recipient.why, *_circumstances(ruling, own=own, narrow=narrow)],
            ),
        )
        group.escalate_days = min(group.escalate_days, ruling.escalate_days)
        group.episodes.append(episode)


def recipients_of(episode: Episode, book: Ladders, *, own: bool) -> list[Recipient]:
    """Return who is to be told of an episode: one party, and of our own finding the registrar, too."""
    address = episode.address or (episode.asset if episode.asset_kind == "network" else "")
    domain = keys_of(network="", asn=None, host=episode.host)
    network = keys_of(network=episode.network, asn=episode.asn, host="")
    both = own and bool(network) and bool(domain)
    sought = network if both else [*network, *domain]
    ladder = book.of(
        address=address or None, asn=episode.asn, host=episode.host or None, sought=sought
    )
    found = [_recipient(ladder, book, sought)]
    if both:
        found.append(
            _recipient(book.of(address=None, asn=None, host=None, sought=domain), book, domain)
        )
    unique = {one.base: one for one in found}
    return list(unique.values())


def _recipient(ladder: Sequence[Told], book: Ladders, sought: Sequence[str]) -> Recipient:
    first = ladder[0]
    if first.constituent is not None:
        constituent = book.constituents[first.constituent]
        return Recipient(
            base=f"c{constituent.pk}",
            constituent=constituent,
            told=constituent.name,
            why=({"code": first.reason, "kind": first.kind, "value": first.value},),
        )
    if first.reason == "found":
        addresses = tuple(one.email for one in ladder if one.reason == "found")
        return Recipient(
            base="f" + _short(" ".join(sorted(addresses))),
            told=first.name,
            addresses=addresses,
            sought=first.value,
            why=({"code": "found", "value": first.value, "source": first.source},),
        )
    key = sought[0] if sought else ""
    return Recipient(
        base="s" + _short(key),
        sought=key,
        why=({"code": "nobody", "value": key},),
    )


def _circumstances(ruling: Ruling, *, own: bool, narrow: bool) -> list[Why]:
    said: list[Why] = []
    if ruling.rule:
        said.append({"code": "rule", "value": ruling.rule})
    if own:
        said.append({"code": "own"})
    if narrow:
        said.append({"code": "label", "value": CEILING.value})
    return said


def _write(key: str, pending: _Pending, blob_id: int, now: datetime) -> None:
    notice = Notice.objects.select_for_update().filter(key=key).first()
    if notice is not None and (notice.state not in _OPEN_NOTICES or notice.letters.exists()):
        # It is on its way already: what came later makes a notice of its own.
        key = f"{key}|b{blob_id}"
        notice = Notice.objects.select_for_update().filter(key=key).first()
    if notice is None:
        notice = make_notice(
            key=key,
            recipient=pending.recipient,
            episodes=pending.episodes,
            not_before=pending.not_before,
            escalate_days=pending.escalate_days,
            must_approve=pending.must_approve,
            why=pending.why,
            now=now,
        )
        return
    known = set(notice.items.values_list("episode_id", flat=True))
    fresh = [one for one in pending.episodes if one.pk not in known]
    add_items(notice, fresh)
    notice.kind = notice.kind if all(one.kind == notice.kind for one in fresh) else "digest"
    notice.severity = _worst([notice.severity, *(one.severity for one in fresh)])
    notice.tlp = narrowest(Tlp(notice.tlp), *(Tlp(one.tlp) for one in fresh)).value
    changed(notice, "kind", "severity", "tlp")


def make_notice(
    *,
    key: str,
    recipient: Recipient,
    episodes: Sequence[Episode],
    not_before: datetime,
    escalate_days: int,
    must_approve: bool,
    why: Sequence[Why],
    now: datetime,
    step: int = 0,
    escalates: Notice | None = None,
) -> Notice:
    """Write a notice and its items; it is ready where its constituent's mode lets it leave by itself."""
    constituent = recipient.constituent
    automatic = constituent is not None and constituent.mode == Mode.AUTOMATIC and not must_approve
    kinds = {one.kind for one in episodes}
    notice = Notice.objects.create(
        ticket=next_ticket(now=now),
        constituent=constituent,
        told=recipient.told[:300],
        kind=kinds.pop() if len(kinds) == 1 else "digest",
        severity=_worst([one.severity for one in episodes]),
        language=constituent.language if constituent else "en",
        step=step,
        escalates=escalates,
        key=key[:200],
        state=NoticeState.READY if automatic else NoticeState.WAITING,
        why=list(why),
        not_before=not_before,
        made_at=now,
        addresses=list(recipient.addresses),
        sought=recipient.sought[:253],
        tlp=narrowest(*(Tlp(one.tlp) for one in episodes)).value,
        must_approve=must_approve,
        escalate_days=escalate_days,
    )
    add_items(notice, episodes)
    return notice


def add_items(notice: Notice, episodes: Sequence[Episode]) -> None:
    """Write which episodes a notice is about, as they stand now."""
    NoticeItem.objects.bulk_create(
        (
            NoticeItem(notice=notice, episode_id=one.pk, events=one.events, last_seen=one.last_seen)
            for one in episodes
        ),
        batch_size=CHUNK,
    )


@transaction.atomic
def fill_found(*, now: datetime) -> int:
    """Give waiting notices to nobody the contacts that were found since; return how many got one."""
    filled = 0
    empty = Notice.objects.filter(
        state=NoticeState.WAITING, constituent=None, addresses=[]
    ).exclude(sought="")
    for notice in empty.select_for_update():
        found = _found_since(notice)
        if found is None:
            continue
        notice.addresses = list(found.emails)
        notice.told = notice.told or found.holder
        notice.why = [*notice.why, {"code": "found", "value": found.key, "source": found.source}]
        changed(notice, "addresses", "told", "why")
        filled += 1
    return filled


def _found_since(notice: Notice) -> Found | None:
    """Return the narrowest contact found for what a notice to nobody is about."""
    keys = [notice.sought]
    item = notice.items.order_by("pk").first()
    episode = Episode.objects.filter(pk=item.episode_id).first() if item else None
    if episode is not None:
        own = OWN_FEED in episode.feeds
        host = "" if own and episode.network else episode.host
        chain = keys_of(network=episode.network, asn=episode.asn, host=host)
        if notice.sought in chain:
            keys = chain[chain.index(notice.sought) :]
    by_key = {one.key: one for one in Found.objects.filter(key__in=keys)}
    return next((by_key[key] for key in keys if key in by_key and by_key[key].emails), None)


def _worst(severities: Sequence[str]) -> str:
    return min(severities, key=_WORST_FIRST.index)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:20]
