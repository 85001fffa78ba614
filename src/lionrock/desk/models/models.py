"""The tables of the registry: models that were added, their exams, and who switched to which."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

VERSION_LENGTH = 100


class KeptModel(models.Model):
    """A model of names that was added beside the shipped one; its files lie in the data folder."""

    version = models.CharField(max_length=VERSION_LENGTH, unique=True)
    digest = models.CharField(max_length=64)
    """SHA-256 over its files, so that what judges is what was examined."""
    size = models.BigIntegerField()
    note = models.TextField(blank=True, default="")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return self.version


class Exam(models.Model):
    """What one exam of a model found; the latest on a corpus counts."""

    version = models.CharField(max_length=VERSION_LENGTH)
    corpus = models.CharField(max_length=64)
    """SHA-256 over the names that the exam was held on: only exams on the same ones compare."""
    region = models.CharField(max_length=20)
    threshold = models.FloatField()
    rows = models.JSONField()
    """One object per row: what, of, share, least, most."""
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = (models.Index(fields=["version", "-at"], name="exam_of"),)

    def __str__(self) -> str:
        return f"{self.version} {self.at:%Y-%m-%d %H:%M}"


class Change(models.TextChoices):
    """How another model came to judge."""

    SWITCH = "switch", _("switched")
    BACK = "back", _("went back")


class Choice(models.Model):
    """One switch: from now on this version judges. ``version`` is "" for the shipped model."""

    version = models.CharField(max_length=VERSION_LENGTH, blank=True)
    change = models.CharField(max_length=10, choices=Change.choices)
    instead = models.CharField(max_length=VERSION_LENGTH)
    """The version that judged until then."""
    back_to = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    """The choice that going back from here returns to; none leads to the shipped model."""
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.change} {self.version}"


class Chosen(models.Model):
    """Which choice stands; one row, which whoever switches holds."""

    choice = models.ForeignKey(Choice, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.choice or "")
