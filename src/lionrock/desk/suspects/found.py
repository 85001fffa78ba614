"""The table of series that were found among many names, most of which are no suspects by themselves."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

MARK: Final = ":~"
"""Stands in a suspect's series between the brand and the name of a found series."""
NAME_LENGTH: Final = 120


class FoundBy(models.TextChoices):
    """How a series was found; the values are those of ``lionrock.names.series.By``."""

    PATTERN = "pattern", _("one pattern")
    CERTIFICATE = "certificate", _("one certificate")
    REGISTRATION = "registration", _("one pattern, registrar and day")
    RESEMBLANCE = "resemblance", _("names that resemble each other")


class FoundSeries(models.Model):
    """Names of one hand, found among names at large; its suspects bear ``brand:~name`` as series."""

    name = models.CharField(max_length=NAME_LENGTH, unique=True)
    by = models.CharField(max_length=20, choices=FoundBy.choices)
    members = models.PositiveIntegerField()
    """How many names it had when it was last found, suspects or not."""
    expected = models.FloatField(null=True)
    """How many names chance gives; none where that was not asked."""
    score = models.FloatField()
    first_seen = models.DateField(null=True)
    last_seen = models.DateField(null=True)
    others = models.JSONField(default=list)
    """Some members that were not put forward, by host."""
    model_version = models.CharField(max_length=100)
    source = models.CharField(max_length=200)
    found_at = models.DateTimeField()
    updated_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.name


def key_of(name: str, brand: str) -> str:
    """Return what a suspect of a found series bears as its series: one per brand, as in the queue."""
    return f"{brand[:70]}{MARK}{name}"


def name_in(key: str) -> str | None:
    """Return the found series' name in a suspect's series; None when it is another kind of series."""
    _brand, mark, name = key.partition(MARK)
    return name if mark else None
