"""Counts active time without a script: each request of an alert's page ends the look before it."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from lionrock.desk.alerts.models import Alert, Look
from lionrock.desk.people.models import Person

CAP: Final = timedelta(minutes=5)
"""The most that one look counts: who reads longer without asking for anything may have left.

A look that was left counts the whole cap. So breaks are counted too much rather than too little, and
the product's own figure of alerts per analyst-hour is never flattered."""


@transaction.atomic
def look(*, alert: Alert, by: Person, now: datetime) -> Look:
    """Note that somebody asked for an alert's page, and end their look before: at whichever alert."""
    before = Look.objects.select_for_update().filter(person=by).order_by("-at", "-pk").first()
    if before is not None and before.seconds == 0 and now > before.at:
        before.seconds = int(min(now - before.at, CAP).total_seconds())
        before.save(update_fields=["seconds"])
    if alert.first_look_at is None:
        Alert.objects.filter(pk=alert.pk, first_look_at=None).update(first_look_at=now)
    return Look.objects.create(alert=alert, person=by, at=now)
