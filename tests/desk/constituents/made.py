"""Constituents, episodes and notices for tests of pages, made from documentation addresses."""

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import zstandard

from lionrock.desk.constituents.models import (
    AssetKind,
    Constituent,
    ConstituentKind,
    ContactRole,
)
from lionrock.desk.constituents.services.constituents import Identity, add_constituent
from lionrock.desk.constituents.services.contacts import Card, add_contact
from lionrock.desk.constituents.services.holdings import add_holdings
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.notices.models import (
    Answer,
    AnswerKind,
    Caught,
    Letter,
    LetterState,
    Notice,
    NoticeItem,
    NoticeState,
)

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def constituent(
    name: str = "Alpha Net",
    *,
    kind: ConstituentKind = ConstituentKind.ISP,
    network: str = "192.0.2.0/24",
    email: str = "abuse@alpha.example",
    local: str = "",
) -> Constituent:
    """Return a constituent that holds a network and has one contact."""
    made = add_constituent(
        identity=Identity(name=name, kind=kind, sector="telecom", critical=True, name_local=local),
        source="person",
        by=None,
        now=NOW,
    )
    add_holdings(
        constituent_id=made.pk,
        kind=AssetKind.NETWORK,
        written=[network],
        source="person",
        by=None,
        now=NOW,
    )
    add_contact(
        constituent_id=made.pk,
        card=Card(email=email, role=ContactRole.ABUSE, name="Abuse desk", phone="+852 5555 0100"),
        source="person",
        by=None,
        now=NOW,
    )
    return made


def episode(
    owner: Constituent | None,
    asset: str = "192.0.2.7",
    *,
    kind: str = "vulnerable.potentially-unwanted-accessible",
    standing: Standing = Standing.OPEN,
    severity: str = "medium",
    service: str = "telnet",
    days: int = 3,
) -> Episode:
    """Return an episode on an asset of the owner, open for some days."""
    return Episode.objects.create(
        asset_kind="url" if "://" in asset else "address",
        asset=asset,
        problem=f"{kind}||{service}",
        kind=kind,
        part="host",
        severity=severity,
        seen="scan",
        service=service,
        port=23,
        transport="tcp",
        address="" if "://" in asset else asset,
        url=asset if "://" in asset else "",
        why="located",
        constituent_id=owner.pk if owner else None,
        tlp="TLP:AMBER",
        first_seen=NOW - timedelta(days=days),
        last_seen=NOW,
        events=days,
        feeds=["shadowserver"],
        standing=standing,
        standing_since=NOW if standing != Standing.OPEN else None,
        blob_id=1,
        last_blob_id=1,
        told_at=NOW - timedelta(days=1),
    )


def notice(
    owner: Constituent | None,
    *episodes: Episode,
    state: NoticeState = NoticeState.WAITING,
    kind: str = "vulnerable.potentially-unwanted-accessible",
    addresses: tuple[str, ...] = (),
) -> Notice:
    """Return a notice about the episodes, in a state."""
    number = Notice.objects.count() + 1
    gone = state in {NoticeState.SENT, NoticeState.ANSWERED, NoticeState.CLOSED}
    made = Notice.objects.create(
        ticket=f"LR-2026-{number:06}-AA",
        constituent=owner,
        told="" if owner else "Holder of 198.51.100.0/24",
        kind=kind,
        severity="medium",
        language="en",
        key=f"test-{number}",
        state=state,
        not_before=NOW,
        made_at=NOW,
        sent_at=NOW if gone else None,
        escalate_at=NOW + timedelta(days=7) if gone else None,
        addresses=list(addresses),
    )
    NoticeItem.objects.bulk_create(
        NoticeItem(notice=made, episode_id=one.pk, events=one.events, last_seen=one.last_seen)
        for one in episodes
    )
    return made


def mail(subject: str = "Open services in your network", to: str = "abuse@alpha.example") -> bytes:
    """Return a message as it leaves: text and a table."""
    message = EmailMessage()
    message["From"] = "CERT <cert@cert.example>"
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = "<lr-1@cert.example>"
    message.set_content(
        "Dear colleagues,\n\nwe were told of a system of yours:\n\n"
        "  192.0.2.7  tcp/23 (telnet), last seen 2026-11-20 04:00 UTC\n\n"
        "Please close it to the world, and answer this mail.\n"
    )
    rows = "asset,port,last_seen\r\n" + "".join(
        f"192.0.2.{n},23,2026-11-20T04:00:00Z\r\n" for n in range(7, 30)
    )
    message.add_attachment(rows.encode(), maintype="text", subtype="csv", filename="systems.csv")
    return message.as_bytes()


def letter(
    of: Notice, *, state: LetterState = LetterState.SENT, to: str = "abuse@alpha.example"
) -> Letter:
    """Return a letter of a notice."""
    return Letter.objects.create(
        notice=of,
        to=to,
        message_id=f"<{of.ticket}.{Letter.objects.count()}@cert.example>",
        subject="Open services in your network",
        body=zstandard.compress(mail(to=to)),
        state=state,
        next_at=NOW,
        claimed_at=NOW,
        sent_at=NOW if state == LetterState.SENT else None,
        server="mail.cert.example",
        receipt="250 2.0.0 Ok: queued" if state == LetterState.SENT else "",
    )


def caught(of: Letter | None = None) -> Caught:
    """Return a letter that the catch-all took."""
    return Caught.objects.create(
        letter=of,
        to="abuse@alpha.example",
        subject="Open services in your network",
        body=zstandard.compress(mail()),
        caught_at=NOW,
    )


def answer(
    to: Notice | None, *, kind: AnswerKind = AnswerKind.FIXED, text: str = "We closed it."
) -> Answer:
    """Return a mail that came back."""
    return Answer.objects.create(
        notice=to,
        kind=kind,
        sender="abuse@alpha.example",
        subject="Re: Open services in your network",
        text=f"{text}\n\n> Please close it to the world,\n> and answer this mail.\n",
        message_id=f"<{Answer.objects.count()}@alpha.example>",
        received_at=NOW,
        trusted=True,
    )
