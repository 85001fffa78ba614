"""What only an approver does: approve or send back, publish, withdraw. Never one's own."""

import re
from datetime import datetime
from typing import Final

from django.db import transaction

from lionrock.core.tlp import Tlp
from lionrock.desk.alerts.checking import news_flaws
from lionrock.desk.alerts.kept import kept
from lionrock.desk.alerts.models import Alert, Approval, Entry, Mistake, NumberYear, State, Step
from lionrock.desk.alerts.selectors.rules import approvals, may_decide, needed
from lionrock.desk.alerts.selectors.time import seconds_until
from lionrock.desk.alerts.services.stale import Refused, latest, locked, stepped
from lionrock.desk.people.models import Person

_SUBMITTED: Final = frozenset({State.SUBMITTED})
_APPROVED: Final = frozenset({State.APPROVED})
_LONGEST_SLUG: Final = 80


@transaction.atomic
def approve(
    *, alert_id: int, seen_version: int, by: Person, note: str = "", now: datetime
) -> Alert:
    """Say that the latest version may be published; once enough people did, it is approved.

    What the draft's making took is written down with the first publication's last approval: the
    active time until then, and how much of the draft was kept.
    """
    alert = locked(alert_id=alert_id, seen_version=seen_version, states=_SUBMITTED)
    _refuse_own(alert, by)
    version = latest(alert)
    if any(one.by_id == by.pk for one in approvals(alert)):
        raise Refused("approved-before")
    # Approved, sent back and handed in unchanged: the same person's older word makes way.
    Approval.objects.update_or_create(
        version=version, by=by, defaults={"alert": alert, "at": now, "note": note}
    )
    enough = len(approvals(alert)) >= needed(alert)
    if enough:
        alert.state = State.APPROVED
        if alert.public is None and alert.approved_at is None:
            _measure(alert, now=now)
    stepped(alert, "alert.approve", by=by, now=now, version=version.number, note=note)
    return alert


@transaction.atomic
def send_back(*, alert_id: int, seen_version: int, by: Person, note: str, now: datetime) -> Alert:
    """Give a draft back to whoever wrote it, and say what should change."""
    if not note.strip():
        raise Refused("no-words")
    alert = locked(alert_id=alert_id, seen_version=seen_version, states=_SUBMITTED | _APPROVED)
    alert.state = State.DRAFT
    stepped(alert, "alert.send-back", by=by, now=now, note=note.strip())
    return alert


@transaction.atomic
def publish(*, alert_id: int, seen_version: int, by: Person, now: datetime) -> Alert:
    """Make the approved version what everybody reads; its log grows by one line, subscribers are told.

    The first publication gives the alert its public number and address, which it keeps for good.
    """
    alert = locked(alert_id=alert_id, seen_version=seen_version, states=_APPROVED)
    _refuse_own(alert, by)
    version = latest(alert)
    content = version.read()
    if content.tlp is not Tlp.CLEAR:
        raise Refused("not-clear")
    if len(approvals(alert)) < needed(alert):
        raise Refused("too-few")
    first = alert.public is None
    if first:
        alert.number = _next_number(now=now)
        alert.slug = _slug(alert.number, content.title["en"])
        alert.published_at = now
    step = Step.PUBLISHED if first else Step(alert.news_step)
    entry = _enter(alert, step, {} if first else alert.news, version_id=version.pk, by=by, now=now)
    if step is Step.CORRECTED:
        _correct(alert, entry)
    alert.public = version
    alert.state = State.PUBLISHED
    alert.updated_at = now
    alert.news, alert.news_step = {}, ""
    action = {Step.PUBLISHED: "alert.publish", Step.UPDATED: "alert.update"}.get(
        step, "alert.correct"
    )
    stepped(alert, action, by=by, now=now, version=version.number, risk=alert.risk)
    return alert


@transaction.atomic
def withdraw(
    *, alert_id: int, seen_version: int, by: Person, text: dict[str, str], now: datetime
) -> Alert:
    """Withdraw a published alert: its address stays, and says why in all languages.

    One approver is enough, and it may be their own: what warns wrongly must not wait for a colleague.
    """
    states = frozenset({State.PUBLISHED, State.DRAFT, State.SUBMITTED, State.APPROVED})
    alert = locked(alert_id=alert_id, seen_version=seen_version, states=states)
    if alert.public is None:
        raise Refused("not-public")
    if news_flaws(text):
        raise Refused("news")
    entry = _enter(alert, Step.WITHDRAWN, text, version_id=alert.public.pk, by=by, now=now)
    _correct(alert, entry)
    alert.state = State.WITHDRAWN
    alert.updated_at = now
    stepped(alert, "alert.withdraw", by=by, now=now, reason=text["en"])
    return alert


def _refuse_own(alert: Alert, by: Person) -> None:
    if not may_decide(alert, by):
        raise Refused("own")


def _measure(alert: Alert, *, now: datetime) -> None:
    alert.approved_at = now
    alert.active_seconds = seconds_until(alert, now=now)
    if alert.made_by_id is None:
        draft = alert.versions.get(number=1).read()
        share = kept(draft, latest(alert).read())
        if share is not None:
            alert.kept_sentences = share.sentences
            alert.kept_characters = share.characters


def _enter(
    alert: Alert, step: Step, text: dict[str, str], *, version_id: int, by: Person, now: datetime
) -> Entry:
    return Entry.objects.create(
        alert=alert,
        number=alert.entries.count() + 1,
        step=step,
        text=dict(text),
        version_id=version_id,
        at=now,
        by=by,
    )


def _correct(alert: Alert, entry: Entry) -> None:
    Mistake.objects.filter(alert=alert, corrected=None).update(corrected=entry)


def _next_number(*, now: datetime) -> str:
    NumberYear.objects.get_or_create(pk=now.year)
    row = NumberYear.objects.select_for_update().get(pk=now.year)
    row.last += 1
    row.save(update_fields=["last"])
    return f"LR-{row.year}-{row.last:04}"


def _slug(number: str, title: str) -> str:
    """Return the last part of the alert's address: its number, which makes it unique, and its title."""
    words = re.sub(r"[^a-z0-9]+", "-", title[:400].lower()).strip("-")
    whole = f"{number.lower()}-{words}"
    return (
        whole if len(whole) <= _LONGEST_SLUG else whole[:_LONGEST_SLUG].rpartition("-")[0]
    ).strip("-")
