"""The tables of trends: what was counted, what was noticed, what people said of it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

KEY_LENGTH = 300


class What(models.TextChoices):
    """What is unusual; the values are those of ``lionrock.briefing.trends.noticing.What``."""

    RISE = "rise", _("rising")
    FIRST = "first", _("new here")
    CAMPAIGN = "campaign", _("campaign")


class Standing(models.TextChoices):
    """What people want of a series."""

    WATCHED = "watched", _("watched")
    MUTED = "muted", _("muted")


class Cell(models.Model):
    """How many distinct assets one source saw of one series on one day of the region."""

    day = models.DateField()
    source = models.CharField(max_length=200)
    dimension = models.CharField(max_length=20)
    value = models.CharField(max_length=253)
    count = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["day", "dimension", "value", "source"], name="one_trend_cell"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.dimension}:{self.value} {self.count}"


class Heard(models.Model):
    """How much one source said of the region on one day; the row of a day without any has no source."""

    day = models.DateField()
    source = models.CharField(max_length=200, blank=True, default="")
    count = models.BigIntegerField(default=0)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["day", "source"], name="one_trend_heard"),)

    def __str__(self) -> str:
        return f"{self.day} {self.source} {self.count}"


class Beginning(models.Model):
    """On which day a series was counted first; it outlives the cells."""

    dimension = models.CharField(max_length=20)
    value = models.CharField(max_length=253)
    day = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["dimension", "value"], name="one_trend_beginning"),
        )

    def __str__(self) -> str:
        return f"{self.dimension}:{self.value} {self.day}"


class Trend(models.Model):
    """One thing that is new or rising, with its repeats."""

    key = models.CharField(max_length=KEY_LENGTH, db_index=True)
    """The series, ``family:mirai``."""
    what = models.CharField(max_length=10, choices=What.choices)
    dimension = models.CharField(max_length=20)
    value = models.CharField(max_length=253)
    since = models.DateField()
    last_day = models.DateField(db_index=True)
    """The last day on which it was noticed."""
    days = models.PositiveIntegerField(default=1)
    """On how many days it was noticed."""
    counted = models.BigIntegerField()
    """Distinct assets from ``since`` to ``last_day``, of each source and day: what the method saw."""
    usual = models.FloatField()
    yearly = models.FloatField()
    """How often a year chance gives as unusual a thing somewhere among all series, at its rarest."""
    course = models.JSONField(default=list)
    """Counts of the days up to ``last_day``; null where a feed was silent."""
    why = models.JSONField(default=list)
    """Codes and what they are about, as lists of two."""
    also = models.JSONField(default=list)
    """Other series that tell the same, as lists of dimension and value."""
    members = models.JSONField(default=list)
    """Assets, as lists of reference, kind and value; the newest some hundred."""
    figures = models.JSONField(default=list)
    """``lionrock.core.figures.Figure`` values: now, before, usual."""
    noticed_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["-last_day", "yearly"], name="trend_latest"),)

    def __str__(self) -> str:
        return f"{self.key} {self.since}"

    @property
    def ref(self) -> str:
        """The reference that sentences cite."""
        return f"trend:{self.pk}"


class Wish(models.Model):
    """That somebody wants a series watched or muted, until when, and why."""

    key = models.CharField(max_length=KEY_LENGTH, unique=True)
    dimension = models.CharField(max_length=20)
    value = models.CharField(max_length=253)
    standing = models.CharField(max_length=10, choices=Standing.choices)
    until = models.DateField(null=True)
    """The last day; null for ever."""
    note = models.CharField(max_length=500, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key} {self.standing}"


class Look(models.Model):
    """One look at a day: what was compared, what was left out, what came of it."""

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    series = models.PositiveIntegerField()
    """How many series were judged."""
    days = models.PositiveIntegerField()
    """Over how many days."""
    left_out = models.JSONField(default=dict)
    """Sources that were not looked at, with the reason: new, silent."""
    noticed = models.PositiveIntegerField(default=0)
    muted = models.PositiveIntegerField(default=0)
    """Trends that were noticed and muted."""

    def __str__(self) -> str:
        return f"{self.day}"


class Measured(models.Model):
    """What a method's scores mean here: its false alarms on resampled history; one row."""

    at = models.DateTimeField()
    day = models.DateField()
    """The last day of the history that was resampled."""
    calibration = models.JSONField()

    def __str__(self) -> str:
        return f"{self.day}"
