"""The tables of counting: which things were there on which days, and figures as they were kept."""

from django.conf import settings
from django.db import models


class Heading(models.Model):
    """Under what things are counted: the columns that many of them share, kept once."""

    kind = models.CharField(max_length=80)
    variant = models.CharField(max_length=40, blank=True, default="")
    family = models.CharField(max_length=100, blank=True, default="")
    feed = models.CharField(max_length=100)
    part = models.CharField(max_length=10)
    asset_kind = models.CharField(max_length=10)
    unit = models.CharField(max_length=10)
    """``url``, ``address``, or ``source``: the other end, which attacked."""
    asn = models.BigIntegerField(default=0)
    country = models.CharField(max_length=2, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=[
                    *("kind", "unit", "family", "feed", "variant", "part", "asset_kind", "asn"),
                    "country",
                ],
                name="one_heading",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.unit} {self.family} {self.feed}"


class Presence(models.Model):
    """On which days of a month one thing was reported under one heading.

    ``thing`` is a number that stands for a URL or address, made with a key that lies outside the
    database. ``month`` is year times 100 plus month, ``days`` one bit for each day, the 1st lowest,
    both in the region's time.
    """

    month = models.IntegerField()
    heading_id = models.BigIntegerField()
    thing = models.BigIntegerField()
    days = models.IntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["month", "heading_id", "thing"], name="one_presence"),
        )

    def __str__(self) -> str:
        return f"{self.month} {self.heading_id} {self.thing}"


class CountedDay(models.Model):
    """A day, in the region's time, whose events stand in Presence as they were when it was counted.

    ``touched`` is what ``TouchedDay`` said just before, over the days in UTC from ``first`` to
    ``last`` that it lies in: when the sum has grown, the day is counted again. -1 says that events were removed
    before the day was ever counted: it never will be.
    """

    day = models.DateField(primary_key=True)
    first = models.DateField()
    last = models.DateField()
    touched = models.BigIntegerField()
    things = models.BigIntegerField()
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.day}"


class Edition(models.Model):
    """The figures of a period as they were counted at a time. Nothing of it is ever changed.

    ``by`` and ``reason`` are those of a restatement; the product keeps the first version, and new
    ones of what has just ended, by itself. ``definitions`` tells by which ones it was counted.
    """

    period = models.CharField(max_length=30)
    """``core.figures.Period.key``."""
    first = models.DateField()
    last = models.DateField()
    version = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(blank=True, default="")
    definitions = models.CharField(max_length=64)
    gaps = models.JSONField(default=list)
    """(feed, first day, last day) of every silence."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["period", "version"], name="one_edition"),)

    def __str__(self) -> str:
        return f"{self.period} version {self.version}"


class KeptFigure(models.Model):
    """One Figure of an edition."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="figures")
    place = models.PositiveIntegerField()
    """Where it stands among the edition's figures, from 0."""
    name = models.CharField(max_length=250)
    """The Figure's id."""
    stream = models.CharField(max_length=10)
    definition = models.CharField(max_length=100)
    unit = models.CharField(max_length=10)
    value = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    filters = models.JSONField(default=list)
    query = models.CharField(max_length=100, blank=True, default="")
    gaps = models.JSONField(default=list)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["edition", "name"], name="one_figure_per_edition"),
        )

    def __str__(self) -> str:
        return self.name
