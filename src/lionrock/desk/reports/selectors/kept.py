"""Reports and topics as they stand."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from lionrock.briefing.report.content import Article
from lionrock.briefing.report.kept import article_read, read
from lionrock.core.figures import Period
from lionrock.desk.reports.models import Report, Topic, TopicVersion

QUARTERS = 12
"""Quarters that a report can be made of, back from the last that is over."""


def reports(quarter: str) -> Sequence[Report]:
    """Return every version of a quarter's report, the newest first."""
    rows = Report.objects.filter(quarter=quarter).select_related("made_by")
    return list(rows.order_by("-version"))


def report(quarter: str, version: int) -> Report | None:
    """Return one version, ``None`` where there is none."""
    return Report.objects.filter(quarter=quarter, version=version).first()


def topics(quarter: str) -> Sequence[Topic]:
    """Return the topics that stand in a quarter's report, in order."""
    return list(Topic.objects.filter(quarter=quarter, out=False).order_by("place", "key"))


def articles(quarter: str) -> tuple[Article, ...]:
    """Return the current text of every topic, in order."""
    return tuple(article for topic in topics(quarter) if (article := article_of(topic)))


def article_of(topic: Topic) -> Article | None:
    """Return a topic's current text."""
    row = TopicVersion.objects.filter(topic=topic, number=topic.version).first()
    return article_read(row.article) if row else None


def versions(topic: Topic) -> Sequence[TopicVersion]:
    """Return every version of a topic's text, the newest first."""
    rows = TopicVersion.objects.filter(topic=topic).select_related("by")
    return list(rows.order_by("-number"))


def published_values(quarters: Sequence[Period]) -> dict[str, int | Decimal | None]:
    """Return what reports said last of every figure of these quarters, by id."""
    keys = {period.key for period in quarters}
    found: dict[str, int | Decimal | None] = {}
    rows = Report.objects.filter(quarter__in=keys).order_by("made_at", "id")
    for row in rows.iterator(chunk_size=10):
        for figure in read(row.contents).figures():
            if figure.period.key in keys:
                found[figure.id] = figure.value
    return found


def choices(today: date) -> list[Period]:
    """Return the quarters that are over, the latest first."""
    last = Period.of(f"{today.year}Q{(today.month + 2) // 3}").previous()
    found = [last]
    while len(found) < QUARTERS:
        found.append(found[-1].previous())
    return found
