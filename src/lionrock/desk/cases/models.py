"""The tables of cases: what was reported or opened, what an import changed, and what was not read."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseImport(models.Model):
    """One time that cases were taken from a file, or rejects were read again."""

    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    """``None`` on the command line."""
    name = models.CharField(max_length=200)
    """The file's; empty when rejects were read again."""
    sha256 = models.CharField(max_length=64, blank=True, default="")
    origin = models.CharField(max_length=60, blank=True, default="")
    rows = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    passed_over = models.JSONField(default=list)
    """Columns of the file that have no place here. What they held was not taken."""

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.name}"


class Case(models.Model):
    """An incident that somebody reported to us, or that we opened.

    ``origin`` and ``reference`` say where it is kept: a ticket system and its number there, by which
    an import knows it again. ``opened_on`` is the day in the region's time and what statistics
    count by. ``category`` and ``channel`` are ids of the region pack. ``brand`` is the id of a brand
    that is imitated; one that no pack knows stands in ``brand_named`` alone. ``sector`` is that of
    the brand, or the sector concerned. ``urls`` is how many URLs it is about.
    """

    origin = models.CharField(max_length=60, blank=True, default="")
    reference = models.CharField(max_length=120)
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    category = models.CharField(max_length=60)
    channel = models.CharField(max_length=60, blank=True, default="")
    sector = models.CharField(max_length=60, blank=True, default="")
    brand = models.CharField(max_length=80, blank=True, default="")
    brand_named = models.CharField(max_length=200, blank=True, default="")
    urls = models.PositiveIntegerField(default=0)
    urls_listed = models.BooleanField(default=False)
    """Its URLs are known one by one; else ``urls`` is only their number."""
    imported = models.ForeignKey(
        CaseImport, null=True, on_delete=models.PROTECT, related_name="cases"
    )
    """The import that brought it, or last changed it."""
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["origin", "reference"], name="one_case_per_reference"),
        )
        indexes = (
            models.Index(fields=["opened_on", "category"], name="case_counted"),
            models.Index(fields=["-opened_on", "-id"], name="case_listed"),
        )

    def __str__(self) -> str:
        return self.reference


class CaseUrl(models.Model):
    """A URL that a case is about, with the hash by which the same one is counted once."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="listed")
    url = models.CharField(max_length=4000)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "digest"], name="one_row_per_case_and_url"),
        )

    def __str__(self) -> str:
        return self.digest


class CaseChange(models.Model):
    """What a case said before an import changed it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="changes")
    imported = models.ForeignKey(CaseImport, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(default=dict)
    """The former values of the fields that changed."""

    def __str__(self) -> str:
        return f"{self.case_id} {', '.join(self.before)}"


class RejectState(models.TextChoices):
    """What became of a row that could not be read."""

    OPEN = "open", _("open")
    READ = "read", _("read after all")
    ASIDE = "aside", _("set aside")


class CaseReject(models.Model):
    """A row that could not be taken as a case; kept whole, so that it can be read again."""

    imported = models.ForeignKey(CaseImport, on_delete=models.PROTECT, related_name="rejects")
    """The latest import that met it."""
    at = models.DateTimeField()
    origin = models.CharField(max_length=60, blank=True, default="")
    line = models.PositiveIntegerField()
    reference = models.CharField(max_length=120, blank=True, default="")
    why = models.CharField(max_length=30)
    value = models.CharField(max_length=200, blank=True, default="")
    """What of the row is at fault."""
    text = models.TextField()
    """The row as JSON, or as it was written where it is none."""
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=RejectState.choices, default=RejectState.OPEN)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["origin", "digest"], name="one_reject_per_row"),
        )
        indexes = (models.Index(fields=["state", "-id"], name="case_rejects"),)

    def __str__(self) -> str:
        return f"{self.line} {self.why}"
