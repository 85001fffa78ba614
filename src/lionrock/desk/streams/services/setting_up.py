"""Decides what streams there are and whether they run: an administrator's acts, each on record."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from django.db import transaction

from lionrock.core.errors import GiveUp
from lionrock.core.streams import StreamKind
from lionrock.desk.audit.services import record
from lionrock.desk.streams.models import LogList, Standing, Stream, StreamAlarm, StreamGap
from lionrock.desk.suspects.services.readings import finish_reading

if TYPE_CHECKING:
    from lionrock.desk.people.models import Person

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9])?")
SCHEMES: Final[dict[StreamKind, tuple[str, ...]]] = {
    StreamKind.CT_LOG: ("https", "http"),
    StreamKind.CERTSTREAM: ("wss", "ws"),
    StreamKind.AXFR: ("dns",),
    StreamKind.CZDS: ("https", "http"),
}
"""How an address of each kind begins; an unencrypted one is for servers in one's own house."""
OPTIONS: Final[dict[StreamKind, frozenset[str]]] = {
    StreamKind.CT_LOG: frozenset(
        {"key", "protocol", "submission", "mmd", "operator", "from", "names-only"}
    ),
    StreamKind.CERTSTREAM: frozenset(),
    StreamKind.AXFR: frozenset({"zone", "key-name", "key-algorithm"}),
    StreamKind.CZDS: frozenset({"tlds", "authentication"}),
}
NEEDED: Final[dict[StreamKind, frozenset[str]]] = {
    StreamKind.CT_LOG: frozenset({"key", "protocol"}),
    StreamKind.AXFR: frozenset({"zone"}),
}
SECRETIVE: Final = frozenset({StreamKind.AXFR, StreamKind.CZDS})
"""Kinds that a password or key belongs to."""
LOG_LIST: Final = "https://www.gstatic.com/ct/log_list/v3/log_list.json"
"""The list of logs that is offered to be followed."""
PROTOCOLS: Final = ("tiles", "rfc6962")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A log as a list names it."""

    name: str
    title: str
    address: str
    options: Mapping[str, str]
    standing: Standing


@transaction.atomic
def add(
    *,
    name: str,
    kind: StreamKind,
    address: str,
    by: "Person | None",
    now: datetime,
    options: Mapping[str, str] | None = None,
    account: str = "",
    every_seconds: int | None = None,
    title: str = "",
) -> Stream:
    """Make a stream, not started; raise GiveUp where it could never be read, or the name is taken."""
    given = dict(options or {})
    _check(name, kind, address, given)
    if Stream.objects.filter(name=name).exists():
        raise GiveUp(f"there is a stream called {name} already")
    stream = Stream.objects.create(
        name=name,
        title=title[:200],
        kind=kind.value,
        address=address,
        account=account,
        options=given,
        every_seconds=every_seconds,
    )
    record(
        by=by,
        action="stream.added",
        subject=name,
        details={"kind": kind.value, "address": address, "options": _told(given)},
        now=now,
    )
    return stream


@transaction.atomic
def start(*, name: str, by: "Person | None", now: datetime) -> Stream:
    """Have the stream read from now on; a worker takes it up."""
    stream = found(name, locked=True)
    if stream.standing in {Standing.RETIRED, Standing.REJECTED}:
        raise GiveUp(f"{name} is {stream.standing}: it takes no certificates any more")
    if not stream.wanted:
        stream.wanted, stream.wanted_at, stream.wanted_by = True, now, by
        stream.failures, stream.failure = 0, ""
        stream.next_at = now
        stream.save()
        record(by=by, action="stream.started", subject=name, details={}, now=now)
    return stream


@transaction.atomic
def stop(*, name: str, by: "Person | None", now: datetime) -> Stream:
    """Have the stream read no longer; who reads it has lost it, and what is not kept is not counted."""
    stream = found(name, locked=True)
    if stream.wanted:
        stream.wanted, stream.wanted_at, stream.wanted_by = False, now, by
        stream.claimed_by, stream.claimed_at = "", None
        stream.next_at = None
        if stream.reading_id is not None:
            finish_reading(reading_id=stream.reading_id, now=now)
            stream.reading = None
        stream.save()
        record(by=by, action="stream.stopped", subject=name, details={}, now=now)
    return stream


@transaction.atomic
def silence(*, name: str, by: "Person | None", now: datetime) -> Stream:
    """Say that a person has looked at the stream's alarm: it is read again from where it stood."""
    stream = found(name, locked=True)
    if stream.alarm:
        seen = {"seen_at": now, "seen_by": by}
        StreamAlarm.objects.filter(stream=stream, seen_at=None).update(**seen)
        told = stream.alarm
        stream.alarm, stream.alarm_at = "", None
        stream.failures, stream.failure = 0, ""
        stream.next_at = now
        stream.save()
        record(
            by=by, action="stream.alarm-seen", subject=name, details={"alarm": told[:500]}, now=now
        )
    return stream


@transaction.atomic
def skip(*, name: str, to: int | None, by: "Person | None", now: datetime) -> StreamGap:
    """Go on from entry ``to`` (by default the last head); what lies between is a gap on record."""
    stream = found(name, locked=True)
    target = stream.head_size if to is None else to
    if stream.index is None or target is None:
        raise GiveUp(f"{name} has no entries that are counted, or was never read")
    if not stream.index < target <= (stream.head_size or 0):
        raise GiveUp(f"{name} stands at {stream.index}, and its head at {stream.head_size}")
    gap = StreamGap.objects.create(
        stream=stream,
        noted_at=now,
        first=stream.index,
        last=target - 1,
        why="skipped: a person asked for it",
    )
    stream.index = target
    stream.position = {**stream.position, "index": target}
    stream.claimed_by, stream.claimed_at = "", None  # who reads it begins anew from there
    stream.next_at = now if stream.wanted else None
    stream.save()
    record(
        by=by,
        action="stream.skipped",
        subject=name,
        details={"first": gap.first, "last": gap.last},
        now=now,
    )
    return gap


