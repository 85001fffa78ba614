"""Opens a stream of each kind: what the room ``net`` brings becomes lines of names and a place to go on from."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Final

import numpy as np

from lionrock.core.errors import GiveUp
from lionrock.core.streams import LONGEST_RAW, Gap, Head, Portion, StreamKind, Unread
from lionrock.names import certificates
from lionrock.names.blocks import Lines, Reject, lines_of
from lionrock.names.certificates import Certificates
from lionrock.names.streams import open_names
from lionrock.net import axfr, certstream, czds
from lionrock.net.ct.following import Manners, follow
from lionrock.net.ct.leaves import Leaves, NameLines
from lionrock.net.ct.logs import Kind, Log, State
from lionrock.net.ct.states import SignedState

Stopped = Callable[[float], bool]
"""Waits so many seconds and says whether to end."""
Json = Any  # Any: what a row's JSON column holds

NAME, CERTIFICATE, PRECERTIFICATE, NAMES_LINE, MESSAGE = b"H", b"C", b"P", b"N", b"M"
"""What the kept bytes of a reject are, said by their first one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What opening a stream needs to know. The secret is in it, so it is never printed or stored."""

    name: str
    kind: StreamKind
    address: str
    options: Mapping[str, str]
    position: Mapping[str, Json]
    index: int | None
    head: Head | None
    folder: Path
    """Where a stream of files keeps those it is reading."""
    stopped: Stopped
    clock: Callable[[], datetime]
    account: str = ""
    secret: str = field(default="", repr=False)
    allow: Sequence[IPv4Network | IPv6Network] = ()
    manners: Manners = field(default_factory=Manners)
    """How politely a log is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A portion with its names as lines, numbered by place; or with the certificates that bear them."""

    portion: Portion
    lines: Lines | None = None
    certificates: Certificates | None = None

    def __len__(self) -> int:
        if self.certificates is not None:
            return len(self.certificates.names)
        return 0 if self.lines is None else len(self.lines)


Open = Callable[[Order], Iterator[Taken]]
"""Yields what comes, in order. Ending without an error means that for now there is no more."""


def open_stream(order: Order) -> Iterator[Taken]:
    """Open the stream and yield what comes of it; raise what ``lionrock.net`` raises."""
    return OPENERS[order.kind](order)


# Certificate logs -------------------------------------------------------------------------------


def _ct_log(order: Order) -> Iterator[Taken]:
    log = log_of(order.address, order.options, title=order.name)
    start, held = _begin(order)
    expected = order.index
    for batch in follow(
        log,
        start=start,
        held=held,
        names_only=bool(order.options.get("names-only")),
        manners=order.manners,
        allow=order.allow,
        stopped=order.stopped,
    ):
        gaps: tuple[Gap, ...] = ()
        if expected is None and batch.first > 0:
            gaps = (Gap(why="before this stream began", first=0, last=batch.first - 1),)
        elif expected is not None and batch.first > expected:
            gaps = (Gap(why="the log did not give them", first=expected, last=batch.first - 1),)
        elif expected is not None and batch.first < expected:
            raise GiveUp(f"entry {batch.first} came again after {expected - 1}")
        expected = batch.next
        yield _read(batch, gaps)


def _read(batch: Leaves | NameLines, gaps: tuple[Gap, ...]) -> Taken:
    """Parse a batch; what is no certificate keeps its bytes, so that a later parser can try."""
    found = certificates.read(batch)
    newest = None
    if len(found):
        newest = datetime.fromtimestamp(int(found.timestamps.max()) / 1000, UTC)
    portion = Portion(
        entries=len(batch),
        position={"index": batch.next, "note": b64encode(batch.state.note).decode()},
        index=batch.next,
        head=Head(
            size=batch.state.size,
            root=batch.state.root.hex(),
            at=batch.state.at,
            note=b64encode(batch.state.note).decode(),
        ),
        newest=newest,
        unread=tuple(
            Unread(
                place=str(each.index),
                text=each.digest.hex(),
                why=each.why,
                raw=_raw(batch, each.index)[:LONGEST_RAW],
            )
            for each in found.rejects
        ),
        gaps=gaps,
    )
    return Taken(portion=portion, certificates=found)


def _raw(batch: Leaves | NameLines, index: int) -> bytes:
    row = index - batch.first
    if isinstance(batch, NameLines):
        return NAMES_LINE + batch.lines[row]
    mark = PRECERTIFICATE if batch.precertificate[row] else CERTIFICATE
    return mark + batch.text[batch.starts[row] : batch.ends[row]].tobytes()


def _begin(order: Order) -> tuple[int | None, SignedState | None]:
    """Return where to go on and under which head: the stream's place, else as it was set up."""
    if order.index is None:
        wanted = order.options.get("from", "") or "now"
        start = {"now": None, "beginning": 0}.get(wanted, int(wanted) if wanted.isdecimal() else 0)
        return start, None
    head = order.head
    if head is None or head.at is None or not head.root:
        return order.index, None
    return order.index, SignedState(
        size=head.size, root=bytes.fromhex(head.root), at=head.at, note=b64decode(head.note)
    )


