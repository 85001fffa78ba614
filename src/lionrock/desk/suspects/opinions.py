"""The tables of second opinions: what models said of suspects, and what asking them has cost."""

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

MODEL_LENGTH: Final = 200


class Asking(models.TextChoices):
    """How far the question about one name got."""

    ASKED = "asked", _("asked")
    """It is on its way, or was when its worker died."""
    ANSWERED = "answered", _("answered")
    UNANSWERED = "unanswered", _("no answer")
    """The model left the name out, or its answer could not be read."""


class Says(models.TextChoices):
    """Whom a name imitates, by a model's word; the values are ``lionrock.core.opinion.Says``."""

    BRAND = "brand", _("imitates a brand of the catalogue")
    OTHER = "other", _("imitates somebody else")
    NOBODY = "nobody", _("imitates nobody")
    CANNOT_TELL = "cannot-tell", _("cannot tell")


class Sure(models.TextChoices):
    """How sure a model says it is; the values are ``lionrock.core.opinion.Sure``."""

    LOW = "low", _("not very sure")
    MEDIUM = "medium", _("fairly sure")
    HIGH = "high", _("very sure")


class Opinion(models.Model):
    """What one model says of one suspect in answer to one wording of the question: asked once.

    Nothing that decides reads this table: neither score nor state nor order depend on it.
    """

    suspect = models.ForeignKey(
        "suspects.Suspect", on_delete=models.CASCADE, related_name="opinions"
    )
    model = models.CharField(max_length=MODEL_LENGTH)
    prompt = models.CharField(max_length=20)
    """The version of the question (``lionrock.names.opinions.PROMPT``)."""
    state = models.CharField(max_length=10, choices=Asking.choices, default=Asking.ASKED)
    attempts = models.PositiveSmallIntegerField(default=0)
    """Questions about this name that a model had before it; a server that was away does not count."""
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    says = models.CharField(max_length=11, choices=Says.choices, blank=True, default="")
    brand = models.CharField(max_length=100, blank=True, default="")
    other = models.CharField(max_length=100, blank=True, default="")
    lure = models.CharField(max_length=20, blank=True, default="")
    why = models.CharField(max_length=300, blank=True, default="")
    sure = models.CharField(max_length=6, choices=Sure.choices, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["suspect", "model", "prompt"], name="one_opinion_per_model_and_prompt"
            ),
        )
        indexes = (models.Index(fields=["model", "prompt", "state"], name="opinion_model"),)

    def __str__(self) -> str:
        return f"{self.model}: {self.says or self.state}"


class ModelDay(models.Model):
    """What was asked of one model on one day, in the region's time zone: the counters of a budget.

    What is reserved was promised to a question that is under way. A worker that is killed leaves its
    reservation behind: it counts as spent, so that no crash lets a day cost more than it may.
    """

    day = models.DateField()
    model = models.CharField(max_length=MODEL_LENGTH)
    calls = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    """Questions without an answer that could be read."""
    prompt_tokens = models.PositiveBigIntegerField(default=0)
    completion_tokens = models.PositiveBigIntegerField(default=0)
    reserved_calls = models.PositiveIntegerField(default=0)
    reserved_tokens = models.PositiveBigIntegerField(default=0)
    names = models.PositiveIntegerField(default=0)
    """Names asked about."""
    answered = models.PositiveIntegerField(default=0)
    missing = models.PositiveIntegerField(default=0)
    """Names that an answer in the schema left out."""
    unasked = models.PositiveIntegerField(default=0)
    """Answers about names that were not asked about; dropped."""
    trouble = models.CharField(max_length=300, blank=True, default="")
    """What went wrong last; empty when the last question was answered."""
    stumbles = models.PositiveIntegerField(default=0)
    """Rounds in a row to which the server gave no answer at all."""
    rests_until = models.DateTimeField(null=True)
    """Until when the server is left alone."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["day", "model"], name="one_count_per_day_and_model"),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.day}"
