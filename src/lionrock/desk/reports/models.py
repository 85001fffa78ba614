"""The tables of reports: topics with every version of their text, and reports as they were made."""

from django.conf import settings
from django.db import models


class Topic(models.Model):
    """An article of a quarter. ``version`` is that of its text; one taken out keeps its versions."""

    quarter = models.CharField(max_length=6)
    key = models.SlugField(max_length=60)
    place = models.PositiveSmallIntegerField(default=1)
    """Where it stands in the report, from 1."""
    version = models.PositiveIntegerField(default=0)
    out = models.BooleanField(default=False)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["quarter", "key"], name="one_topic"),)

    def __str__(self) -> str:
        return f"{self.quarter} {self.key}"


class TopicVersion(models.Model):
    """One version of a topic's text. Nothing of it is ever changed."""

    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    article = models.JSONField()
    """As ``briefing.report.kept.article_told`` writes it."""
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["topic", "number"], name="one_topic_version"),
        )

    def __str__(self) -> str:
        return f"{self.topic} version {self.number}"


class Report(models.Model):
    """A report as it was made: all it tells is in ``contents``, so every format can be had again.

    Nothing of it is ever changed; whoever makes the report again makes its next version.
    """

    quarter = models.CharField(max_length=6)
    version = models.PositiveIntegerField()
    issued = models.DateField()
    contents = models.JSONField()
    """As ``briefing.report.kept.told`` writes it."""
    corrections = models.PositiveIntegerField(default=0)
    """How many numbers it corrects."""
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["quarter", "version"], name="one_report_version"),
        )

    def __str__(self) -> str:
        return f"{self.quarter} version {self.version}"
