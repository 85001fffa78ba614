"""The tables of subscribers, and of the mails to them: an outbox of its own, for it has no tickets."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class PostState(models.TextChoices):
    """Where one mail stands: ``sending`` is written before the first byte leaves."""

    READY = "ready", _("ready to leave")
    SENDING = "sending", _("leaving")
    SENT = "sent", _("sent")
    UNKNOWN = "unknown", _("outcome unknown")
    REFUSED = "refused", _("refused")


class Subscriber(models.Model):
    """Somebody who asked to be told of alerts. Leaving removes the row, and with it the address."""

    code = models.CharField(max_length=24, unique=True)
    """Made of chance; names the subscriber in links, beside a keyed hash."""
    email = models.EmailField()
    language = models.CharField(max_length=10)
    """One of ``lionrock.core.alerts.LANGUAGES``."""
    asked_at = models.DateTimeField()
    asked = models.PositiveSmallIntegerField(default=1)
    """How often somebody asked for this address since it was last confirmed."""
    confirmed_at = models.DateTimeField(null=True)
    dead_since = models.DateTimeField(null=True)
    """A server said that the address takes no mail."""

    class Meta:
        constraints = (models.UniqueConstraint(Lower("email"), name="one_subscriber_per_address"),)
        indexes = (models.Index(fields=["confirmed_at", "id"], name="subscriber_confirmed"),)

    def __str__(self) -> str:
        return self.code


class Post(models.Model):
    """One mail to one subscriber: about an entry of an alert's log, or (null) asking to confirm.

    Its Message-ID follows from both, so that the same mail never has two. Its words are made when it
    leaves: they follow from the entry.
    """

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="posts")
    entry = models.ForeignKey(
        "alerts.Entry", null=True, on_delete=models.PROTECT, related_name="posts"
    )
    message_id = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=PostState.choices, default=PostState.READY)
    attempts = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    claimed_by = models.CharField(max_length=100, blank=True, default="")
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    receipt = models.TextField(blank=True, default="")
    """What the server said."""

    class Meta:
        indexes = (models.Index(fields=["state", "next_at"], name="post_due"),)

    def __str__(self) -> str:
        return self.message_id
