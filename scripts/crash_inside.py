"""The parts of scripts.crash that look into the database: python -m scripts.crash_inside PART..."""

import csv
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.crash import FEED, PARTIES

if TYPE_CHECKING:
    from lionrock.desk.feeds.models import Blob
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


def recheck() -> None:
    """Look again and again what was fixed or not seen since; end only when killed."""
    from lionrock.desk.notices.services.recheck import recheck as look  # noqa: PLC0415 needs Django

    while True:
        look(now=datetime.now(UTC))
        time.sleep(1)


def verify(taken: str, deaths: str, made: str) -> None:
    """Print what was counted, a line each; a line that is off begins with WRONG."""
    for fine, words in (*counts(Path(taken), Path(made)), *ends(Path(taken), Path(deaths))):
        print(("fine   " if fine else "WRONG  ") + words)


def addresses_in(made: Path) -> dict[str, Counter[str]]:
    """Return the addresses each made-up delivery lists, read by nothing of ours."""
    found = {}
    for file in made.iterdir():
        with file.open(newline="", encoding="ascii") as lines:
            found[file.name] = Counter(row["src_ip"] for row in csv.DictReader(lines))
    return found


def addresses_of(blob: "Blob | None") -> Counter[str]:
    """Return the addresses that were stored of a delivery."""
    from lionrock.desk.events.models import Event  # noqa: PLC0415 needs Django started

    if blob is None:
        return Counter()
    return Counter(Event.objects.filter(blob_id=blob.pk).values_list("asset", flat=True))


def counts(taken: Path, made: Path) -> Iterator[tuple[bool, str]]:
    """Yield each count and whether it is what it must be."""
    from django.db.models import Count, Exists, OuterRef, Sum  # noqa: PLC0415 needs Django started

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

    listed = addresses_in(made)
    rows = {name: found.total() for name, found in listed.items()}
    expected = sum(rows.values())
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
    unequal = [n for n, b in blobs.items() if b.ours != rows.get(n)]
    yield not unequal, f"{len(unequal)} deliveries whose counter is off {unequal[:3]}"
    stored = Event.objects.count()
    yield stored == expected, f"{expected} rows laid in, {stored} events stored"
    per_blob = Event.objects.values("blob_id").annotate(
        n=Count("id"), lines=Count("line", distinct=True)
    )
    doubled = sum(row["n"] - row["lines"] for row in per_blob)
    yield doubled == 0, f"{doubled} lines stored twice"
    other = [name for name, found in listed.items() if addresses_of(blobs.get(name)) != found]
    yield not other, f"{len(other)} deliveries whose stored rows are not their lines {other[:3]}"
    yield Reject.objects.count() == 0, f"{Reject.objects.count()} rejects"
    days = DayCount.objects.aggregate(n=Sum("events"))["n"] or 0
    yield days == expected, f"{days} events in the daily counts"
    within = Episode.objects.aggregate(n=Sum("events"))["n"] or 0
    episodes = Episode.objects.count()
    yield (
        within == expected == episodes,
        f"{within} events in {episodes} episodes, each row one of its own",
    )
    settled = Episode.objects.exclude(standing__in=[Standing.OPEN, Standing.UNSEEN]).count()
    yield settled == 0, f"{settled} episodes called fixed, though nobody could know"
    told = NoticeItem.objects.values("episode_id").annotate(n=Count("id")).filter(n__gt=1).count()
    yield told == 0, f"{told} episodes told twice"
    items = NoticeItem.objects.filter(episode_id=OuterRef("pk"))
    nobody = Episode.objects.filter(~Exists(items))  # PostgreSQL takes hours for NOT IN
    standings = dict(Counter(nobody.values_list("standing", flat=True)))
    yield not standings, f"{sum(standings.values())} episodes told to nobody {standings or ''}"

    letters = dict(Letter.objects.values_list("message_id", "state"))
    states = Counter(letters.values())
    known = {name.strip("<>"): state for name, state in letters.items()}
    arrived = read_taken(taken)
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
    unsent = Counter(
        Notice.objects.exclude(state__in=[NoticeState.SENT, NoticeState.UNKNOWN]).values_list(
            "state", flat=True
        )
    )
    yield (
        not unsent,
        f"{Notice.objects.count()} notices, {unsent.total()} neither sent nor unknown "
        f"{dict(unsent) or ''}",
    )
    without = Notice.objects.filter(letters=None).count()
    yield without == 0, f"{without} notices without a letter"
    twofold = Notice.objects.annotate(n=Count("letters")).filter(n__gt=1).count()
    yield twofold == 0, f"{twofold} notices with more than one letter"
    yield whole() is None, "the audit log is whole"


def ends(taken: Path, deaths: Path) -> Iterator[tuple[bool, str]]:
    """Yield what became of the letters whose sender the mail server killed at their final dot."""
    from lionrock.desk.notices.models import Letter, LetterState  # noqa: PLC0415 needs Django
    from lionrock.desk.notices.selectors.board import attention  # noqa: PLC0415 as above

    arrived = read_taken(taken)
    states = {n.strip("<>"): s for n, s in Letter.objects.values_list("message_id", "state")}
    listed = {letter.message_id.strip("<>") for letter in attention().unknown}
    for answered, when in (("0", "before they were told"), ("1", "just after they were told")):
        found = [
            name.strip().strip("<>")
            for told, _, name in (line.partition(" ") for line in deaths.read_text().splitlines())
            if told == answered
        ]
        once = all(arrived[name] == 1 for name in found)
        unknown = [name for name in found if states.get(name) == LetterState.UNKNOWN]
        sent = [name for name in found if states.get(name) == LetterState.SENT]
        settled = not sent if answered == "0" else len(unknown) + len(sent) == len(found)
        yield (
            once and settled and listed.issuperset(unknown) and len(set(found)) == len(found),
            f"{len(found)} senders killed at a final dot, {when} that the letter was taken: "
            f"{len(unknown)} letters listed as outcome unknown, {len(sent)} known as sent, "
            f"{'each taken once' if once else 'not each taken once'}",
        )


def read_taken(file: Path) -> Counter[str]:
    """Return how often the server took each letter."""
    found = Counter[str]()
    for line in file.read_text().splitlines():
        count, _, name = line.partition(" ")
        found[name.strip("<>")] += int(count)
    return found


PARTS: dict[str, Callable[..., None]] = {
    "prepare": prepare,
    "open": still_open,
    "recheck": recheck,
    "verify": verify,
}

if __name__ == "__main__":
    from lionrock.jobs.django import start

    start()
    part, *rest = sys.argv[1:]
    PARTS[part](*rest)
