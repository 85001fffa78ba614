"""The tables of what deliveries say. Rows are written in bulk by ``services.keep``; see there."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lionrock.core.events import AssetKind, Part, Seen, Severity
from lionrock.core.facts import Why


class Standing(models.TextChoices):
    """Where an episode stands."""

    OPEN = "open", pgettext_lazy("standing of an episode", "open")
    UNSEEN = "unseen", _("not seen since")
    FIXED = "fixed", _("fixed")
    NOT_OURS = "not_ours", _("not theirs")


class FixedBy(models.TextChoices):
    """What says that it is fixed."""

    SCANS = "scans", _("complete scans no longer list it")
    PROBE = "probe", _("our own probe")
    WORD = "word", _("the recipient's word")
    PERSON = "person", _("an analyst")


def words(
    kind: "type[AssetKind] | type[Part] | type[Severity] | type[Seen] | type[Why]",
) -> list[tuple[str, str]]:
    """Return an enumeration as Django's choices."""
    return [(member.value, member.value) for member in kind]


class Reported(models.Model):
    """What events and episodes hold alike: a problem on an asset in a part, and where that stands.

    An episode has the worst severity and the narrowest label of its events.
    """

    kind = models.CharField(max_length=80)
    variant = models.CharField(max_length=40, blank=True, default="")
    severity = models.CharField(max_length=10, choices=words(Severity))
    asset_kind = models.CharField(max_length=10, choices=words(AssetKind))
    asset = models.CharField(max_length=2048)
    part = models.CharField(max_length=10, choices=words(Part))
    address = models.CharField(max_length=45, blank=True, default="")
    host = models.CharField(max_length=253, blank=True, default="")
    url = models.CharField(max_length=2048, blank=True, default="")
    port = models.PositiveIntegerField(null=True)
    transport = models.CharField(max_length=10, blank=True, default="")
    service = models.CharField(max_length=40, blank=True, default="")
    family = models.CharField(max_length=100, blank=True, default="")
    network = models.CharField(max_length=45, blank=True, default="")
    asn = models.BigIntegerField(null=True)
    located = models.CharField(max_length=2, blank=True, default="")
    tlp = models.CharField(max_length=16)

    class Meta:
        abstract = True


class Episode(Reported):
    """One problem on one asset from first seen to last seen, with all its sources."""

    problem = models.CharField(max_length=300)
    """``core.problems.Problem.key``."""
    number = models.PositiveIntegerField(default=1)
    """Which episode of this problem on this asset it is, from 1."""
    seen = models.CharField(max_length=10, choices=words(Seen))
    brand = models.CharField(max_length=100, blank=True, default="")
    holder = models.CharField(max_length=200, blank=True, default="")
    registered = models.CharField(max_length=2, blank=True, default="")
    why = models.CharField(max_length=12, choices=words(Why))
    fact = models.CharField(max_length=300, blank=True, default="")
    constituent_id = models.BigIntegerField(null=True)
    """The most specific constituent responsible, as of the last event."""
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    events = models.BigIntegerField(default=0)
    """How many events it is made of."""
    feeds = models.JSONField(default=list)
    """The ids of the feeds that saw it."""
    many = models.JSONField(default=dict)
    """Fields with several values over its events, as lists (cves, hosts, urls, others)."""
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.OPEN)
    standing_since = models.DateTimeField(null=True)
    fixed_by = models.CharField(max_length=10, choices=FixedBy.choices, blank=True, default="")
    misses = models.PositiveIntegerField(default=0)
    """Consecutive complete scans that cover it and do not list it."""
    blob_id = models.BigIntegerField()
    """The delivery that opened it."""
    last_blob_id = models.BigIntegerField()
    told_at = models.DateTimeField(null=True)
    """When a letter about it was last sent."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["asset", "problem", "asset_kind", "number"], name="one_episode"
            ),
        )
        # Every event moves last_seen, so that it stands in few indexes. The one for walks holds all
        # that lists are narrowed by: what does not match is passed without being looked up.
        indexes = (
            models.Index(
                fields=["constituent_id", "standing", "last_seen"], name="episode_constituent"
            ),
            models.Index(
                fields=[
                    *("standing", "last_seen", "kind", "severity", "asn", "constituent_id"),
                    "located",
                ],
                name="episode_walk",
            ),
            models.Index(
                fields=["constituent_id", "kind", "asn", "located", "severity", "standing"],
                name="episode_facets",
            ),
        )

    def __str__(self) -> str:
        return f"{self.asset} {self.problem}"


class Line(Reported):
    """What one line of one delivery holds, ours or a partner's."""

    blob_id = models.BigIntegerField()
    line = models.BigIntegerField()
    nth = models.PositiveIntegerField(default=0)
    feed = models.CharField(max_length=100)
    report = models.CharField(max_length=100, blank=True, default="")
    at = models.DateTimeField()
    cves = models.CharField(max_length=500, blank=True, default="")
    """Comma-separated."""
    other_kind = models.CharField(max_length=10, blank=True, default="")
    other = models.CharField(max_length=2048, blank=True, default="")

    class Meta:
        abstract = True


