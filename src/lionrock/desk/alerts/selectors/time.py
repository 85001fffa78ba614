"""How long people worked on an alert: the time between what they asked for, cut where they left."""

from datetime import datetime

from django.db.models import Sum

from lionrock.desk.alerts.models import Alert, Look


def seconds_until(alert: Alert, *, now: datetime) -> int:
    """Return the active seconds that everybody spent on the alert's page before ``now``."""
    found = Look.objects.filter(alert=alert, at__lt=now).aggregate(seconds=Sum("seconds"))
    return int(found["seconds"] or 0)
