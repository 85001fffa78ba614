"""Turns a notice's rows into the letter they make: what the preview shows is what leaves."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac
from pysequoia import Cert, Tsk

from lionrock import regions
from lionrock.core.errors import GiveUp
from lionrock.core.tlp import Tlp
from lionrock.desk.constituents.models import Contact, Format
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.notices.models import Letter, LetterState, Mailing, Notice, Probing
from lionrock.desk.notices.services.escalate import reason_of
from lionrock.desk.notices.services.findings import explained
from lionrock.desk.notices.services.items import item_from
from lionrock.desk.notices.services.mailing import mailing
from lionrock.desk.notices.services.passing import passed_items
from lionrock.letters import mail, xarf
from lionrock.letters.notice import SHOWN, Draft, Earlier, From, Item, Text, most_urgent, write
from lionrock.letters.table import table

MOST_REPORTS: Final = 25
"""X-ARF reports that are attached one by one; more of them lie in one file, one a line."""
MOST_LINES: Final = 1000
"""X-ARF reports of one letter, the most urgent; the table beside them lists everything."""
LARGE: Final = 2**20
"""Bytes from which on a file is attached as a zip archive: servers refuse large mails."""
KEY_FILE: Final = "mail-key.asc"


class NothingLeft(GiveUp):
    """Every episode of the notice is fixed or not theirs: there is nothing to tell any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A letter before it is wrapped: what the recipient reads, and how it may travel."""

    text: Text
    attachments: tuple[mail.Attachment, ...]
    items: tuple[Item, ...]
    language: str
    team: From
    sender: str
    tlp: Tlp
    unsealed: bool = False
    """A person said that it may leave unencrypted: see ``sealed_for``."""


class KeyUnusable(GiveUp):
    """The letter cannot be sealed for its recipient, and nobody said that it may leave unsealed.

    ``reason`` is what a notice keeps of it (see ``Notice.why``); ``final``: nobody may say so.
    """

    final = True

    def __init__(self, *, email: str, expired: datetime | None) -> None:
        why = f"expired on {expired:%Y-%m-%d}" if expired else "cannot be used"
        super().__init__(f"the key of {email} {why}: the letter would leave unsealed")
        self.reason = {"code": "key-unusable", "value": email}
        if expired:
            self.reason = {"code": "key-expired", "value": email, "day": f"{expired:%Y-%m-%d}"}


class KeyMissing(KeyUnusable):
    """The letter's label is narrower than TLP:AMBER, and its recipient never gave a key."""

    final = False

    def __init__(self, *, email: str, tlp: Tlp) -> None:
        super().__init__(email=email, expired=None)
        self.args = (f"{email} gave no key: the letter, {tlp.value}, would leave unsealed",)
        self.reason = {"code": "key-missing", "value": email, "tlp": tlp.value}


def compose(notice: Notice, *, contact: Contact | None) -> Composed:
    """Return what the notice tells this contact (``None``: an address without a contact).

    Raise NothingLeft where all its episodes are settled.
    """
    language = _language(notice, contact)
    items = items_of(notice, language=language)
    if not items:
        raise NothingLeft(f"{notice.ticket} has nothing left to tell")
    row = mailing()
    sender = sender_of(row)
    team = team_of(row, language=language, sender=sender)
    attachments = _attachments(notice, items, team)
    draft = Draft(
        ticket=notice.ticket,
        language=language,
        recipient=_recipient(notice, language),
        source=_source(notice),
        items=items,
        team=team,
        zone=ZoneInfo(settings.TIME_ZONE),
        portal=_portal(notice),
        escalate_days=notice.escalate_days,
        attachments=tuple((one.name, _is(one, len(items))) for one in attachments),
        reported=min(len(items), MOST_LINES),
        earlier=_earlier(notice, language),
        looks=Probing.objects.filter(enabled=True).exists(),
        passed=notice.passes,
    )
    return Composed(
        text=write(draft),
        attachments=attachments,
        items=items,
        language=language,
        team=team,
        sender=sender,
        tlp=draft.tlp,
        unsealed=notice.unsealed,
    )


