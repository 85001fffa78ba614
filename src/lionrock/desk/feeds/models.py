"""The tables of what comes in: a feed's running state, and every delivery as it came."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lionrock.core.feeds import Carrier
from lionrock.core.tlp import Tlp

ANSWERS = "answers"
"""Under which name answers to letters are kept beside deliveries; no feed of that name is ever read."""


class BlobState(models.TextChoices):
    """How far a delivery has come."""

    KEPT = "kept", _("kept, not read yet")
    READING = "reading", _("being read")
    COMPLETE = "complete", _("read")
    FAILED = "failed", _("could not be read")


class Source(models.Model):
    """A Feed as this team runs it: what an administrator changed of its defaults, and how it fares.

    A row is made when the feed is first used; its id is the feed's. Empty means: as the feed says.
    """

    feed = models.CharField(primary_key=True, max_length=100)
    enabled = models.BooleanField(_("collect it"), default=False)
    enabled_at = models.DateTimeField(null=True)
    """Since when; the silent-feed alarm of a feed never heard counts from there."""
    carrier = models.CharField(
        max_length=20, blank=True, default="", choices=[(c.value, c.value) for c in Carrier]
    )
    address = models.CharField(_("address"), max_length=2000, blank=True, default="")
    account = models.CharField(_("account"), max_length=200, blank=True, default="")
    options = models.JSONField(default=dict)
    """What only this carrier needs: a mailbox folder, a collection's id, search words. No secrets:
    those lie in the data folder's secrets, under ``feed-<id>``."""
    every_seconds = models.PositiveIntegerField(_("expected every (seconds)"), null=True)
    tlp = models.CharField(
        max_length=16, blank=True, default="", choices=[(t.value, t.value) for t in Tlp]
    )
    outside = models.CharField(max_length=10, blank=True, default="drop")
    """What happens to events outside the region once they are counted: ``drop``, or ``pass``, which
    hands them to the passing rules."""
    partner = models.CharField(max_length=254, blank=True, default="")
    """Nobody reads it any more: rules say who gets what."""
    etag = models.CharField(max_length=1000, blank=True, default="")
    last_modified = models.CharField(max_length=100, blank=True, default="")
    cursor = models.TextField(blank=True, default="")
    """How far a carrier that counts has come: a mailbox UID, a TAXII ``added_after``."""
    next_at = models.DateTimeField(null=True, db_index=True)
    tried_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    """When the source last answered, with or without something new."""
    delivered_at = models.DateTimeField(null=True)
    """When the last delivery came in."""
    failures = models.PositiveIntegerField(default=0)
    """Failed attempts in a row; the back-off counts them."""
    failure = models.TextField(blank=True, default="")
    silent_since = models.DateTimeField(null=True)
    """Since when the silent-feed alarm rings; null while it does not."""
    muted_until = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=100, blank=True, default="")
    claimed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.feed


class Blob(models.Model):
    """One delivery as it came. The bytes lie in the data folder under ``blobs/``, by SHA-256,
    compressed with zstd; the same bytes from the same feed are one Blob however often they come.
    """

    feed = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=300)
    carrier = models.CharField(max_length=20)
    origin = models.CharField(max_length=2000, blank=True, default="")
    """Where it was collected: a URL without credentials, a mail's Message-ID, a path."""
    headers = models.JSONField(default=dict)
    size = models.BigIntegerField()
    stored_size = models.BigIntegerField()
    received_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    """How often the same bytes came."""
    last_at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(max_length=10, choices=BlobState.choices, default=BlobState.KEPT)
    claimed_by = models.CharField(max_length=100, blank=True, default="")
    heartbeat_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True, default="")
    reader = models.CharField(max_length=100, blank=True, default="")
    """The version of the reading code and tables that read it last."""
    lines = models.BigIntegerField(default=0)
    """The last line number that is committed: reading goes on behind it."""
    nth = models.BigIntegerField(default=0)
    """How many events and rejects of that line are committed."""
    stalled = models.PositiveIntegerField(default=0)
    """How often reading ended without an error and without having come further."""
    events = models.BigIntegerField(default=0)
    ours = models.BigIntegerField(default=0)
    outside = models.BigIntegerField(default=0)
    """Events outside the region: counted, then dropped or passed on."""
    duplicates = models.BigIntegerField(default=0)
    """Events that the same feed had reported before, word for word: counted here alone."""
    rejects = models.BigIntegerField(default=0)
    fresh = models.BigIntegerField(default=0)
    """Episodes that this delivery opened."""
    too_old = models.BigIntegerField(default=0)
    """Episodes that nobody was told of when it was routed, since they were last seen too long before.
    Kept, since counting them again would read every event of what may be a delivery of millions."""
    completed_at = models.DateTimeField(null=True)
    routed_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    """When retention removed the bytes; the row stays."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["feed", "sha256"], name="one_blob_per_feed"),
        )
        indexes = (
            models.Index(fields=["state", "id"], name="blob_state"),
            models.Index(fields=["feed", "-received_at"], name="blob_feed"),
            models.Index(fields=["-received_at"], name="blob_received"),
            models.Index(
                fields=["id"],
                name="blob_unrouted",
                condition=models.Q(state=BlobState.COMPLETE, routed_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.feed} {self.name}"


class Aid(models.Model):
    """A document that reading profits from, fetched at run time: Shadowserver's schema."""

    name = models.CharField(max_length=100, primary_key=True)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    origin = models.CharField(max_length=2000)
    fetched_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
