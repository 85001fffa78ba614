"""Watches and mutes series: what a person wants told, or not."""

from datetime import date, datetime

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.people.models import Person
from lionrock.desk.trends.models import Standing, Trend, Wish


@transaction.atomic
def wish(
    *,
    trend_id: int,
    standing: Standing,
    until: date | None,
    note: str,
    by: Person,
    now: datetime,
) -> Wish:
    """Watch or mute a trend's series; whatever was wanted of it before is replaced."""
    trend = Trend.objects.select_for_update().get(pk=trend_id)
    row, _made = Wish.objects.update_or_create(
        key=trend.key,
        defaults={
            "dimension": trend.dimension,
            "value": trend.value,
            "standing": standing,
            "until": until,
            "note": note[:500],
            "by": by,
            "at": now,
        },
    )
    record(
        by=by,
        action=f"trend.{standing.value}",
        subject=trend.key,
        details={
            "trend": trend.pk,
            "until": until.isoformat() if until else "",
            "note": note[:500],
        },
        now=now,
    )
    return row


@transaction.atomic
def take_back(*, wish_id: int, by: Person, now: datetime) -> None:
    """Want nothing of a series any more; gone is gone."""
    row = Wish.objects.select_for_update().filter(pk=wish_id).first()
    if row is None:
        return
    record(
        by=by,
        action="trend.wish-taken-back",
        subject=row.key,
        details={"standing": row.standing},
        now=now,
    )
    row.delete()