def log_of(address: str, options: Mapping[str, str], *, title: str) -> Log:
    """Return the log that an address and options describe; raise GiveUp where the key is none."""
    try:
        key = b64decode(options["key"], validate=True)
    except (KeyError, ValueError) as error:
        raise GiveUp(f"{title} has no readable key (base64)") from error
    mmd = options.get("mmd", "")
    return Log(
        id=sha256(key).digest(),
        key=key,
        kind=Kind(options["protocol"]),
        operator=options.get("operator", ""),
        description=title,
        url=address.rstrip("/") + "/",
        submission_url=(options.get("submission") or address).rstrip("/") + "/",
        mmd=int(mmd) if mmd.isdecimal() else 86_400,
        state=State.UNKNOWN,
    )


# The others -------------------------------------------------------------------------------------


def _certstream(order: Order) -> Iterator[Taken]:
    for portion in certstream.listen(
        order.address,
        since=certstream.since_of(dict(order.position)),
        stopped=order.stopped,
        clock=order.clock,
        allow=order.allow,
    ):
        unread = tuple(
            replace(each, raw=(MESSAGE + each.raw)[:LONGEST_RAW]) for each in portion.unread
        )
        yield _plain(replace(portion, unread=unread))


def _axfr(order: Order) -> Iterator[Taken]:
    serial = order.position.get("serial")
    key = None
    if name := order.options.get("key-name"):
        algorithm = order.options.get("key-algorithm") or "hmac-sha256"
        key = axfr.Key(name=name, algorithm=algorithm, secret=order.secret)
    for portion in axfr.transfer(
        order.address,
        order.options["zone"],
        known=serial if isinstance(serial, int) else None,
        stopped=order.stopped,
        key=key,
        allow=order.allow,
    ):
        yield _plain(portion)


def _czds(order: Order) -> Iterator[Taken]:
    """Read zone files one after the other; a killed reading goes on behind the last line it kept."""
    zones: dict[str, dict[str, Json]] = {
        tld: dict(zone) for tld, zone in order.position.get("zones", {}).items()
    }
    for file in czds.download(
        order.address,
        account=czds.Account(username=order.account, password=order.secret),
        into=order.folder,
        known={tld: _version(zone) for tld, zone in zones.items() if not zone.get("line")},
        tlds=order.options.get("tlds", "").replace(",", " ").split(),
        authentication=order.options.get("authentication") or czds.AUTHENTICATION,
        way=czds.Way(allow=order.allow),
        stopped=order.stopped,
    ):
        if not file.fresh:
            yield Taken(portion=Portion())
            continue
        before = zones.get(file.tld, {})
        same = _version(before) == file.version
        done = int(before.get("line", 0)) if same else 0
        version = {"etag": file.version.etag, "last_modified": file.version.last_modified}
        for lines in open_names(file.path, form="zone"):
            if order.stopped(0):
                return
            last = _last(lines)
            if last <= done:
                continue  # kept before we were interrupted
            zones[file.tld] = {**version, "line": last}
            yield Taken(
                portion=Portion(entries=len(lines), position={"zones": _copied(zones)}),
                lines=lines,
            )
        zones[file.tld] = {**version, "line": 0}
        yield Taken(portion=Portion(position={"zones": _copied(zones)}))
        file.path.unlink(missing_ok=True)