class Event(Line):
    """One line of one delivery that is ours; what is outside the region is only counted."""

    episode_id = models.BigIntegerField()
    other_port = models.PositiveIntegerField(null=True)
    other_asn = models.BigIntegerField(null=True)
    other_country = models.CharField(max_length=2, blank=True, default="")
    registered = models.CharField(max_length=2, blank=True, default="")
    why = models.CharField(max_length=12, choices=words(Why))
    constituent_id = models.BigIntegerField(null=True)
    count = models.PositiveIntegerField(default=1)
    ref = models.CharField(max_length=200, blank=True, default="")
    details = models.JSONField(default=dict)
    """What else the source said, with what of ``lionrock.core.events.Event`` has no column here."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["blob_id", "line", "nth"], name="one_event_per_line"),
        )
        # Only the first two are in order of time: a day's deliveries spread over as many pages of such
        # an index as the day has, and all of these are written again with each batch. The rest grow
        # at one place for each value, which is what makes them cheap; they find what is rare.
        indexes = (
            models.Index(fields=["episode_id", "at"], name="event_episode"),
            models.Index(fields=["at"], name="event_at"),
            models.Index(fields=["kind"], name="events_of_kind"),
            models.Index(fields=["asn"], name="events_of_asn"),
            models.Index(fields=["constituent_id"], name="events_of_constituent"),
            models.Index(
                fields=["located"],
                condition=~models.Q(why=Why.LOCATED.value),
                name="events_from_elsewhere",
            ),
        )

    def __str__(self) -> str:
        return f"{self.feed} {self.asset} {self.kind}"


class Passed(Line):
    """One line of one delivery that is outside the region and that a rule passes on to a partner.

    It is counted outside the region as every other one is, and stands in no list, figure or statistic
    of the region's: nothing but the partner's letters is made of this table.
    """

    partner_id = models.BigIntegerField()
    """The constituent of kind partner that gets it."""
    problem = models.CharField(max_length=300)
    seen = models.CharField(max_length=10, choices=words(Seen))
    brand = models.CharField(max_length=100, blank=True, default="")
    notice_id = models.BigIntegerField(null=True)
    """The notice that tells of it, or that told of the same problem before; null until it is routed."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["blob_id", "line", "nth", "partner_id"], name="one_passed_per_line"
            ),
        )
        indexes = (
            models.Index(fields=["notice_id"], name="passed_notice"),
            models.Index(fields=["at"], name="passed_at"),
            models.Index(fields=["partner_id", "asset", "problem", "at"], name="passed_told"),
            models.Index(
                fields=["partner_id", "id"],
                name="passed_untold",
                condition=models.Q(notice_id=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.partner_id} {self.asset} {self.kind}"


class Reject(models.Model):
    """A line that could not be read."""

    blob_id = models.BigIntegerField()
    line = models.BigIntegerField()
    nth = models.PositiveIntegerField(default=0)
    """Tells the rejects of one line apart, from 0."""
    feed = models.CharField(max_length=100)
    at = models.DateTimeField()
    """When it was read."""
    text = models.TextField()
    why = models.CharField(max_length=300)
    whole = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["blob_id", "line", "nth"], name="one_reject_per_line"),
        )
        indexes = (models.Index(fields=["feed", "-at"], name="reject_feed"),)

    def __str__(self) -> str:
        return f"{self.feed} {self.blob_id}:{self.line}"


class DayCount(models.Model):
    """How many events of a kind a day had, kept with the events in one transaction."""

    day = models.DateField()
    feed = models.CharField(max_length=100)
    kind = models.CharField(max_length=80)
    family = models.CharField(max_length=100, blank=True, default="")
    why = models.CharField(max_length=12, choices=words(Why))
    country = models.CharField(max_length=2, blank=True, default="")
    """Where the asset is located; what is outside the region is told apart by country alone."""
    events = models.BigIntegerField(default=0)
    episodes = models.BigIntegerField(default=0)
    """Episodes that opened that day."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["day", "kind", "family", "feed", "why", "country"], name="one_count"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.events}"


class Tally(models.Model):
    """What one delivery added to DayCount, so that reading it again can take it back."""

    blob_id = models.BigIntegerField()
    day = models.DateField()
    feed = models.CharField(max_length=100)
    kind = models.CharField(max_length=80)
    family = models.CharField(max_length=100, blank=True, default="")
    why = models.CharField(max_length=12, choices=words(Why))
    country = models.CharField(max_length=2, blank=True, default="")
    events = models.BigIntegerField(default=0)
    episodes = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["blob_id", "day", "kind", "family", "feed", "why", "country"],
                name="one_tally",
            ),
        )

    def __str__(self) -> str:
        return f"{self.blob_id} {self.day} {self.kind} {self.events}"


class ConstituentDay(models.Model):
    """How many events of a kind a constituent had on a day, kept with the events in one transaction."""

    constituent_id = models.BigIntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=80)
    events = models.BigIntegerField(default=0)
    episodes = models.BigIntegerField(default=0)
    """Episodes that opened that day."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["constituent_id", "day", "kind"], name="one_constituent_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.constituent_id} {self.day} {self.kind} {self.events}"


class TouchedDay(models.Model):
    """How much was done to the events of a day (UTC), kept with them in one transaction.

    Every event that is added, changed or taken back adds to it, and nothing takes from it: who
    remembers the number knows whether the day is still as it was. What retention removes does not count.
    """

    day = models.DateField(primary_key=True)
    events = models.BigIntegerField(default=0)
    episodes = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.day} {self.events}"


class Word(models.Model):
    """A word under which an episode is found beside its asset: a family, a CVE id, a host name from
    each of its labels on, a service, a feed (``feed:`` and its id)."""

    word = models.CharField(max_length=253)
    episode_id = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["word", "episode_id"], name="one_word"),)
        indexes = (models.Index(fields=["episode_id"], name="word_episode"),)

    def __str__(self) -> str:
        return f"{self.word} {self.episode_id}"
