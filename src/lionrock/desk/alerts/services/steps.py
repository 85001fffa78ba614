"""What an analyst does with a draft as a whole: hand it in, take it back, discard it, begin an update."""

from datetime import datetime
from typing import Final

from django.db import transaction

from lionrock.core.tlp import Tlp
from lionrock.desk.alerts.checking import news_flaws
from lionrock.desk.alerts.models import Alert, Mistake, State, Step, Weight
from lionrock.desk.alerts.selectors.evidence import flaws_of
from lionrock.desk.alerts.selectors.public import as_if_public
from lionrock.desk.alerts.services.stale import Refused, keep, latest, locked, stepped
from lionrock.desk.people.models import Person
from lionrock.letters.alert_checked import for_everybody

_OPEN: Final = frozenset({State.DRAFT})
_WAITING: Final = frozenset({State.SUBMITTED, State.APPROVED})


@transaction.atomic
def submit(
    *,
    alert_id: int,
    seen_version: int,
    by: Person,
    news: dict[str, str] | None = None,
    step: Step = Step.UPDATED,
    now: datetime,
) -> Alert:
    """Hand the draft in for approval; refused while anything in it is unsupported or incomplete.

    ``news`` is what an update of a published alert changes, in all languages, and ``step`` whether it
    corrects an error: both are approved with the text. A first publication has neither. Raise GiveUp,
    in words, where a format could not tell it truly.
    """
    alert = locked(alert_id=alert_id, seen_version=seen_version, states=_OPEN)
    content = latest(alert).read()
    if content.tlp is not Tlp.CLEAR:
        raise Refused("not-clear")
    if flaws_of(alert, content):
        raise Refused("flawed")
    for_everybody(as_if_public(content, now=now))
    alert.news, alert.news_step = {}, ""
    if alert.public is not None:
        if alert.latest == alert.public.number:
            raise Refused("unchanged")
        if news_flaws(news or {}):
            raise Refused("news")
        if step not in {Step.UPDATED, Step.CORRECTED}:
            raise Refused("news")
        alert.news, alert.news_step = dict(news or {}), step
    alert.state = State.SUBMITTED
    alert.submitted_by = by
    alert.submitted_at = now
    stepped(alert, "alert.submit", by=by, now=now, version=alert.latest)
    return alert


@transaction.atomic
def take_back(*, alert_id: int, seen_version: int, by: Person, now: datetime) -> Alert:
    """Go on writing what was handed in; approvals given so far count no more."""
    alert = locked(alert_id=alert_id, seen_version=seen_version, states=_WAITING)
    alert.state = State.DRAFT
    stepped(alert, "alert.take-back", by=by, now=now)
    return alert


@transaction.atomic
def discard(
    *, alert_id: int, seen_version: int, by: Person, note: str = "", now: datetime
) -> Alert:
    """Put a draft aside that will not be published; of a published alert, drop the update begun."""
    alert = locked(alert_id=alert_id, seen_version=seen_version, states=_OPEN | _WAITING)
    if alert.public is None:
        alert.state = State.DISCARDED
    else:
        content = alert.public.read()
        if content != latest(alert).read():
            keep(alert, content, what="dropped", by=by, now=now)
        alert.state = State.PUBLISHED
    stepped(alert, "alert.discard", by=by, now=now, note=note)
    return alert


@transaction.atomic
def reopen(*, alert_id: int, seen_version: int, by: Person, now: datetime) -> Alert:
    """Begin an update of a published alert, or take a discarded draft up again.

    What is public stays as it is until the update is approved and published.
    """
    states = frozenset({State.PUBLISHED, State.DISCARDED})
    alert = locked(alert_id=alert_id, seen_version=seen_version, states=states)
    alert.state = State.DRAFT
    alert.submitted_by = None
    alert.submitted_at = None
    stepped(alert, "alert.reopen", by=by, now=now)
    return alert


@transaction.atomic
def note_mistake(*, alert_id: int, what: str, weight: Weight, by: Person, now: datetime) -> Mistake:
    """Note an error found after publication; it overwrites nothing, so it needs no seen version."""
    if not what.strip():
        raise Refused("no-words")
    alert = Alert.objects.select_for_update().get(pk=alert_id)
    if alert.public is None:
        raise Refused("not-public")
    mistake = Mistake.objects.create(
        alert=alert, what=what.strip(), weight=weight, found_at=now, found_by=by
    )
    stepped(alert, "alert.mistake", by=by, now=now, note=what.strip(), weight=weight.value)
    return mistake