@transaction.atomic
def remove(*, name: str, by: "Person | None", now: datetime) -> None:
    """Forget a stream that does not run, with its history; suspects and readings stay."""
    stream = found(name, locked=True)
    if stream.wanted:
        raise GiveUp(f"{name} runs; stop it first")
    record(
        by=by,
        action="stream.removed",
        subject=name,
        details={"entries": stream.entries, "position": str(stream.position)[:300]},
        now=now,
    )
    stream.delete()


@transaction.atomic
def follow(*, address: str, wanted: bool, by: "Person | None", now: datetime) -> LogList:
    """Follow a list of certificate logs from now on, or no longer."""
    if urlsplit(address).scheme not in {"https", "http"}:
        raise GiveUp(f"“{address}” is no address of a list: https://...")
    row = LogList.objects.select_for_update().get_or_create(address=address)[0]
    if row.wanted != wanted:
        row.wanted, row.wanted_at, row.wanted_by = wanted, now, by
        row.next_at = now if wanted else None
        row.failures, row.failure = 0, ""
        row.save()
        record(
            by=by,
            action="stream.list-followed" if wanted else "stream.list-left",
            subject=address,
            details={},
            now=now,
        )
    return row


@transaction.atomic
def take_list(logs: Iterable[Listed], *, now: datetime) -> tuple[int, int]:
    """Add the logs that are new, mark what changed; return how many of each.

    A log is the same while its key is. None is started; one that no list names any more is marked,
    and goes on while it is wanted.
    """
    known = {
        stream.options.get("key", ""): stream
        for stream in Stream.objects.select_for_update().filter(kind=StreamKind.CT_LOG.value)
    }
    added = changed = 0
    named = set()
    for log in logs:
        key = log.options["key"]
        named.add(key)
        stream = known.get(key)
        if stream is None:
            name = _free_name(log.name)
            try:
                _check(name, StreamKind.CT_LOG, log.address, dict(log.options))
            except GiveUp:
                continue
            stream = Stream(name=name, kind=StreamKind.CT_LOG.value, options=dict(log.options))
            known[key] = stream
            added += 1
        elif (stream.standing, stream.address) != (log.standing.value, log.address):
            changed += 1
            if stream.standing != log.standing.value:
                record(
                    by=None,
                    action="stream.standing",
                    subject=stream.name,
                    details={"before": stream.standing, "after": log.standing.value},
                    now=now,
                )
        stream.title, stream.address = log.title[:200], log.address
        stream.standing, stream.listed_at = log.standing.value, now
        stream.save()
    for key, stream in known.items():
        if key not in named and stream.listed_at and stream.standing != Standing.GONE:
            stream.standing = Standing.GONE
            stream.save(update_fields=["standing"])
            changed += 1
    return added, changed


def found(name: str, *, locked: bool = False) -> Stream:
    """Return the stream of that name; raise GiveUp when there is none."""
    streams = Stream.objects.select_for_update() if locked else Stream.objects.all()
    stream = streams.filter(name=name).first()
    if stream is None:
        raise GiveUp(f"there is no stream called {name}; see: lionrock streams list")
    return stream


def secret_name(stream: str) -> str:
    """Return the name under which a stream's password or key is kept beside those of feeds."""
    return f"stream-{stream}"


def _check(name: str, kind: StreamKind, address: str, options: Mapping[str, str]) -> None:
    if not NAME.fullmatch(name):
        raise GiveUp(f"“{name}” is no name: small letters, digits, dots and hyphens, at most 100")
    parts = urlsplit(address)
    if parts.scheme not in SCHEMES[kind] or not parts.hostname or parts.username:
        ways = " or ".join(f"{scheme}://" for scheme in SCHEMES[kind])
        raise GiveUp(f"“{address}” is no address of a stream of kind {kind}: {ways}")
    if strange := sorted(set(options) - OPTIONS[kind]):
        raise GiveUp(
            f"a stream of kind {kind} has no option {strange[0]}; "
            f"it has {', '.join(sorted(OPTIONS[kind])) or 'none'}"
        )
    if missing := sorted(NEEDED.get(kind, frozenset()) - set(options)):
        raise GiveUp(f"a stream of kind {kind} needs the option {missing[0]}")
    if kind is StreamKind.CT_LOG:
        if options["protocol"] not in PROTOCOLS:
            raise GiveUp(f"a log speaks {' or '.join(PROTOCOLS)}, not “{options['protocol']}”")
        begin = options.get("from", "")
        if begin and begin not in {"now", "beginning"} and not begin.isdecimal():
            raise GiveUp("from is “now”, “beginning” or the index of an entry")


def _free_name(wanted: str) -> str:
    base = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-")[:90] or "log"
    names = (base, *(f"{base}-{number}" for number in range(2, 1000)))
    taken = set(Stream.objects.filter(name__startswith=base).values_list("name", flat=True))
    return next(name for name in names if name not in taken)


def _told(options: Mapping[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in sorted(options.items()))[:500]
