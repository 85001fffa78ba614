"""The tables of whom we serve or tell."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lionrock.core.tlp import Tlp


class Mode(models.TextChoices):
    """Whether letters to a constituent leave by themselves."""

    APPROVED = "approved", _("a person approves")
    AUTOMATIC = "automatic", _("automatic")


class ConstituentKind(models.TextChoices):
    """What a constituent is to an asset: decides who stands above whom when we escalate."""

    ORGANISATION = "organisation", _("organisation")
    HOSTING = "hosting", _("hosting company")
    ISP = "isp", _("internet service provider")
    REGISTRAR = "registrar", _("registrar")
    REGISTRY = "registry", _("registry")
    PARTNER = "partner", _("partner")


class ContactRole(models.TextChoices):
    """What a contact is for; the fallback chain runs in this order."""

    ABUSE = "abuse", _("abuse desk")
    SECURITY = "security", _("security team")
    TECHNICAL = "technical", _("technical")
    ADMINISTRATIVE = "administrative", _("administrative")


class Format(models.TextChoices):
    """What a letter carries beside its text."""

    CSV = "csv", _("text and CSV")
    XARF = "xarf", _("text, CSV and X-ARF")
    TEXT = "text", _("text alone")


class Frequency(models.TextChoices):
    """How often what is not critical is told."""

    DAILY = "daily", _("daily digest")
    WEEKLY = "weekly", _("weekly digest")
    AT_ONCE = "at_once", _("at once")


class Constituent(models.Model):
    """An organisation we serve or tell."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    name_local = models.CharField(_("name in Chinese"), max_length=200, blank=True, default="")
    kind = models.CharField(
        max_length=20, choices=ConstituentKind.choices, default=ConstituentKind.ORGANISATION
    )
    sector = models.CharField(_("sector"), max_length=100, blank=True, default="")
    """A sector of the region pack."""
    critical = models.BooleanField(_("critical infrastructure"), default=False)
    upstream = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="downstream"
    )
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.APPROVED)
    language = models.CharField(max_length=10, default="en")
    """``en`` or ``zh-hant``."""
    format = models.CharField(max_length=10, choices=Format.choices, default=Format.CSV)
    frequency = models.CharField(max_length=10, choices=Frequency.choices, default=Frequency.DAILY)
    digest_hour = models.PositiveSmallIntegerField(default=9)
    """The local hour from which a digest may leave."""
    per_hour = models.PositiveIntegerField(default=20)
    """Letters an hour at most, to each of its addresses."""
    ceiling = models.CharField(
        max_length=16,
        choices=[(one.value, one.value) for one in (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER)],
        default=Tlp.GREEN.value,
    )
    """The narrowest label under which something is passed on to it; of partners alone."""
    active = models.BooleanField(default=True)
    source = models.CharField(max_length=100, blank=True, default="")
    """Where the row comes from: a person, ``csv``, ``registry``."""
    note = models.TextField(blank=True, default="")
    made_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="constituents", blank=True
    )
    """Who may sign in for it (role constituent)."""

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class AssetKind(models.TextChoices):
    """How a constituent's asset is written."""

    NETWORK = "network", _("network")
    ASN = "asn", _("ASN")
    DOMAIN = "domain", _("domain")


class Holding(models.Model):
    """An asset of a constituent: a network (``192.0.2.0/24``), an ASN (``64496``), a domain."""

    constituent = models.ForeignKey(Constituent, on_delete=models.CASCADE, related_name="holdings")
    kind = models.CharField(max_length=10, choices=AssetKind.choices)
    value = models.CharField(max_length=253, db_index=True)
    source = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["constituent", "kind", "value"], name="one_holding"),
        )

    def __str__(self) -> str:
        return self.value


class Contact(models.Model):
    """One address of a constituent."""

    constituent = models.ForeignKey(Constituent, on_delete=models.CASCADE, related_name="contacts")
    role = models.CharField(max_length=20, choices=ContactRole.choices, default=ContactRole.ABUSE)
    name = models.CharField(max_length=200, blank=True, default="")
    email = models.EmailField()
    phone = models.CharField(max_length=50, blank=True, default="")
    language = models.CharField(max_length=10, blank=True, default="")
    pgp_key = models.TextField(blank=True, default="")
    """ASCII-armoured public key; letters are encrypted to it when it is there."""
    order = models.PositiveSmallIntegerField(default=0)
    dead_since = models.DateTimeField(null=True, blank=True)
    dead_why = models.CharField(max_length=300, blank=True, default="")
    source = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ("order", "id")
        constraints = (
            models.UniqueConstraint(fields=["constituent", "email", "role"], name="one_contact"),
        )

    def __str__(self) -> str:
        return self.email


class Rule(models.Model):
    """How what matches is told: the first active rule in order wins; built-in defaults follow.

    Empty fields match everything. ``kind`` is a class (``vulnerable``) or a type of the taxonomy.
    """

    order = models.PositiveIntegerField(default=100)
    title = models.CharField(max_length=200)
    active = models.BooleanField(default=True)
    kind = models.CharField(max_length=80, blank=True, default="")
    severity = models.CharField(max_length=10, blank=True, default="")
    """This severity or worse."""
    feed = models.CharField(max_length=100, blank=True, default="")
    constituent = models.ForeignKey(
        Constituent, null=True, blank=True, on_delete=models.CASCADE, related_name="rules"
    )
    critical_only = models.BooleanField(default=False)
    when = models.CharField(
        max_length=10,
        choices=[("at_once", _("at once")), ("digest", _("in the digest")), ("never", _("never"))],
        default="digest",
    )
    escalate_days = models.PositiveSmallIntegerField(default=7)
    """Days without a fix or an answer until the next one in the chain is told."""

    class Meta:
        ordering = ("order", "id")

    def __str__(self) -> str:
        return self.title


class PassingRule(models.Model):
    """Which events outside the region are passed on to which partner. Every active rule that matches
    counts, so that several partners may get the same. Empty fields match everything.
    """

    title = models.CharField(max_length=200)
    active = models.BooleanField(default=True)
    partner = models.ForeignKey(Constituent, on_delete=models.CASCADE, related_name="passing")
    countries = models.CharField(max_length=600, blank=True, default="")
    """Where the asset is: ISO 3166-1 codes in upper case, separated by a space."""
    kind = models.CharField(max_length=80, blank=True, default="")
    """A class (``vulnerable``) or a type of the taxonomy."""
    severity = models.CharField(max_length=10, blank=True, default="")
    """This severity or worse."""
    feed = models.CharField(max_length=100, blank=True, default="")

    class Meta:
        ordering = ("title", "id")

    def __str__(self) -> str:
        return self.title


class Found(models.Model):
    """An abuse contact found outside our own directory, cached with where it comes from."""

    key = models.CharField(max_length=253, unique=True)
    """A network, an ASN (``AS64496``) or a registrable domain."""
    holder = models.CharField(max_length=200, blank=True, default="")
    emails = models.JSONField(default=list)
    source = models.CharField(max_length=200)
    """``rdap https://…`` or ``registry RIPE 2026-11-20``."""
    found_at = models.DateTimeField()
    failure = models.CharField(max_length=300, blank=True, default="")

    def __str__(self) -> str:
        return self.key