def wrap(
    composed: Composed,
    *,
    to: str,
    contact: Contact | None,
    message_id: str,
    answers: Sequence[str],
    key: Tsk | None,
    now: datetime,
) -> bytes:
    """Return the letter as it leaves: signed, and sealed where the contact has a key.

    Raise KeyUnusable where ``sealed_for`` does.
    """
    recipient = sealed_for(composed, contact, to=to, now=now)
    return mail.build(
        mail.Outgoing(
            sender=composed.sender,
            sender_name=composed.team.name,
            to=to,
            subject=composed.text.subject,
            text=composed.text.body,
            message_id=message_id,
            at=now,
            language=composed.language,
            attachments=composed.attachments,
            answers=answers,
            key=key,
            recipient=recipient,
        )
    )


def sealed_for(
    composed: Composed, contact: Contact | None, *, to: str, now: datetime
) -> Cert | None:
    """Return the key the letter is sealed for; None for a recipient that never gave one.

    Unencrypted mail is read on the way. The label says who may know, not how it travels, so that up
    to TLP:AMBER a letter leaves without a key; raise KeyMissing where a narrower one would, unless a
    person who was told so approved it. Raise KeyUnusable where the contact's key has expired, was revoked or is broken: whoever gave us a
    key expects sealed mail. Up to TLP:AMBER a person may say that the letter leaves unsealed all the
    same; what may travel less far waits for a key that works.
    """
    wide = composed.tlp.allows(Tlp.AMBER)
    if contact is None or not contact.pgp_key:
        if wide or composed.unsealed:
            return None
        raise KeyMissing(email=to, tlp=composed.tlp)
    try:
        cert: Cert | None = mail.read_key(contact.pgp_key)
    except GiveUp:
        cert = None
    if cert is not None and mail.usable(cert, at=now):
        return cert
    if composed.unsealed and wide:
        return None
    end = cert.expiration if cert is not None else None
    raise KeyUnusable(email=contact.email, expired=end if end is not None and end <= now else None)


def items_of(notice: Notice, *, language: str) -> tuple[Item, ...]:
    """Return the notice's unsettled episodes as letters tell them in this language, as they stand now.

    A notice to a partner tells what is passed on to it, and of no episode.
    """
    if notice.passes:
        return passed_items(notice)
    ids = notice.items.filter(settled_at=None).values("episode_id")
    episodes = Episode.objects.filter(
        pk__in=ids, standing__in=[Standing.OPEN, Standing.UNSEEN]
    ).order_by("pk")
    by_key = {episode.pk: episode for episode in episodes.iterator(chunk_size=2000)}
    return explained(map(item_of, by_key.values()), by_key, language=language)


def item_of(episode: Episode) -> Item:
    """Return an episode as letters tell it."""
    return item_from(
        episode,
        first_seen=episode.first_seen,
        last_seen=episode.last_seen,
        events=episode.events,
        cves=_many(episode, "cves"),
        others=_many(episode, "others"),
        feeds=episode.feeds,
    )


def message_id_of(notice: Notice, *, to: str, attempt: int) -> str:
    """Return the Message-ID that follows from notice, address and attempt: never another one."""
    # Keyed: whoever knows its Message-ID got the letter, or has it from somebody who did.
    value = f"{notice.key}|{to.lower()}|{attempt}"
    digest = salted_hmac("lionrock.notices.letter", value, algorithm="sha256").hexdigest()[:24]
    domain = sender_of(mailing()).rpartition("@")[2]
    return f"<{notice.ticket.lower()}.{attempt}.{digest}@{domain}>"


def sender_of(row: Mailing) -> str:
    """Return the address letters come from; without a mail server one that leads nowhere."""
    if row.sender:
        return row.sender
    host = settings.ALLOWED_HOSTS[0]
    return f"notices@{host if '.' in host and ':' not in host else 'lionrock.invalid'}"


def team_of(row: Mailing, *, language: str, sender: str) -> From:
    """Return how the team speaks of itself in this language: the administrator's name, the pack's words."""
    region = regions.load(settings.LIONROCK_REGION)
    tag = {"zh-hant": "zh-Hant"}.get(language, "en")
    names, about = region.team.names, region.team.about
    return From(
        name=row.sender_name or names.get(tag) or names.get("en") or region.names.get("en", ""),
        about=about.get(tag) or about.get("en") or "",
        address=sender,
        phone=region.team.phone,
        site=region.team.site,
    )


