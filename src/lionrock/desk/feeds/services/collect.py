"""Collects one feed: claims it, takes what its carrier brings, keeps each delivery, writes how far it came."""

import io
import uuid
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Final

from django.db import transaction

from lionrock.core.errors import GiveUp, LionrockError
from lionrock.core.feeds import Carrier
from lionrock.desk.feeds.models import Blob, BlobState, Source
from lionrock.desk.feeds.services import drop, silence, sources
from lionrock.desk.feeds.services.blobs import keep_blob, open_blob
from lionrock.desk.feeds.services.secrets import Kind, secret_of
from lionrock.feeds.mailing.links import links
from lionrock.net import http, imap, misp, n6, pgp, shadowserver, taxii
from lionrock.net.carrying import Arrival, Busy, Carry, Order, Place
from lionrock.net.web import WebClient

LARGEST_MAIL: Final = 64 * 2**20
"""Bytes of a mail that is looked into for encryption and links; a larger one is only kept."""

CARRIES: Final[dict[Carrier, Carry]] = {
    Carrier.DROP: drop.carry,
    Carrier.HTTP: http.carry,
    Carrier.IMAP: imap.carry,
    Carrier.SHADOWSERVER: shadowserver.carry,
    Carrier.TAXII: taxii.carry,
    Carrier.MISP: misp.carry,
    Carrier.N6: n6.carry,
}
"""How each carrier brings deliveries; what is pushed comes by itself."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What collecting needs to know of this machine: the data folder, private networks it may reach."""

    data: Path
    allow: Sequence[IPv4Network | IPv6Network] = ()
    carries: Mapping[Carrier, Carry] | None = None
    """Other carriers than CARRIES, for tests and for more of them."""
    stay: float = 3600
    """Seconds for which a carrier that listens goes on listening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """What one attempt came to: the Blobs that are new, how often something known came again."""

    feed: str
    fresh: tuple[int, ...] = ()
    again: int = 0
    failure: str = ""
    busy: bool = False
    """Somebody else collects this feed right now; nothing was done."""


def collect(*, feed: str, worker: str, around: Surroundings, clock: Clock) -> Collected:
    """Collect the feed once, whether or not its time has come.

    Every delivery is kept before the place behind it is written, and the carrier moves nothing away
    before that: killed anywhere, the next attempt brings the same bytes, which are the same Blob.
    A failure of the other side is written to the source, not raised.
    """
    source = sources.source_of(feed)
    claimant = f"{worker}/{uuid.uuid4().hex[:12]}"
    if not sources.claim(feed=feed, claimant=claimant, now=clock()):
        return Collected(feed=feed, busy=True)
    source.refresh_from_db()
    fresh: list[int] = []
    again = 0
    failure, asked, heard = "", None, False
    try:
        for blob, new in _arrivals(source, claimant=claimant, around=around, clock=clock):
            if new:
                fresh.append(blob.pk)
            else:
                again += 1
        heard = True
    except Busy as error:
        failure, asked = str(error), error.seconds
    except (LionrockError, OSError) as error:
        failure = str(error) or type(error).__name__
    failure = _without_secret(failure, feed=feed, around=around)
    finish(feed=feed, claimant=claimant, heard=heard, failure=failure, asked=asked, now=clock())
    return Collected(feed=feed, fresh=tuple(fresh), again=again, failure=failure)


@transaction.atomic
def finish(
    *, feed: str, claimant: str, heard: bool, failure: str, asked: float | None, now: datetime
) -> None:
    """Write how the attempt ended and when the next one is due, and give the feed back."""
    source = Source.objects.select_for_update().get(pk=feed)
    if source.claimed_by != claimant:
        return  # taken for dead and taken over: the other one writes
    runs = sources.running(source)
    if heard:
        source.failures, source.failure = 0, ""
        source.next_at = now + runs.pause
        if runs.carrier in silence.ANSWERS_FOR_ITSELF:
            source.heard_at = now
    else:
        source.failures += 1
        source.failure = failure[:2000]
        source.next_at = now + sources.wait_after(feed, source.failures, asked=asked)
    source.claimed_by, source.claimed_at = "", None
    source.save(
        update_fields=["failures", "failure", "next_at", "heard_at", "claimed_by", "claimed_at"]
    )
    silence.settle(feed=feed, now=now)


def _arrivals(
    source: Source, *, claimant: str, around: Surroundings, clock: Clock
) -> Iterator[tuple[Blob, bool]]:
    """Keep what the carrier brings; yield each Blob and whether it is new."""
    runs = sources.running(source)
    carry = (around.carries or CARRIES).get(runs.carrier)
    if carry is None:
        return  # pushed to us: there is nothing to ask
    certificate = _secret(around, source.feed, Kind.CERTIFICATE)
    web = WebClient(allow=around.allow, certificate=certificate)
    order = Order(
        feed=source.feed,
        address=runs.address,
        account=source.account,
        secret=(_secret(around, source.feed, Kind.PASSWORD) or b"").decode("utf-8", "replace"),
        options=source.options,
        place=Place(cursor=source.cursor, etag=source.etag, last_modified=source.last_modified),
        now=clock(),
        web=web,
        folder=drop.folder_of(around.data, source.feed),
        allow=around.allow,
        certificate=certificate,
        stay=around.stay,
    )
    with closing(_iterator(carry(order))) as brought:
        for each in brought:
            if isinstance(each, Arrival):
                yield from _keep(
                    each, order=order, carrier=runs.carrier, around=around, clock=clock
                )
            place = each.place if isinstance(each, Arrival) else each
            if not _advance(
                source.feed, claimant, place, delivered=isinstance(each, Arrival), now=clock()
            ):
                raise GiveUp("another worker has taken this feed over")


def _iterator(brought: Iterator[Arrival | Place]) -> Generator[Arrival | Place, None, None]:
    """Make a generator of any iterator, so that closing it closes what the carrier holds open."""
    yield from brought


def _advance(
    feed: str, claimant: str, place: Place | None, *, delivered: bool, now: datetime
) -> bool:
    """Write how far the source was collected; False when it is not ours any more."""
    progress: dict[str, str | datetime] = {}
    if place is not None:
        progress = {
            "cursor": place.cursor,
            "etag": place.etag,
            "last_modified": place.last_modified,
        }
    if delivered:
        progress["delivered_at"] = now
    return sources.hold(feed=feed, claimant=claimant, now=now, **progress)


def _keep(
    arrival: Arrival, *, order: Order, carrier: Carrier, around: Surroundings, clock: Clock
) -> Iterator[tuple[Blob, bool]]:
    """Keep one arrival, and what it leads to: a mail's decrypted form, the reports it links to."""
    content = _whole_mail(arrival)
    if content is not None and pgp.is_encrypted(content):
        key = _secret(around, order.feed, Kind.PGP)
        opened = pgp.opened(content, key=key) if key is not None else None
        kept = _keep_encrypted(
            content, opened, arrival=arrival, feed=order.feed, carrier=carrier, now=clock()
        )
        content = opened
    else:
        plain = keep_blob(
            feed=order.feed,
            content=arrival.content if content is None else content,
            name=arrival.name,
            carrier=carrier,
            origin=arrival.origin,
            headers=arrival.headers,
            now=clock(),
            limit=order.limit,
        )
        kept = [(plain.blob, plain.fresh)]
    yield from kept
    if content is not None:
        yield from _follow(content, of=kept[0][0], order=order, carrier=carrier, clock=clock)


