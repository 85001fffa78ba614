"""Writes topics of a quarter: every change is a version, and none is lost."""

from datetime import datetime

from django.db import transaction

from lionrock.briefing.report.articles import faults
from lionrock.briefing.report.content import Article
from lionrock.briefing.report.kept import article_told
from lionrock.core.errors import LionrockError
from lionrock.desk.audit.services import record
from lionrock.desk.people.models import Person
from lionrock.desk.reports.models import Topic, TopicVersion


class Faulty(LionrockError):
    """The text cannot be published as it stands; ``faults`` says why."""

    def __init__(self, found: list[str]) -> None:
        super().__init__("; ".join(found))
        self.faults = found


class WrittenMeanwhile(LionrockError):
    """Somebody wrote a version since the page was drawn."""


@transaction.atomic
def write_topic(
    *, quarter: str, article: Article, place: int, seen: int, by: Person | None, now: datetime
) -> Topic:
    """Keep a text as the topic's next version; ``seen`` is the version it was written from, 0 for none.

    Raises Faulty for a text with a digit that rests on nothing, and WrittenMeanwhile.
    """
    if found := faults(article):
        raise Faulty(found)
    topic, _new = Topic.objects.get_or_create(quarter=quarter, key=article.key)
    topic = Topic.objects.select_for_update().get(pk=topic.pk)
    if topic.version != seen:
        raise WrittenMeanwhile(f"{topic} is at version {topic.version}")
    topic.version += 1
    topic.place, topic.out = place, False
    topic.save(update_fields=["version", "place", "out"])
    TopicVersion.objects.create(
        topic=topic, number=topic.version, article=article_told(article), by=by, at=now
    )
    _recorded(topic, "topic.written", by=by, now=now)
    return topic


@transaction.atomic
def take_out(*, topic_id: int, by: Person | None, now: datetime) -> Topic:
    """Leave a topic out of the report; its versions stay, and writing it again brings it back."""
    topic = Topic.objects.select_for_update().get(pk=topic_id)
    topic.out = True
    topic.save(update_fields=["out"])
    _recorded(topic, "topic.taken-out", by=by, now=now)
    return topic


def _recorded(topic: Topic, action: str, *, by: Person | None, now: datetime) -> None:
    record(
        by=by,
        action=action,
        subject=f"topic {topic.quarter} {topic.key}",
        details={"version": topic.version},
        now=now,
    )
