"""Escalates, never just repeats: who was told and neither fixed nor answered makes the next one hear of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from lionrock.desk.constituents.selectors.responsible import Ladders, Told, keys_of, ladders
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.notices.models import Letter, LetterState, Notice, NoticeState
from lionrock.desk.notices.services.route import Recipient, make_notice
from lionrock.desk.notices.services.stale import changed

_REASONS: Final = {"holding": "less-specific", "contact": "contact", "upstream": "upstream"}
_REACHED: Final = [
    LetterState.SENT,
    LetterState.SENDING,
    LetterState.UNKNOWN,
    LetterState.REFUSED,
    LetterState.BOUNCED,
]
_LONGEST_CHAIN: Final = 20


@dataclass(slots=True, kw_only=True)
class _Group:
    rung: Told
    episodes: list[Episode] = field(default_factory=list)


def escalate_due(*, now: datetime) -> int:
    """Escalate every sent notice whose wait is over; return how many notices that made."""
    waiting = list(
        Notice.objects.filter(
            state__in=[NoticeState.SENT, NoticeState.ANSWERED], escalate_at__lte=now
        )
        .order_by("escalate_at", "pk")
        .values_list("pk", flat=True)
    )
    if not waiting:
        return 0
    book = ladders()
    return sum(_escalate(pk, book, now) for pk in waiting)


@transaction.atomic
def _escalate(notice_id: int, book: Ladders, now: datetime) -> int:
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    if notice.escalate_at is None or notice.escalate_at > now:
        return 0
    told = told_before(notice)
    groups: dict[str, _Group] = {}
    still = Episode.objects.filter(
        pk__in=notice.items.filter(settled_at=None).values("episode_id"), standing=Standing.OPEN
    ).order_by("pk")
    for episode in still:
        rung = next_rung(episode, book, told)
        groups.setdefault(f"{rung.reason}|{rung.email}", _Group(rung=rung)).episodes.append(episode)
    for key, group in sorted(groups.items()):
        _tell(notice, key, group, book, now)
    notice.escalate_at = None
    changed(notice, "escalate_at")
    return len(groups)


def next_rung(episode: Episode, book: Ladders, told: set[str]) -> Told:
    """Return the first rung of an episode's ladder that was not told before; the last is a person."""
    ladder = book.of(
        address=episode.address or (episode.asset if episode.asset_kind == "network" else None),
        asn=episode.asn,
        host=episode.host or None,
        sought=keys_of(network=episode.network, asn=episode.asn, host=episode.host),
    )
    return next(one for one in ladder if one.reason == "person" or one.email.lower() not in told)


def told_before(notice: Notice) -> set[str]:
    """Return the addresses that a notice and those it goes on from were sent to, in lower case."""
    told: set[str] = set()
    one: Notice | None = notice
    for _ in range(_LONGEST_CHAIN):
        if one is None:
            break
        letters = Letter.objects.filter(notice=one, state__in=_REACHED)
        told |= {to.lower() for to in letters.values_list("to", flat=True)}
        one = one.escalates
    return told


def _tell(notice: Notice, key: str, group: _Group, book: Ladders, now: datetime) -> None:
    rung = group.rung
    constituent = book.constituents.get(rung.constituent) if rung.constituent else None
    if rung.reason == "person":
        why = {"code": "ladder-ended", "value": notice.ticket}
    else:
        why = {
            "code": f"escalated-{_REASONS.get(rung.reason, 'found')}",
            "value": notice.ticket,
            "name": rung.name,
        }
    make_notice(
        key=f"{notice.pk}>{notice.step + 1}|{key}",
        recipient=Recipient(
            base=key,
            constituent=constituent,
            told=rung.name,
            addresses=(rung.email,) if rung.email else (),
            why=(why,),
        ),
        episodes=group.episodes,
        not_before=now,
        escalate_days=notice.escalate_days,
        must_approve=notice.must_approve or constituent is None,
        why=[why],
        step=notice.step + 1,
        escalates=notice,
        now=now,
    )


def reason_of(notice: Notice) -> str:
    """Return which of the letters' reasons an escalation gives: a key of their phrases."""
    codes = [str(one.get("code", "")) for one in notice.why]
    for reason in ("less-specific", "upstream", "contact"):
        if f"escalated-{reason}" in codes:
            return reason
    return "contact"
