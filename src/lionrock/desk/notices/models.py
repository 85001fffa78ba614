"""The tables of what is told to whom: ticket, outbox, answers, the stop switch."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lionrock.desk.constituents.models import Constituent, Contact


class NoticeState(models.TextChoices):
    """Where a notice stands."""

    WAITING = "waiting", _("waits for a person")
    HELD = "held", _("held back")
    READY = "ready", _("ready to leave")
    SENT = "sent", _("sent")
    UNKNOWN = "unknown", _("outcome unknown")
    FAILED = "failed", _("could not be delivered")
    ANSWERED = "answered", _("answered")
    CLOSED = "closed", _("closed")


class LetterState(models.TextChoices):
    """Where one letter stands: ``sending`` is written before the first byte leaves."""

    READY = "ready", _("ready to leave")
    SENDING = "sending", _("leaving")
    SENT = "sent", _("sent")
    UNKNOWN = "unknown", _("outcome unknown")
    REFUSED = "refused", _("refused")
    BOUNCED = "bounced", _("bounced")
    CANCELLED = "cancelled", _("cancelled")


class AnswerKind(models.TextChoices):
    """What an incoming mail is."""

    BOUNCE = "bounce", _("bounce")
    DELAY = "delay", _("delayed")
    AUTOMATIC = "automatic", _("automatic reply")
    HUMAN = "human", _("a person's answer")
    FIXED = "fixed", _("says it is fixed")
    NOT_OURS = "not_ours", _("says it is not theirs")
    WORKING = "working", _("says they work on it")
    UNKNOWN = "unknown", _("belongs to no ticket")


class Notice(models.Model):
    """One message to one constituent about its episodes; the ticket."""

    ticket = models.CharField(max_length=30, unique=True)
    """``LR-2026-000123-7K``: year, number, check letters."""
    constituent = models.ForeignKey(
        Constituent, null=True, on_delete=models.PROTECT, related_name="notices"
    )
    told = models.CharField(max_length=300, blank=True, default="")
    """Who is told where no constituent is registered: the holder's name."""
    kind = models.CharField(max_length=80)
    """The taxonomy's type its letter is about, or ``digest``."""
    severity = models.CharField(max_length=10)
    language = models.CharField(max_length=10)
    step = models.PositiveSmallIntegerField(default=0)
    """The rung of the escalation ladder: 0 first contact, then the next contact, the upstream, a person."""
    escalates = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="escalations"
    )
    key = models.CharField(max_length=200, unique=True)
    """What makes it the same notice, so that routing twice makes it once."""
    state = models.CharField(
        max_length=10, choices=NoticeState.choices, default=NoticeState.WAITING, db_index=True
    )
    why = models.JSONField(default=list)
    """How the recipient was found, sentence by sentence (code and facts)."""
    not_before = models.DateTimeField()
    made_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    escalate_at = models.DateTimeField(null=True, db_index=True)
    note = models.TextField(blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    addresses = models.JSONField(default=list)
    """Where no constituent is registered: the mail addresses found, in the order they are tried."""
    sought = models.CharField(max_length=253, blank=True, default="", db_index=True)
    """Where no constituent is registered: what a contact is looked up for (``Found.key``)."""
    tlp = models.CharField(max_length=16, default="TLP:AMBER")
    """The narrowest label of its episodes."""
    must_approve = models.BooleanField(default=False)
    """A person approves it whatever its constituent's mode: our own findings, strangers, a label."""
    escalate_days = models.PositiveSmallIntegerField(default=7)
    """Days without a fix or an answer until the next one in the chain is told."""
    unsealed = models.BooleanField(default=False)
    """A person said that it may leave unencrypted: its contact's key cannot be used, or it has none
    and the label is narrower than TLP:AMBER."""
    passes = models.BooleanField(default=False)
    """It tells a partner of what is outside the region: of ``Passed`` rows, and of no episode."""

    class Meta:
        indexes = (
            models.Index(fields=["constituent", "-made_at"], name="notice_constituent"),
            models.Index(fields=["state", "-made_at"], name="notice_state"),
        )

    def __str__(self) -> str:
        return self.ticket


class NoticeItem(models.Model):
    """An episode a notice is about, as it was told."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="items")
    episode_id = models.BigIntegerField(db_index=True)
    events = models.BigIntegerField()
    last_seen = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    """Since when its episode is fixed or not theirs; should it come back, it is told anew."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["notice", "episode_id"], name="one_item_per_episode"),
        )

    def __str__(self) -> str:
        return f"{self.notice_id} {self.episode_id}"


class Letter(models.Model):
    """One mail of a notice to one contact: the outbox row. Its Message-ID follows from its notice,
    contact and attempt, so that the same letter never has two."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="letters")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="+")
    to = models.EmailField()
    message_id = models.CharField(max_length=200, unique=True)
    subject = models.CharField(max_length=500)
    body = models.BinaryField()
    """The whole message as it leaves, signed; zstd. Empty once it was kept long enough."""
    state = models.CharField(
        max_length=10, choices=LetterState.choices, default=LetterState.READY, db_index=True
    )
    attempt = models.PositiveSmallIntegerField(default=1)
    """The how-manieth letter of its notice to this address it is; a part of its Message-ID."""
    attempts = models.PositiveSmallIntegerField(default=0)
    """How often it was handed to the server."""
    first_tried_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(db_index=True)
    claimed_by = models.CharField(max_length=100, blank=True, default="")
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    server = models.CharField(max_length=300, blank=True, default="")
    receipt = models.TextField(blank=True, default="")
    """What the server said."""
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who decided about an unknown outcome."""

    def __str__(self) -> str:
        return self.message_id


