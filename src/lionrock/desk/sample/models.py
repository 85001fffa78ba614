"""The list of what was made up: as long as it names something, made-up things may be there."""

from django.db import models


class What(models.TextChoices):
    """What was laid."""

    DELIVERY = "delivery"
    """Its feed and the SHA-256 of its bytes, separated by a space."""
    CONSTITUENT = "constituent"
    """Its id."""
    FEED = "feed"
    """A feed that was switched on for it."""
    NAMES = "names"
    """The source under which made-up names are read."""


class Laid(models.Model):
    """One thing that a first start laid."""

    what = models.CharField(max_length=20, choices=What.choices)
    key = models.CharField(max_length=200)
    laid_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["what", "key"], name="laid_once"),)

    def __str__(self) -> str:
        return f"{self.what} {self.key}"
