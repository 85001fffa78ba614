"""How the work on alerts goes: alerts per analyst-hour, share of drafts kept, errors found afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from lionrock.desk.alerts.models import Alert, Mistake, Weight
from lionrock.desk.alerts.readers import Post, PostState, Subscriber

MONTHS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The alerts first approved in one month of the region's time; shares are None where none counts."""

    key: str
    alerts: int
    drafted: int
    """Those that the product drafted."""
    seconds: int
    to_approval: float | None
    """The median of the hours from the draft's making to its approval."""
    kept_sentences: float | None
    kept_characters: float | None
    mistakes: int
    """Errors found in alerts of this month, whenever they were found."""
    grave: int
    """Those that were not slips."""

    @property
    def per_hour(self) -> float | None:
        """Alerts per hour of active work; None where no time was counted."""
        return self.alerts * 3600 / self.seconds if self.seconds else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """How many read by mail, and what became of the mails."""

    confirmed: int
    waiting: int
    dead: int
    posts: dict[str, int]


def months(*, now: datetime, zone: ZoneInfo) -> list[Month]:
    """Return the last twelve months with approved alerts, the latest first."""
    since = now - timedelta(days=31 * MONTHS)
    found: dict[str, list[Alert]] = {}
    for alert in Alert.objects.filter(approved_at__gte=since).order_by("-approved_at"):
        if alert.approved_at is not None:
            found.setdefault(f"{alert.approved_at.astimezone(zone):%Y-%m}", []).append(alert)
    mistakes = {
        alert: (every, grave)
        for alert, every, grave in Mistake.objects.filter(alert__approved_at__gte=since)
        .values_list("alert")
        .annotate(every=Count("pk"), grave=Count("pk", filter=~Q(weight=Weight.SLIP)))
    }
    return [_month(key, alerts, mistakes) for key, alerts in list(found.items())[:MONTHS]]


def readers() -> Readers:
    """Return the counts of subscribers and of mails to them."""
    counts = Subscriber.objects.aggregate(
        confirmed=Count("pk", filter=Q(confirmed_at__isnull=False, dead_since=None)),
        waiting=Count("pk", filter=Q(confirmed_at=None)),
        dead=Count("pk", filter=Q(dead_since__isnull=False)),
    )
    posts = dict(Post.objects.values_list("state").annotate(count=Count("pk")).order_by())
    labels = {state.value: str(state.label) for state in PostState}
    return Readers(posts={labels[state]: count for state, count in posts.items()}, **counts)


def _month(key: str, alerts: list[Alert], mistakes: dict[int, tuple[int, int]]) -> Month:
    drafted = [alert for alert in alerts if alert.made_by_id is None]
    hours = [
        (alert.approved_at - alert.made_at).total_seconds() / 3600
        for alert in alerts
        if alert.approved_at is not None
    ]
    return Month(
        key=key,
        alerts=len(alerts),
        drafted=len(drafted),
        seconds=sum(alert.active_seconds or 0 for alert in alerts),
        to_approval=sorted(hours)[len(hours) // 2] if hours else None,
        kept_sentences=_mean([alert.kept_sentences for alert in drafted]),
        kept_characters=_mean([alert.kept_characters for alert in drafted]),
        mistakes=sum(mistakes.get(alert.pk, (0, 0))[0] for alert in alerts),
        grave=sum(mistakes.get(alert.pk, (0, 0))[1] for alert in alerts),
    )


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
