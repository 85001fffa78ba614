"""The tables of the queue: what was read, what was put forward, what people decided."""

from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lionrock.core.judgement import Reason

HOST_LENGTH: Final = 253


class State(models.TextChoices):
    """Where a suspect stands."""

    WAITING = "waiting", _("waiting")
    CONFIRMED = "confirmed", _("confirmed")
    DISMISSED = "dismissed", _("dismissed")


class Dismissal(models.TextChoices):
    """Why a suspect was dismissed."""

    ACCIDENT = "accident", _("accident: the letters only happen to match")
    LEGITIMATE = "legitimate", _("legitimate: somebody else's honest name")
    BRAND_OWN = "brand_own", _("brand's own: the brand uses it itself")
    UNCLEAR = "unclear", _("unclear: cannot tell from here")


class Kind(models.TextChoices):
    """What a Decision records."""

    CONFIRM = "confirm", _("confirmed")
    DISMISS = "dismiss", _("dismissed")
    UNDO = "undo", _("taken back")
    ASSIGN = "assign", _("assigned")
    COMMENT = "comment", _("commented")


class ProposalState(models.TextChoices):
    """What became of a proposal for the region pack."""

    OPEN = "open", _("open")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Tlp(models.TextChoices):
    """The Traffic Light Protocol 2.0's labels (FIRST) that an export may carry."""

    CLEAR = "TLP:CLEAR", "TLP:CLEAR"
    GREEN = "TLP:GREEN", "TLP:GREEN"
    AMBER = "TLP:AMBER", "TLP:AMBER"
    AMBER_STRICT = "TLP:AMBER+STRICT", "TLP:AMBER+STRICT"


class Reading(models.Model):
    """One scan that stored what it found."""

    source = models.CharField(_("source"), max_length=200, db_index=True)
    started_at = models.DateTimeField(db_index=True)
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    failure = models.TextField(blank=True, default="")
    machine = models.CharField(max_length=255, blank=True, default="")
    process = models.IntegerField(null=True)
    names = models.BigIntegerField(default=0)
    rejects = models.BigIntegerField(default=0)
    suspects = models.BigIntegerField(default=0)
    fresh = models.BigIntegerField(default=0)
    """Suspects that were not stored before."""
    known = models.BigIntegerField(default=0)
    official = models.BigIntegerField(default=0)
    model_version = models.CharField(max_length=100)
    rejects_file = models.CharField(max_length=1000, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M}"


class Suspect(models.Model):
    """A domain name that triage put forward."""

    host = models.CharField(max_length=HOST_LENGTH, unique=True)
    unicode = models.CharField(max_length=HOST_LENGTH)
    registrable = models.CharField(max_length=HOST_LENGTH)
    label = models.CharField(max_length=63)
    """The part of the registrable name (or the tenant's) that somebody chose."""
    tenant_of = models.CharField(max_length=HOST_LENGTH, null=True)
    tld = models.CharField(max_length=63)
    series = models.CharField(max_length=200)
    score = models.FloatField()
    brand = models.CharField(max_length=100, blank=True, default="")
    sector = models.CharField(max_length=100, blank=True, default="")
    reasons = models.JSONField(default=list)
    model_version = models.CharField(max_length=100)
    source = models.CharField(max_length=200)
    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="found")
    first_read_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    dismissal = models.CharField(max_length=10, choices=Dismissal.choices, blank=True, default="")
    note = models.TextField(blank=True, default="")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = (
            # The queue walks its first index in order of score; it also holds every column that a
            # filter or the search looks at, so that a filter few rows match need not visit the rows.
            models.Index(
                fields=[
                    "state",
                    "-score",
                    "id",
                    "series",
                    "brand",
                    "sector",
                    "tld",
                    "source",
                    "first_read_at",
                    "host",
                    "unicode",
                ],
                name="suspect_queue",
            ),
            models.Index(fields=["state", "brand", "-score", "id"], name="suspect_brand"),
            models.Index(fields=["state", "sector", "-score", "id"], name="suspect_sector"),
            # Asked once for every row that the queue folds: is a better name of this series let through?
            models.Index(
                fields=[
                    "series",
                    "state",
                    "-score",
                    "id",
                    "tld",
                    "source",
                    "first_read_at",
                    "host",
                    "unicode",
                ],
                name="suspect_series",
            ),
            models.Index(fields=["first_read_at", "state"], name="suspect_age"),
            models.Index(fields=["state", "model_version"], name="suspect_model"),
            models.Index(fields=["state", "-decided_at", "id"], name="suspect_decided"),
            models.Index(fields=["assigned_to", "state", "-score", "id"], name="suspect_assigned"),
            models.Index(fields=["label"], name="suspect_label"),
        )

    def __str__(self) -> str:
        return self.host

    def seen_reasons(self) -> tuple[Reason, ...]:
        """Return the reasons as values."""
        return tuple(Reason(**reason) for reason in self.reasons)


class Decision(models.Model):
    """One line of a suspect's history: a decision, its undoing, an assignment or a comment."""

    suspect = models.ForeignKey(Suspect, on_delete=models.PROTECT, related_name="decisions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    before = models.CharField(max_length=200, blank=True, default="")
    after = models.CharField(max_length=200, blank=True, default="")
    note = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.kind} {self.suspect_id}"


class PackProposal(models.Model):
    """A domain that an analyst found to be a brand's own, proposed for the region pack."""

    brand = models.CharField(max_length=100, blank=True, default="")
    domain = models.CharField(max_length=HOST_LENGTH)
    suspect = models.ForeignKey(Suspect, on_delete=models.PROTECT, related_name="proposals")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN, db_index=True
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["suspect"],
                condition=models.Q(state=ProposalState.OPEN),
                name="one_open_proposal_per_suspect",
            ),
        )

    def __str__(self) -> str:
        return f"{self.domain} → {self.brand}"


class TeamSettings(models.Model):
    """What the team sets for itself; one row."""

    daily_budget = models.PositiveIntegerField(default=100)
    export_tlp = models.CharField(max_length=16, choices=Tlp.choices, default=Tlp.AMBER)

    def save(self, *args: Any, **kwargs: Any) -> None:  # Any: Django's own signature
        """Keep to the one row."""
        self.pk = 1
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return "team settings"


# Kept apart, for they are about series and advice, not about one suspect; Django looks for tables here.
from lionrock.desk.suspects.found import FoundSeries  # noqa: E402, F401
from lionrock.desk.suspects.opinions import ModelDay, Opinion  # noqa: E402, F401