class Answer(models.Model):
    """A mail that came back, or a word given in the portal."""

    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="answers")
    letter = models.ForeignKey(Letter, null=True, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=10, choices=AnswerKind.choices)
    sender = models.CharField(max_length=300)
    subject = models.CharField(max_length=500, blank=True, default="")
    text = models.TextField(blank=True, default="")
    """Plain text, defanged for showing; the mail itself lies as a Blob. Empty once it was kept long
    enough."""
    status = models.CharField(max_length=20, blank=True, default="")
    """A bounce's status code (RFC 3463)."""
    blob_id = models.BigIntegerField(null=True)
    message_id = models.CharField(max_length=300, blank=True, default="")
    episode_ids = models.JSONField(default=list)
    """The episodes it speaks of; empty: all of the notice."""
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField(db_index=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    seen_at = models.DateTimeField(null=True)
    trusted = models.BooleanField(default=False)
    """Its sender's address or domain is one of the notice's own; a mail's sender can be forged."""
    accepted = models.BooleanField(null=True)
    """What a person said to the proposal that its kind is; a word in the portal counts at once."""
    why = models.CharField(max_length=300, blank=True, default="")
    """Why it could not be read, why a bounce is a proposal alone, or that its text was removed."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["message_id", "sender"],
                condition=~models.Q(message_id=""),
                name="one_answer_per_mail",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.sender}"


class Mailing(models.Model):
    """How mail leaves; one row, an administrator's. Its password lies in the data folder's secrets."""

    stopped = models.BooleanField(_("stop all letters"), default=False)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    stopped_at = models.DateTimeField(null=True)
    host = models.CharField(_("SMTP server"), max_length=253, blank=True, default="")
    """Empty: letters go to the local catch-all and nothing leaves this machine."""
    port = models.PositiveIntegerField(default=587)
    security = models.CharField(
        max_length=10,
        choices=[("starttls", "STARTTLS"), ("tls", "TLS"), ("none", _("none (loopback only)"))],
        default="starttls",
    )
    account = models.CharField(max_length=254, blank=True, default="")
    sender = models.EmailField(_("sender address"), blank=True, default="")
    sender_name = models.CharField(max_length=200, blank=True, default="")
    reply_host = models.CharField(
        _("IMAP server for answers"), max_length=253, blank=True, default=""
    )
    reply_port = models.PositiveIntegerField(default=993)
    reply_account = models.CharField(max_length=254, blank=True, default="")
    reply_folder = models.CharField(max_length=200, default="INBOX")
    reply_cursor = models.CharField(max_length=100, blank=True, default="")
    plus = models.BooleanField(_("the sender address takes plus-addressing"), default=False)
    """Letters leave with a return address of their own, so that every bounce finds its letter."""
    scans_to_fix = models.PositiveSmallIntegerField(default=3)
    """How many complete scans must miss a problem before it counts as fixed."""

    def __str__(self) -> str:
        return self.host or "catch-all"


class Caught(models.Model):
    """A letter the catch-all took instead of a real server."""

    letter = models.ForeignKey(Letter, null=True, on_delete=models.SET_NULL, related_name="caught")
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=500)
    body = models.BinaryField()
    """The message as it arrived; zstd."""
    caught_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.subject


class Probing(models.Model):
    """Whether we look ourselves; one row, an administrator's. Off until somebody switches it on."""

    enabled = models.BooleanField(_("look at told services ourselves"), default=False)
    attempts = models.PositiveSmallIntegerField(default=3)
    """Looks in a row that must find nothing before a problem counts as fixed."""
    days = models.PositiveSmallIntegerField(default=3)
    """On how many different days those looks must have been."""
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return "on" if self.enabled else "off"


class Look(models.Model):
    """One connection of ours to what an episode is about, and what was seen. The row is there before
    the connection is made: what was killed in between was one attempt, and says nothing."""

    episode_id = models.BigIntegerField()
    at = models.DateTimeField()
    answer = models.CharField(
        max_length=10,
        choices=[
            ("begun", _("begun, no outcome")),
            ("open", _("it answers")),
            ("refused", _("the port refuses")),
            ("silent", _("nothing answers")),
            ("failed", _("could not look")),
        ],
        default="begun",
    )
    address = models.CharField(max_length=45, blank=True, default="")
    port = models.PositiveIntegerField()
    seen = models.CharField(max_length=300, blank=True, default="")
    """In a few words: the status line of a web server, the system's error."""
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    """Who asked for it; null: the clock did."""

    class Meta:
        indexes = (
            models.Index(fields=["episode_id", "-at"], name="look_episode"),
            models.Index(fields=["-at"], name="look_at"),
        )

    def __str__(self) -> str:
        return f"{self.episode_id} {self.answer}"


class TicketYear(models.Model):
    """The last ticket number given out in a year; writers lock its row in turn."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Scan(models.Model):
    """One delivery as a scan of one report: which day it looked, and whether it can be relied on."""

    blob_id = models.BigIntegerField()
    feed = models.CharField(max_length=100)
    report = models.CharField(max_length=100, blank=True, default="")
    day = models.DateField()
    rows = models.BigIntegerField()
    """Events of the delivery, those outside the region among them."""
    complete = models.BooleanField()
    why = models.CharField(max_length=300, blank=True, default="")
    """Why it does not count as complete."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["blob_id", "report"], name="one_scan_per_report"),
        )
        indexes = (models.Index(fields=["feed", "report", "day"], name="scan_day"),)

    def __str__(self) -> str:
        return f"{self.feed} {self.report} {self.day}"


class Handed(models.Model):
    """A confirmed suspect that was handed to the road as an event of our own feed, once per decision."""

    decision_id = models.BigIntegerField(primary_key=True)
    suspect_id = models.BigIntegerField(db_index=True)
    host = models.CharField(max_length=253)
    blob_id = models.BigIntegerField(null=True)
    handed_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.host
