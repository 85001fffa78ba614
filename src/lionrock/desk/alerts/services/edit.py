"""Changes what a draft says; every change is a new version, and nothing that was said is lost."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from lionrock.core.alerts import Indicator, Kind, Link, Risk, Sentence
from lionrock.core.errors import GiveUp
from lionrock.desk.alerts.content import Content
from lionrock.desk.alerts.models import Alert, Evidence, State
from lionrock.desk.alerts.services.stale import Refused, keep, latest, locked, stepped
from lionrock.desk.people.models import Person

_OPEN: Final = frozenset({State.DRAFT})
MOST_SENTENCES: Final = 200
MOST_INDICATORS: Final = 500


def change_sentence(
    *,
    alert_id: int,
    seen_version: int,
    index: int,
    sentence: Sentence,
    by: Person,
    now: datetime,
) -> Alert:
    """Put ``sentence`` in the place of the one at ``index``."""

    def change(content: Content) -> Content:
        _at(content, index)
        return content.with_sentence(index, sentence)

    return _changed(alert_id, seen_version, change, what="sentence", by=by, now=now)


def add_sentence(
    *, alert_id: int, seen_version: int, sentence: Sentence, by: Person, now: datetime
) -> Alert:
    """Add a sentence at the end of its part."""

    def change(content: Content) -> Content:
        if len(content.sentences) >= MOST_SENTENCES:
            raise Refused("too-long")
        return replace(content, sentences=(*content.sentences, sentence))

    return _changed(alert_id, seen_version, change, what="added", by=by, now=now)


def remove_sentence(
    *, alert_id: int, seen_version: int, index: int, by: Person, now: datetime
) -> Alert:
    """Take the sentence at ``index`` out."""

    def change(content: Content) -> Content:
        _at(content, index)
        rest = (*content.sentences[:index], *content.sentences[index + 1 :])
        return replace(content, sentences=rest)

    return _changed(alert_id, seen_version, change, what="removed", by=by, now=now)


def move_sentence(
    *, alert_id: int, seen_version: int, index: int, by: Person, now: datetime
) -> Alert:
    """Let the sentence at ``index`` change places with the one before it in its part."""

    def change(content: Content) -> Content:
        moved = _at(content, index)
        before = content.sentences[index - 1] if index else None
        if before is None or before.part is not moved.part:
            raise Refused("first")
        return content.with_sentence(index, before).with_sentence(index - 1, moved)

    return _changed(alert_id, seen_version, change, what="moved", by=by, now=now)


def change_title(
    *,
    alert_id: int,
    seen_version: int,
    title: dict[str, str],
    kind: Kind,
    by: Person,
    now: datetime,
) -> Alert:
    """Change the title, and what the alert is about."""

    def change(content: Content) -> Content:
        return replace(content, title=title, kind=kind)

    return _changed(alert_id, seen_version, change, what="title", by=by, now=now)


def change_risk(
    *, alert_id: int, seen_version: int, risk: Risk, reason: str, by: Person, now: datetime
) -> Alert:
    """Set how bad it is, and why; a risk without a reason is refused."""
    if not reason.strip():
        raise Refused("no-reason")

    def change(content: Content) -> Content:
        return replace(content, risk=risk, reason=reason.strip())

    return _changed(
        alert_id, seen_version, change, what="risk", by=by, now=now, note=reason.strip()
    )


def change_indicators(
    *, alert_id: int, seen_version: int, indicators: Sequence[Indicator], by: Person, now: datetime
) -> Alert:
    """Set which hosts, addresses and hashes are told."""
    if len(indicators) > MOST_INDICATORS:
        raise Refused("too-long")

    def change(content: Content) -> Content:
        return replace(content, indicators=tuple(dict.fromkeys(indicators)))

    return _changed(alert_id, seen_version, change, what="indicators", by=by, now=now)


def change_links(
    *, alert_id: int, seen_version: int, links: Sequence[Link], by: Person, now: datetime
) -> Alert:
    """Set which pages readers are sent to."""

    def change(content: Content) -> Content:
        return replace(content, links=tuple(links))

    return _changed(alert_id, seen_version, change, what="links", by=by, now=now)


@transaction.atomic
def add_fact(
    *,
    alert_id: int,
    seen_version: int,
    title: str,
    text: str,
    url: str,
    by: Person,
    now: datetime,
) -> Evidence:
    """Add what the analyst knows, and from where, so that sentences can cite it."""
    if not title.strip() or not text.strip():
        raise Refused("no-fact")
    if url and not url.startswith("https://"):
        raise Refused("not-https")
    alert = locked(alert_id=alert_id, seen_version=seen_version, states=_OPEN)
    kind = "source" if url else "fact"
    number = Evidence.objects.filter(alert=alert, by__isnull=False).count() + 1
    fact = Evidence.objects.create(
        alert=alert,
        ref=f"{kind}:own-{number}",
        title=title.strip()[:300],
        text=text.strip(),
        data={"url": url} if url else {},
        at=now,
        by=by,
    )
    stepped(alert, "alert.fact", by=by, now=now, **{"name": fact.ref, "from": url})
    return fact


@transaction.atomic
def _changed(
    alert_id: int,
    seen_version: int,
    change: Callable[[Content], Content],
    *,
    what: str,
    by: Person,
    now: datetime,
    note: str = "",
) -> Alert:
    """Keep a new version; a change that changes nothing keeps none, and raises no version."""
    alert = locked(alert_id=alert_id, seen_version=seen_version, states=_OPEN)
    before = latest(alert).read()
    after = change(before).in_order()
    if after == before:
        return alert
    version = keep(alert, after, what=what, by=by, now=now)
    details: dict[str, object] = {"kind": what, "version": version.number}
    if what == "risk":
        details |= {"before": before.risk.value, "after": after.risk.value, "reason": note}
    stepped(alert, "alert.edit", by=by, now=now, **details)
    return alert


def _at(content: Content, index: int) -> Sentence:
    if not 0 <= index < len(content.sentences):
        raise GiveUp("there is no such sentence")
    return content.sentences[index]