def signing_key() -> Tsk | None:
    """Return our signing key; None until ``lionrock mail key`` has made one."""
    file = settings.LIONROCK_DATA / "secrets" / KEY_FILE
    return Tsk.from_bytes(file.read_bytes()) if file.exists() else None


def references(notice: Notice) -> list[str]:
    """Return the Message-IDs that a notice's next letter goes on from, the oldest first."""
    chain: list[Notice] = [notice]
    while (above := chain[-1].escalates) is not None and len(chain) < 20:
        chain.append(above)
    states = [LetterState.SENT, LetterState.BOUNCED]
    return [
        one
        for member in reversed(chain)
        for one in Letter.objects.filter(notice=member, state__in=states)
        .order_by("pk")
        .values_list("message_id", flat=True)
    ][-10:]


def _attachments(notice: Notice, items: Sequence[Item], team: From) -> tuple[mail.Attachment, ...]:
    wish = notice.constituent.format if notice.constituent else Format.CSV
    if wish == Format.TEXT and len(items) <= SHOWN:
        return ()  # more than that the text alone cannot tell
    ticket = notice.ticket
    made = [
        mail.Attachment(name=f"{ticket}.csv", type="text/csv", content=table(items, ticket=ticket))
    ]
    if wish == Format.XARF and len(items) <= MOST_REPORTS:
        made += [
            mail.Attachment(
                name=f"{ticket}-{number}.xarf.json",
                type="application/json",
                content=xarf.as_bytes(xarf.report(item, ticket=ticket, team=team)),
            )
            for number, item in enumerate(items, start=1)
        ]
    elif wish == Format.XARF:
        made.append(
            mail.Attachment(
                name=f"{ticket}.xarf.jsonl",
                type="application/jsonl",
                content=xarf.lines(most_urgent(items, MOST_LINES), ticket=ticket, team=team),
            )
        )
    return tuple(_packed(one) if len(one.content) > LARGE else one for one in made)


def _packed(one: mail.Attachment) -> mail.Attachment:
    """Return a file as a zip archive; the same file always gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(zipfile.ZipInfo(one.name), one.content, compress_type=zipfile.ZIP_DEFLATED)
    return mail.Attachment(
        name=f"{one.name}.zip", type="application/zip", content=buffer.getvalue()
    )


def _is(one: mail.Attachment, items: int) -> str:
    name = one.name.removesuffix(".zip")
    if name.endswith(".csv"):
        return "csv"
    if name.endswith(".json"):
        return "xarf"
    return "xarf-some" if items > MOST_LINES else "xarf-lines"


def _language(notice: Notice, contact: Contact | None) -> str:
    return (contact.language if contact else "") or notice.language


def _recipient(notice: Notice, language: str) -> str:
    if notice.constituent is None:
        return notice.told
    local = notice.constituent.name_local if language == "zh-hant" else ""
    return local or notice.constituent.name


def _source(notice: Notice) -> str:
    """Return a key of the letters' sources; the address asked, which follows it, stays with us."""
    if notice.passes:
        return "partners"
    if notice.constituent is not None:
        return "directory"
    for one in notice.why:
        if one.get("code") == "found" and one.get("source"):
            return str(one["source"]).partition(" ")[0]
    return "person"


def _portal(notice: Notice) -> str:
    """Return where the recipient answers in the portal; empty where nobody of theirs can sign in."""
    if notice.constituent is None or not notice.constituent.people.exists():
        return ""
    return settings.LIONROCK_URL + reverse("portal:notice", args=[notice.pk])


def _earlier(notice: Notice, language: str) -> Earlier | None:
    above = notice.escalates
    if above is None or above.sent_at is None:
        return None
    return Earlier(
        ticket=above.ticket,
        day=above.sent_at.astimezone(ZoneInfo(settings.TIME_ZONE)),
        to=_recipient(above, language),
        reason=reason_of(notice),
        answered=above.answered_at is not None,
    )


def _many(episode: Episode, name: str) -> list[str]:
    values = episode.many.get(name, [])
    return [str(one) for one in values] if isinstance(values, list) else []
