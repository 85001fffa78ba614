"""The parts of scripts.crash that look into the database: python -m scripts.crash_inside PART..."""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.crash import FEED, PARTIES

if TYPE_CHECKING:
    from lionrock.desk.people.models import Person


def prepare(port: str) -> None:
    """Make the tables, the constituents who are told by themselves, the mail server, the feed."""
    from django.core.management import call_command  # noqa: PLC0415 needs Django started

    from lionrock.core.feeds import Carrier  # noqa: PLC0415 as above
    from lionrock.desk.constituents.models import (  # noqa: PLC0415 as above
        AssetKind,
        Constituent,
        Contact,
        Frequency,
        Holding,
        Mode,
    )
    from lionrock.desk.feeds.services import sources  # noqa: PLC0415 as above
    from lionrock.desk.notices.services.mailing import set_mailing  # noqa: PLC0415 as above

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    now = datetime.now(UTC)
    for number in range(PARTIES):
        party = Constituent.objects.create(
            name=f"Party {number}",
            mode=Mode.AUTOMATIC,
            frequency=Frequency.AT_ONCE,
            per_hour=1_000_000,
            made_at=now,
        )
        size = 256 // PARTIES
        Holding.objects.create(
            constituent=party, kind=AssetKind.NETWORK, value=f"198.18.{number * size}.0/18"
        )
        Contact.objects.create(constituent=party, email=f"abuse@party-{number}.example")
    set_mailing(
        by=None,
        host="127.0.0.1",
        port=int(port),
        security="none",
        account="",
        sender="cert@cert.example",
        sender_name="CERT",
        now=now,
    )
    sources.set_up(
        feed=FEED, by=None, now=now, enabled=True, carrier=Carrier.DROP.value, tlp="TLP:CLEAR"
    )


def still_open(laid: str) -> None:
    """Print how many things wait to be done, and what is there; tell what was put aside to go on."""
    from lionrock.desk.events.models import Event  # noqa: PLC0415 needs Django started
    from lionrock.desk.feeds.models import Blob, BlobState  # noqa: PLC0415 as above
    from lionrock.desk.feeds.services.reading import try_again  # noqa: PLC0415 as above
    from lionrock.desk.notices.models import (  # noqa: PLC0415 as above
        Letter,
        LetterState,
        Notice,
        NoticeState,
    )

    for blob in Blob.objects.filter(state=BlobState.FAILED, failure__contains="times behind"):
        try_again(blob_id=blob.pk, by=somebody(), now=datetime.now(UTC))
    missing = max(int(laid) - Blob.objects.filter(state=BlobState.COMPLETE).count(), 0)
    unrouted = Blob.objects.filter(state=BlobState.COMPLETE, routed_at=None).count()
    unbuilt = Notice.objects.filter(state=NoticeState.READY).count()
    leaving = Letter.objects.filter(state__in=[LetterState.READY, LetterState.SENDING]).count()
    print(missing + unrouted + unbuilt + leaving, f"({Event.objects.count()} events)")


def somebody() -> "Person":
    """Return the person who looks after what was put aside."""
    from lionrock.desk.people.models import Person  # noqa: PLC0415 needs Django started

    return Person.objects.get_or_create(
        email="somebody@cert.example", defaults={"name": "Somebody", "joined_at": datetime.now(UTC)}
    )[0]


def verify(taken: str, laid: str) -> None:
    """Print what was counted, a line each; a line that is off begins with WRONG."""
    for fine, words in counts(Path(taken), Path(laid)):
        print(("fine   " if fine else "WRONG  ") + words)


