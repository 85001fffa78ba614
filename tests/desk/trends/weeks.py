"""Weeks of events and suspects, of our own making, for trends to be noticed in."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Max

from lionrock.desk.events.models import DayCount, Event
from lionrock.desk.suspects.models import Reading, Suspect

LAST = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
DAYS = 45


def at(day: date) -> datetime:
    """Return an hour that is the same day here and in UTC."""
    return datetime.combine(day, time(6), UTC)


def keep_events(
    counts: Mapping[str, list[int]],
    *,
    feed: str = "feed-a",
    kind: str = "malicious-code.infected-system",
    last: date = LAST,
) -> None:
    """Keep so many infected addresses of each family on each of the days up to ``last``."""
    rows: list[Event] = []
    days: list[DayCount] = []
    blob = 1 + (Event.objects.aggregate(blob=Max("blob_id"))["blob"] or 0)
    for number, (family, by_day) in enumerate(sorted(counts.items())):
        first = last - timedelta(days=len(by_day) - 1)
        for place, count in enumerate(by_day):
            day = first + timedelta(days=place)
            days.append(
                DayCount(
                    day=day,
                    feed=feed,
                    kind=kind,
                    family=family,
                    why="located",
                    country="HK",
                    events=count,
                )
            )
            for each in range(count):
                address = f"198.51.{100 + number}.{(each + 7 * place) % 250}"
                rows.append(
                    Event(
                        blob_id=blob,
                        line=len(rows) + 1,
                        feed=feed,
                        report="daily",
                        at=at(day),
                        kind=kind,
                        severity="high",
                        asset_kind="address",
                        asset=address,
                        part="source",
                        address=address,
                        family=family,
                        tlp="TLP:GREEN",
                        episode_id=1,
                        why="located",
                    )
                )
    Event.objects.bulk_create(rows, batch_size=500)
    DayCount.objects.bulk_create(days, batch_size=500, ignore_conflicts=True)


def keep_suspects(hosts: list[str], *, brand: str, day: date, series: str = "") -> None:
    """Keep suspects that imitate a brand, first read on a day."""
    reading, _made = Reading.objects.get_or_create(
        source="names", defaults={"started_at": NOW, "heartbeat_at": NOW, "model_version": "test"}
    )
    Suspect.objects.bulk_create(
        [
            Suspect(
                host=host,
                unicode=host,
                registrable=host,
                label=host.partition(".")[0],
                tld=host.rpartition(".")[2],
                series=series or f"{brand}:{host}",
                score=0.9,
                brand=brand,
                sector="government",
                model_version="test",
                source="names",
                reading=reading,
                first_read_at=at(day),
            )
            for host in hosts
        ]
    )