def _copied(zones: Mapping[str, Mapping[str, Json]]) -> dict[str, dict[str, Json]]:
    return {tld: dict(zone) for tld, zone in zones.items()}


def _version(zone: Mapping[str, Json]) -> czds.Version:
    return czds.Version(
        etag=str(zone.get("etag", "")), last_modified=str(zone.get("last_modified", ""))
    )


def _last(lines: Lines) -> int:
    read = int(lines.numbers[-1]) if len(lines) else 0
    return max(read, *(reject.line for reject in lines.rejects), 0)


def _plain(portion: Portion) -> Taken:
    lines = lines_of(list(portion.names))
    numbered = replace(lines, numbers=np.array(portion.places, dtype=np.int64))
    return Taken(portion=replace(portion, names=(), places=()), lines=numbered)


OPENERS: Final[Mapping[StreamKind, Open]] = {
    StreamKind.CT_LOG: _ct_log,
    StreamKind.CERTSTREAM: _certstream,
    StreamKind.AXFR: _axfr,
    StreamKind.CZDS: _czds,
}


# What could not be read, tried again --------------------------------------------------------------


def read_again(raw: bytes, *, place: str) -> Lines:
    """Return the names in a reject's kept bytes; raise GiveUp when there is still nothing to read."""
    mark, rest = raw[:1], raw[1:]
    number = int(place) if place.isdecimal() and len(place) < 19 else 0
    if mark == NAME:
        lines = lines_of([rest])
    elif mark == MESSAGE:
        lines = lines_of(certstream.read_message(rest)[0])
    elif mark in {CERTIFICATE, PRECERTIFICATE, NAMES_LINE}:
        found = certificates.read(_alone(mark, rest, number))
        if found.rejects:
            raise GiveUp(found.rejects[0].why)
        lines = found.names
    else:
        raise GiveUp("its bytes were not kept")
    return replace(lines, numbers=np.full(len(lines), number, dtype=np.int64))


def _alone(mark: bytes, content: bytes, index: int) -> Leaves | NameLines:
    state = SignedState(size=0, root=b"", at=datetime.fromtimestamp(0, UTC), note=b"")
    if mark == NAMES_LINE:
        return NameLines(log_id=b"", first=index, next=index + 1, state=state, lines=(content,))
    return Leaves(
        log_id=b"",
        first=index,
        next=index + 1,
        state=state,
        text=np.frombuffer(content, dtype=np.uint8),
        starts=np.zeros(1, dtype=np.int64),
        ends=np.array([len(content)], dtype=np.int64),
        precertificate=np.array([mark == PRECERTIFICATE]),
        timestamps=np.zeros(1, dtype=np.int64),
    )


def joined(blocks: Sequence[Lines]) -> Lines:
    """Return blocks as one, in order."""
    if len(blocks) == 1:
        return blocks[0]
    lengths = [0, *(int(block.starts[-1]) for block in blocks)]
    shifts = np.cumsum(lengths)
    starts = [block.starts[:-1] + shift for block, shift in zip(blocks, shifts, strict=False)]
    rejects: tuple[Reject, ...] = tuple(each for block in blocks for each in block.rejects)
    return Lines(
        text=np.concatenate([block.text[: block.starts[-1]] for block in blocks] or [_NONE]),
        starts=np.concatenate([*starts, shifts[-1:]]).astype(np.int64),
        numbers=np.concatenate([block.numbers for block in blocks] or [_NO_NUMBERS]),
        rejects=rejects,
    )


_NONE: Final = np.zeros(0, dtype=np.uint8)
_NO_NUMBERS: Final = np.zeros(0, dtype=np.int64)