def counts(taken: Path, laid: Path) -> Iterator[tuple[bool, str]]:
    """Yield each count and whether it is what it must be."""
    from django.db.models import Count, Sum  # noqa: PLC0415 needs Django started

    from lionrock.desk.audit.models import Entry  # noqa: PLC0415 as above
    from lionrock.desk.audit.services import verify as whole  # noqa: PLC0415 as above
    from lionrock.desk.events.models import (  # noqa: PLC0415 as above
        DayCount,
        Episode,
        Event,
        Reject,
        Standing,
    )
    from lionrock.desk.feeds.models import Blob, BlobState  # noqa: PLC0415 as above
    from lionrock.desk.notices.models import (  # noqa: PLC0415 as above
        Letter,
        LetterState,
        Notice,
        NoticeItem,
        NoticeState,
    )

    rows = dict(line.split("\t") for line in laid.read_text().splitlines())
    expected = sum(int(count) for count in rows.values())
    blobs = {blob.name: blob for blob in Blob.objects.all()}
    yield (
        set(blobs) == set(rows) and len(blobs) == Blob.objects.count(),
        f"{len(rows)} deliveries laid in, {Blob.objects.count()} kept",
    )
    aside = Entry.objects.filter(action="delivery.try-again").count()
    yield (
        True,
        f"{aside} times a delivery was put aside for a person after five deaths, and read on",
    )
    failed = [b.name for b in blobs.values() if b.state != BlobState.COMPLETE]
    yield not failed, f"{len(failed)} deliveries not read to their end {failed[:3]}"
    unequal = [n for n, b in blobs.items() if b.ours != int(rows.get(n, -1))]
    yield not unequal, f"{len(unequal)} deliveries whose counter is off {unequal[:3]}"
    stored = Event.objects.count()
    yield stored == expected, f"{expected} rows laid in, {stored} events stored"
    per_blob = Event.objects.values("blob_id").annotate(
        n=Count("id"), lines=Count("line", distinct=True)
    )
    doubled = sum(row["n"] - row["lines"] for row in per_blob)
    yield doubled == 0, f"{doubled} lines stored twice"
    yield Reject.objects.count() == 0, f"{Reject.objects.count()} rejects"
    days = DayCount.objects.aggregate(n=Sum("events"))["n"] or 0
    yield days == expected, f"{days} events in the daily counts"
    within = Episode.objects.aggregate(n=Sum("events"))["n"] or 0
    yield within == expected, f"{within} events in {Episode.objects.count()} episodes"
    told = NoticeItem.objects.values("episode_id").annotate(n=Count("id")).filter(n__gt=1).count()
    yield told == 0, f"{told} episodes told twice"
    # Later deliveries are scans that do not list what earlier ones did: that counts as fixed.
    nobody = Episode.objects.exclude(pk__in=NoticeItem.objects.values("episode_id"))
    untold = nobody.exclude(standing=Standing.FIXED).count()
    yield (
        untold == 0,
        f"{untold} episodes told to nobody, beside {nobody.count() - untold} fixed before",
    )

    mails = Counter[str]()
    for line in taken.read_text().splitlines():
        count, _, name = line.partition(" ")
        mails[name] += int(count)
    letters = dict(Letter.objects.values_list("message_id", "state"))
    states = Counter(letters.values())
    known = {name.strip("<>"): state for name, state in letters.items()}
    arrived = {name.strip("<>"): count for name, count in mails.items()}
    lost = [n for n, s in known.items() if s == LetterState.SENT and not arrived.get(n)]
    twice = [n for n, count in arrived.items() if count > 1]
    strange = [n for n in arrived if known.get(n) not in {LetterState.SENT, LetterState.UNKNOWN}]
    unknown = [n for n, s in known.items() if s == LetterState.UNKNOWN]
    yield not lost, f"{len(lost)} letters sent that the server never took"
    yield not twice, f"{len(twice)} letters that the server took twice"
    yield not strange, f"{len(strange)} letters the server took that are not known to have left"
    open_ = states[LetterState.READY] + states[LetterState.SENDING]
    yield open_ == 0, f"{open_} letters still to leave; all: {dict(states)}"
    yield (
        True,
        f"{len(unknown)} letters listed as outcome unknown, of which the server took "
        f"{sum(1 for name in unknown if arrived.get(name))}",
    )
    settled = Notice.objects.filter(state=NoticeState.CLOSED).exclude(
        pk__in=NoticeItem.objects.filter(settled_at=None).values("notice_id")
    )
    unsent = Notice.objects.exclude(state__in=[NoticeState.SENT, NoticeState.UNKNOWN]).exclude(
        pk__in=settled.values("pk")
    )
    yield (
        not unsent.exists(),
        f"{Notice.objects.count()} notices, {settled.count()} closed since all was fixed, "
        f"{unsent.count()} neither sent nor unknown nor settled",
    )
    twofold = Notice.objects.annotate(n=Count("letters")).filter(n__gt=1).count()
    yield twofold == 0, f"{twofold} notices with more than one letter"
    yield whole() is None, "the audit log is whole"


PARTS: dict[str, Callable[..., None]] = {"prepare": prepare, "open": still_open, "verify": verify}

if __name__ == "__main__":
    from lionrock.jobs.django import start

    start()
    part, *rest = sys.argv[1:]
    PARTS[part](*rest)
