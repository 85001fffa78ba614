"""The tables of alerts: drafts in all their versions, approvals, the public log, what it took."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lionrock.desk.alerts.content import Content, from_json


class State(models.TextChoices):
    """Where the text that is worked on stands; what is public stands beside it (``Alert.public``)."""

    DRAFT = "draft", _("being evaluated")
    SUBMITTED = "submitted", _("waits for approval")
    APPROVED = "approved", _("approved")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")
    DISCARDED = "discarded", _("discarded")


class Kind(models.TextChoices):
    """What an alert is about; the values are ``lionrock.core.alerts.Kind``."""

    PHISHING = "phishing", _("Phishing")
    MALWARE = "malware", _("Malware")
    BOTNET = "botnet", _("Botnet")
    VULNERABILITY = "vulnerability", _("Vulnerability")
    ANTICIPATORY = "anticipatory", _("Early warning")


class Risk(models.TextChoices):
    """How bad it is; the values are ``lionrock.core.alerts.Risk``."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    EXTREME = "extreme", _("Extremely high")


class Step(models.TextChoices):
    """What a public entry says happened."""

    PUBLISHED = "published", _("published")
    UPDATED = "updated", _("updated")
    CORRECTED = "corrected", _("corrected")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Weight(models.TextChoices):
    """How bad an error is that was found after publication."""

    SLIP = "slip", _("a slip: spelling, layout")
    WRONG = "wrong", _("wrong: a number, name or date")
    HARMFUL = "harmful", _("harmful: somebody innocent named, bad advice")


class Alert(models.Model):
    """One alert from its draft to its withdrawal."""

    kind = models.CharField(max_length=15, choices=Kind.choices)
    risk = models.CharField(max_length=10, choices=Risk.choices)
    """Of the latest version, as are kind and title: lists need not read it."""
    title = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.DRAFT, db_index=True
    )
    origin = models.CharField(max_length=200, blank=True, default="")
    """What it was drafted from (``trend:12``); empty where an analyst began it."""
    sheet = models.TextField(blank=True, default="")
    """The fact sheet it was drafted from, as ``briefing.sheets`` writes it; empty where there is none."""
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """Null: the product drafted it."""
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True)
    news = models.JSONField(default=dict)
    """What the update that is being worked on changes, by language: the public log's next line."""
    news_step = models.CharField(max_length=10, choices=Step.choices, blank=True, default="")
    latest = models.PositiveIntegerField(default=1)
    """The number of its latest version."""
    version = models.PositiveIntegerField(default=1)
    """Grows with everything anybody does to it: who saw an older one is told so."""
    number = models.CharField(max_length=30, unique=True, null=True)
    """``LR-2026-0012``, given out when it is first published."""
    slug = models.CharField(max_length=100, unique=True, null=True)
    public = models.ForeignKey(
        "alerts.Version", null=True, on_delete=models.PROTECT, related_name="+"
    )
    """The version that everybody reads; null until it is published."""
    published_at = models.DateTimeField(null=True, db_index=True)
    updated_at = models.DateTimeField(null=True)
    first_look_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)
    """When its first publication was approved by everybody who had to."""
    active_seconds = models.PositiveIntegerField(null=True)
    """What people spent on its page until then."""
    kept_sentences = models.FloatField(null=True)
    """Which share of the draft's sentences was approved as it stood; null where a person wrote it."""
    kept_characters = models.FloatField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["state", "-made_at"], name="alert_state"),
            models.Index(fields=["-published_at", "-id"], name="alert_published"),
        )

    def __str__(self) -> str:
        return self.number or f"draft {self.pk}"


class Version(models.Model):
    """What an alert said at one time. Versions are added, never changed and never removed."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    """``lionrock.desk.alerts.content.as_json``."""
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """Null: the product."""
    what = models.CharField(max_length=20)
    """What was changed, as a code (``lionrock.desk.alerts.words.CHANGES``)."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["alert", "number"], name="one_version_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.alert_id} version {self.number}"

    def read(self) -> Content:
        """Return what it says."""
        return from_json(self.content)


class Evidence(models.Model):
    """What sentences may rest on, as it was when it was laid before the analyst.

    ``text`` holds every word and number that it supports. ``data`` is for showing: of a figure its
    value, definition, period, query, gaps and series; of a source its address and day.
    """

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="evidence")
    ref = models.CharField(max_length=200)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who added it; null: it came with the draft."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["alert", "ref"], name="one_evidence_per_reference"),
        )

    def __str__(self) -> str:
        return self.ref


class Approval(models.Model):
    """Somebody's word that one version may be published; it counts for that version alone."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="approvals")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="approvals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["version", "by"], name="one_approval_per_person"),
        )

    def __str__(self) -> str:
        return f"{self.version_id} by {self.by_id}"


class Entry(models.Model):
    """One line of an alert's public log: it was published, updated, corrected or withdrawn."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    """The public version: 1 for the first publication."""
    step = models.CharField(max_length=10, choices=Step.choices)
    text = models.JSONField(default=dict)
    """What changed, by language; empty for the first publication."""
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_to = models.BigIntegerField(default=0)
    """The last subscriber for whom a mail lies in the outbox."""
    told_at = models.DateTimeField(null=True)
    """When every subscriber had theirs there."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["alert", "number"], name="one_entry_per_number"),
        )
        indexes = (models.Index(fields=["told_at", "at"], name="entry_told"),)

    def __str__(self) -> str:
        return f"{self.alert_id} {self.step} {self.number}"


class Mistake(models.Model):
    """An error found after publication; ``corrected`` is the entry that put it right."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="mistakes")
    what = models.TextField()
    weight = models.CharField(max_length=10, choices=Weight.choices)
    found_at = models.DateTimeField(db_index=True)
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    corrected = models.ForeignKey(
        Entry, null=True, on_delete=models.PROTECT, related_name="mistakes"
    )

    def __str__(self) -> str:
        return self.what[:80]


class Look(models.Model):
    """Somebody opened an alert's page; ``seconds`` until they next asked for anything of an alert."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="looks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    seconds = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["person", "-at"], name="look_person"),)

    def __str__(self) -> str:
        return f"{self.alert_id} {self.at:%Y-%m-%d %H:%M}"


class NumberYear(models.Model):
    """The last public number given out in a year; publishers lock its row in turn."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


# Kept apart, for they are about readers, not about alerts; Django looks for tables here.
from lionrock.desk.alerts.readers import Post, Subscriber  # noqa: E402, F401
