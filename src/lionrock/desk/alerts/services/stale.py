"""Keeps two people from overwriting each other, and says why something may not be done."""

from datetime import datetime

from lionrock.core.errors import GiveUp
from lionrock.desk.alerts.content import Content, as_json
from lionrock.desk.alerts.models import Alert, State, Version
from lionrock.desk.audit.services import record
from lionrock.desk.people.models import Person


class Stale(Exception):
    """Somebody changed the alert since the caller saw it; ``alert`` is how it is now."""

    def __init__(self, alert: Alert) -> None:
        super().__init__(f"{alert} changed meanwhile")
        self.alert = alert


class Refused(GiveUp):
    """A rule of the house forbids it; ``code`` names the rule (see ``words.REFUSALS``)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def locked(*, alert_id: int, seen_version: int, states: frozenset[State]) -> Alert:
    """Return the alert locked for this transaction.

    Raises Stale when its version is not the seen one or its state not among ``states``, and
    Alert.DoesNotExist when there is none.
    """
    alert = Alert.objects.select_for_update().get(pk=alert_id)
    if alert.version != seen_version or alert.state not in states:
        raise Stale(alert)
    return alert


def latest(alert: Alert) -> Version:
    """Return the alert's latest version."""
    return Version.objects.get(alert=alert, number=alert.latest)


def keep(alert: Alert, content: Content, *, what: str, by: Person | None, now: datetime) -> Version:
    """Add a version with this content to an alert that the caller holds locked and saves."""
    alert.latest += 1
    alert.kind = content.kind.value
    alert.risk = content.risk.value
    alert.title = dict(content.title)
    return Version.objects.create(
        alert=alert, number=alert.latest, content=as_json(content), at=now, by=by, what=what
    )


def stepped(alert: Alert, action: str, *, by: Person, now: datetime, **details: object) -> None:
    """Save a locked alert under its next version, and put the step in the audit log."""
    alert.version += 1
    alert.save()
    record(
        by=by,
        action=action,
        subject=str(alert),
        details={"alert": alert.pk, **details},
        now=now,
    )