def _whole_mail(arrival: Arrival) -> bytes | None:
    """Return a mail's bytes; ``None`` for what is no mail, or too large to look into."""
    if not arrival.mail:
        return None
    content = arrival.content.read(LARGEST_MAIL + 1)
    arrival.content.seek(0)
    return content if len(content) <= LARGEST_MAIL else None


@transaction.atomic
def _keep_encrypted(
    content: bytes,
    opened: bytes | None,
    *,
    arrival: Arrival,
    feed: str,
    carrier: Carrier,
    now: datetime,
) -> list[tuple[Blob, bool]]:
    """Keep the mail as it came, which is not read, and its decrypted form, which is.

    A mail that no key opens is kept as failed, and opened as soon as a key comes (``try_again``).
    """
    sealed = keep_blob(
        feed=feed,
        content=content,
        name=arrival.name,
        carrier=carrier,
        origin=arrival.origin,
        headers={**arrival.headers, "encrypted": "pgp"},
        now=now,
    )
    if opened is None:
        if sealed.fresh:
            _set_aside(sealed.blob, BlobState.FAILED, "encrypted, and no key of ours opens it", now)
        return [(sealed.blob, sealed.fresh)]
    if sealed.blob.state != BlobState.COMPLETE:
        _set_aside(sealed.blob, BlobState.COMPLETE, "", now)
    plain = keep_blob(
        feed=feed,
        content=opened,
        name=arrival.name,
        carrier=carrier,
        origin=arrival.origin,
        headers={**arrival.headers, "decrypted-from": str(sealed.blob.pk)},
        now=now,
    )
    return [(sealed.blob, sealed.fresh), (plain.blob, plain.fresh)]


