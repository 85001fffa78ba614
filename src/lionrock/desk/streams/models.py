"""The tables of streams: what runs and how far it has come, hour by hour, and what was not read."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lionrock.core.streams import StreamKind


class Standing(models.TextChoices):
    """What the list of logs says of a log."""

    UNLISTED = "", _("not from a list")
    PENDING = "pending", _("pending")
    QUALIFIED = "qualified", _("qualified")
    USABLE = "usable", _("usable")
    READONLY = "readonly", _("read-only")
    RETIRED = "retired", _("retired")
    REJECTED = "rejected", _("rejected")
    GONE = "gone", _("no longer listed")


class Stream(models.Model):
    """One stream of names. It is read while it is wanted: the rest of the row is how that fares."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    title = models.CharField(_("title"), max_length=200, blank=True, default="")
    kind = models.CharField(
        max_length=20, choices=[(kind.value, kind.value) for kind in StreamKind]
    )
    address = models.CharField(_("address"), max_length=2000)
    account = models.CharField(_("account"), max_length=200, blank=True, default="")
    options = models.JSONField(default=dict)
    """What only this kind needs: a log's key and protocol, a zone, top-level domains. No secrets:
    those lie in the data folder's secrets, under ``feed-stream-<name>``."""
    every_seconds = models.PositiveIntegerField(null=True)
    """How often to look for news, where that is not the kind's own."""
    standing = models.CharField(
        max_length=10, choices=Standing.choices, blank=True, default=Standing.UNLISTED
    )
    listed_at = models.DateTimeField(null=True)
    """When a list last named it."""

    wanted = models.BooleanField(default=False)
    """An administrator wants it read. Nothing is contacted for a stream that is not wanted."""
    wanted_at = models.DateTimeField(null=True)
    wanted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    position = models.JSONField(default=dict)
    index = models.BigIntegerField(null=True)
    """The next entry to read, where entries are counted."""
    head_size = models.BigIntegerField(null=True)
    """How many entries the log had signed for when we last looked."""
    head_root = models.CharField(max_length=64, blank=True, default="")
    head_at = models.DateTimeField(null=True)
    head_note = models.TextField(blank=True, default="")
    newest_at = models.DateTimeField(null=True)
    """When the newest entry that was read had been made."""
    heard_at = models.DateTimeField(null=True)
    """When the other side last answered, with or without something new."""
    arrived_at = models.DateTimeField(null=True)
    """When the last entry came in."""

    entries = models.BigIntegerField(default=0)
    names = models.BigIntegerField(default=0)
    repeated = models.BigIntegerField(default=0)
    """Names that we had met before; the others were judged."""
    suspects = models.BigIntegerField(default=0)
    fresh = models.BigIntegerField(default=0)
    """Suspects that were not stored before."""
    rejects = models.BigIntegerField(default=0)
    reading = models.ForeignKey(
        "suspects.Reading", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    """The reading under which this stream's suspects are stored; a new one each day."""

    alarm = models.TextField(blank=True, default="")
    """What cannot be true of what it says. While this stands, nothing is read of it."""
    alarm_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    """Failed attempts in a row; the back-off counts them."""
    failure = models.TextField(blank=True, default="")
    claimed_by = models.CharField(max_length=100, blank=True, default="")
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["wanted", "next_at"], name="stream_due"),)

    def __str__(self) -> str:
        return self.name


class StreamHour(models.Model):
    """What came of a stream in one hour."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    entries = models.BigIntegerField(default=0)
    names = models.BigIntegerField(default=0)
    repeated = models.BigIntegerField(default=0)
    suspects = models.BigIntegerField(default=0)
    fresh = models.BigIntegerField(default=0)
    rejects = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["stream", "hour"], name="one_row_per_stream_and_hour"),
        )

    def __str__(self) -> str:
        return f"{self.stream_id} {self.hour:%Y-%m-%d %H}"


class StreamGap(models.Model):
    """What of a stream was not read, and why: entries, or what came within a time."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="gaps")
    noted_at = models.DateTimeField()
    first = models.BigIntegerField(null=True)
    last = models.BigIntegerField(null=True)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    why = models.CharField(max_length=500)

    def __str__(self) -> str:
        return f"{self.stream_id} {self.why}"


class StreamReject(models.Model):
    """What came of a stream and could not be read; kept so that it can be read again."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="unread")
    at = models.DateTimeField()
    place = models.CharField(max_length=100)
    text = models.CharField(max_length=200, blank=True, default="")
    why = models.CharField(max_length=500)
    raw = models.BinaryField(null=True)
    replayed_at = models.DateTimeField(null=True)
    """When it was read after all."""

    class Meta:
        indexes = (models.Index(fields=["stream", "-id"], name="stream_unread"),)

    def __str__(self) -> str:
        return f"{self.stream_id} {self.place}"


class StreamAlarm(models.Model):
    """A time when a stream said what cannot be true, and who looked at it."""

    stream = models.ForeignKey(Stream, on_delete=models.CASCADE, related_name="alarms")
    at = models.DateTimeField()
    text = models.TextField()
    evidence = models.JSONField(default=dict)
    """What a log signed and what it offered instead (base64): with its key, proof for anybody."""
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.stream_id} {self.at:%Y-%m-%d %H:%M}"


class LogList(models.Model):
    """A list of certificate logs that is followed while it is wanted: logs appear from it, stopped."""

    address = models.CharField(_("address"), max_length=2000, unique=True)
    wanted = models.BooleanField(default=False)
    wanted_at = models.DateTimeField(null=True)
    wanted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    etag = models.CharField(max_length=1000, blank=True, default="")
    last_modified = models.CharField(max_length=100, blank=True, default="")
    listed_at = models.DateTimeField(null=True)
    """When it was last read."""
    logs = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failure = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.address
