"""The tables of news: which sources are followed, what they publish, what was not read, the stories."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lionrock.briefing.facts import Origin
from lionrock.briefing.news.items import SourceKind


class Source(models.Model):
    """Somebody who publishes. Nothing is fetched of a source that nobody follows."""

    name = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(
        max_length=10, choices=[(kind.value, kind.value) for kind in SourceKind]
    )
    address = models.CharField(max_length=2000)
    page = models.CharField(max_length=2000)
    publisher = models.CharField(max_length=100)
    origin = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Origin])
    language = models.CharField(max_length=20)
    terms = models.CharField(max_length=500)
    """On which terms what it publishes may be used."""
    every_hours = models.PositiveSmallIntegerField(default=2)
    wanted = models.BooleanField(default=False)
    wanted_at = models.DateTimeField(null=True)
    wanted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    etag = models.CharField(max_length=1000, blank=True, default="")
    last_modified = models.CharField(max_length=100, blank=True, default="")
    read_upto = models.DateTimeField(null=True)
    """Of a list of advisories: those that changed later are still to be read."""
    next_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)
    """When it last answered, with or without something new."""
    items_read = models.PositiveBigIntegerField(default=0)
    unread = models.PositiveBigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    """Failed attempts in a row."""
    failure = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("name",)
        indexes = (models.Index(fields=["wanted", "next_at"], name="news_due"),)

    def __str__(self) -> str:
        return self.title


class Story(models.Model):
    """Items that tell of one thing, and what of the region they name."""

    key = models.CharField(max_length=16, unique=True)
    title = models.CharField(max_length=300)
    begins_at = models.DateTimeField()
    latest_at = models.DateTimeField(db_index=True)
    items_told = models.PositiveIntegerField(default=1)
    sources_told = models.PositiveIntegerField(default=1)
    cves = models.JSONField(default=list)
    products = models.JSONField(default=list)
    exploited = models.BooleanField(default=False)
    matches = models.JSONField(default=list)
    """What of the region it names: objects of what, name and number, the most frequent first."""
    matched = models.BooleanField(default=False, db_index=True)
    put_away_at = models.DateTimeField(null=True)
    """When somebody said that it is nothing for us; news of it bring it back."""
    put_away_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return self.title


class Item(models.Model):
    """One publication: plain words and facts, never another's markup. Cited as ``source:news-<id>``."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="items")
    digest = models.CharField(max_length=64)
    """By what the source knows it again, hashed."""
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True, default="")
    url = models.CharField(max_length=2000, blank=True, default="")
    publisher = models.CharField(max_length=100, blank=True, default="")
    published_at = models.DateTimeField()
    """When it says that it was published; when it came, where it does not say."""
    updated_at = models.DateTimeField(null=True)
    came_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    cves = models.JSONField(default=list)
    products = models.JSONField(default=list)
    exploited = models.BooleanField(default=False)
    patched = models.BooleanField(default=False)
    story = models.ForeignKey(Story, null=True, on_delete=models.SET_NULL, related_name="items")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "digest"], name="one_item_per_key"),
        )
        indexes = (models.Index(fields=["published_at"], name="news_published"),)

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """How a draft cites it."""
        return f"source:news-{self.pk}"


class Earlier(models.Model):
    """What an item said before its publisher changed it."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="earlier")
    at = models.DateTimeField()
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.item_id} {self.at:%Y-%m-%d}"


class UnreadState(models.TextChoices):
    """What became of something that could not be read."""

    OPEN = "open", _("open")
    READ = "read", _("read after all")


class Unread(models.Model):
    """Something of a source that could not be read; of a broken publication the bytes are kept."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="rejects")
    digest = models.CharField(max_length=64)
    place = models.CharField(max_length=300, blank=True, default="")
    text = models.CharField(max_length=200, blank=True, default="")
    why = models.CharField(max_length=500)
    raw = models.BinaryField(null=True)
    """The publication, packed with zlib, where none of it could be read."""
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=5, choices=UnreadState.choices, default=UnreadState.OPEN)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "digest"], name="one_unread_per_thing"),
        )

    def __str__(self) -> str:
        return f"{self.source_id} {self.place}"