def _set_aside(blob: Blob, state: BlobState, failure: str, now: datetime) -> None:
    """Take a Blob out of the reading: there is nothing in it that a reader could read."""
    blob.state = state
    blob.failure = failure
    done = now if state == BlobState.COMPLETE else None
    blob.completed_at = blob.routed_at = done
    blob.save(update_fields=["state", "failure", "completed_at", "routed_at"])


def try_again(*, feed: str, around: Surroundings, clock: Clock) -> int:
    """Open the feed's encrypted mails that no key opened so far; return how many now opened."""
    key = _secret(around, feed, Kind.PGP)
    if key is None:
        return 0
    opened = 0
    for blob in Blob.objects.filter(feed=feed, state=BlobState.FAILED, headers__encrypted="pgp"):
        with open_blob(blob) as stream:
            content = stream.read(LARGEST_MAIL)
        plain = pgp.opened(content, key=key)
        if plain is None:
            continue
        arrival = Arrival(
            name=blob.name,
            content=io.BytesIO(content),
            origin=blob.origin,
            headers={name: value for name, value in blob.headers.items() if name != "encrypted"},
        )
        _keep_encrypted(
            content, plain, arrival=arrival, feed=feed, carrier=Carrier(blob.carrier), now=clock()
        )
        opened += 1
    return opened


def _follow(
    mail: bytes, *, of: Blob, order: Order, carrier: Carrier, clock: Clock
) -> Iterator[tuple[Blob, bool]]:
    """Fetch the reports that a mail links to, each once however often it is mentioned.

    A link that leads nowhere any more is written down beside the mail: it must not keep the mails
    behind it waiting, nor be forgotten.
    """
    hosts = order.options.get("links", "").split()
    dead = {}
    for link in links(mail, hosts=hosts) if hosts else links(mail):
        if Blob.objects.filter(feed=order.feed, origin=link).exists():
            continue
        try:
            reply = order.web(link, limit=order.limit)
        except GiveUp as error:
            dead[link] = str(error)
            continue
        with reply:
            kept = keep_blob(
                feed=order.feed,
                content=reply.body,
                name=http.name_of(link, reply.headers),
                carrier=carrier,
                origin=link,
                headers={**http.kept_headers(reply.headers), "linked-from": str(of.pk)},
                now=clock(),
                limit=order.limit,
            )
        yield kept.blob, kept.fresh
    if dead:
        of.headers = {**of.headers, "not-fetched": " ".join(dead)[:1000]}
        of.save(update_fields=["headers"])


def _without_secret(text: str, *, feed: str, around: Surroundings) -> str:
    """Return what went wrong without the key, which some providers want in the address."""
    secret = (_secret(around, feed, Kind.PASSWORD) or b"").decode("utf-8", "replace")
    for word in secret.split() if text else ():
        text = text.replace(word, "…")
    return text


def _secret(around: Surroundings, feed: str, kind: Kind) -> bytes | None:
    return secret_of(data=around.data, feed=feed, kind=kind)
