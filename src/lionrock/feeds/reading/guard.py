"""Read one delivery of a feed, whatever is in it: the only way in which feeds are read."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lionrock.core.cells import LONGEST_PLAIN, Cells
from lionrock.core.errors import TryLater
from lionrock.core.events import LONGEST_TEXT, Asset, Event, Reject
from lionrock.core.feeds import Delivery, Feed
from lionrock.feeds.reading.lines import shown
from lionrock.feeds.reading.parts import LIMITS, Limits, Part, parts, words_of
from lionrock.feeds.reading.unreadable import Unreadable

LONGEST_WHY = 300
"""Characters of a Reject's reason."""
MOST_TEXT = 1 << 16
"""Characters an Event's details hold together; longer ones are cut."""


def read_delivery(
    feed: Feed, delivery: Delivery, limits: Limits = LIMITS
) -> Iterator[Event | Reject]:
    """Yield what every line of the delivery became, in order, each named by its line (and ``nth``).

    gz, bz2, zst and zip are unpacked, and lines counted through all parts. Nothing in the delivery
    raises: a broken archive, a fault in the feed's reader and an empty delivery where none is
    expected are Rejects with ``whole``; after one the next part is read all the same. Only what is
    wrong around it raises: a file that cannot be opened (OSError), TryLater.
    """
    offset = 0
    nothing = True
    for part in parts(delivery, limits):
        if isinstance(part, Reject):
            offset += 1
            nothing = False
            yield replace(part, line=offset)
            continue
        last = 0
        for record in _guarded(feed, part):
            nothing = False
            last = record.line if record.line > last else last
            yield replace(record, line=record.line + offset) if offset else record
        offset += max(last, part.lines)
    if nothing and not feed.may_be_empty:
        yield Reject(line=1, text="", why="holds nothing, and this feed is never empty", whole=True)


def _guarded(feed: Feed, part: Part) -> Iterator[Event | Reject]:
    """Yield the part's records, with text any store takes and numbers that tell them apart."""
    line = nth = 0
    try:
        for record in feed.read(part.delivery):
            if isinstance(record, Event):
                record = _storable(record)  # noqa: PLW2901  # the same record, made storable
                if record.line == line and record.nth <= nth:
                    record = replace(record, nth=nth + 1)  # noqa: PLW2901  # as above
                line, nth = record.line, record.nth
            elif not _plain(record.text) or not _plain(record.why):
                record = replace(  # noqa: PLW2901  # as above
                    record, text=shown(record.text), why=shown(record.why)[:LONGEST_WHY]
                )
            yield record
        part.finish()
    except TryLater:
        raise
    except Exception as error:  # a foreign text may break any reader; see _fatal
        if _fatal(error):
            raise
        yield Reject(line=line + 1, text="", why=_why(error), whole=True)


def _plain(text: str) -> bool:
    return len(text) <= LONGEST_WHY and text.isascii() and "\0" not in text


def _fatal(error: Exception) -> bool:
    """Tell what is wrong with this machine from what is wrong with the delivery."""
    return isinstance(error, OSError) and error.errno is not None


def _why(error: Exception) -> str:
    if isinstance(error, (OSError, EOFError)) or type(error).__module__ in _UNPACKERS:
        return words_of(error)
    if isinstance(error, Unreadable):
        return str(error)
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    return shown(f"stopped its reader: {type(error).__name__}: {error}")[:LONGEST_WHY]


_UNPACKERS = {"zlib", "zipfile", "zstandard.backend_c", "zstd", "gzip", "struct"}


def _storable(event: Event) -> Event:
    """Return the event with neither NUL nor lone surrogates nor endless texts, which no store takes."""
    details = event.details
    try:
        text = (
            f"{event.asset.value}{event.host}{event.url}{event.family}{event.service}{event.report}"
            f"{event.brand}{event.ref}{event.variant}{event.other and event.other.value}"
        )
        if type(details) is not Cells or not details.plain:
            text += "".join(details.values())  # type: ignore[arg-type]  # lists go the slow way
            text += "".join(details)
        elif len(text) > MOST_TEXT - 2 * LONGEST_PLAIN:
            text += "".join(details.texts) + "".join(details)
        if len(text) <= MOST_TEXT and "\0" not in text:
            if not text.isascii():
                text.encode()
            return event
    except (TypeError, UnicodeEncodeError):
        pass
    return replace(
        event,
        asset=_asset(event.asset),
        other=event.other and _asset(event.other),
        host=_short(event.host),
        url=_short(event.url),
        family=_short(event.family),
        service=_short(event.service),
        report=_text(event.report, LONGEST_TEXT),
        brand=_short(event.brand),
        ref=_short(event.ref),
        variant=_text(event.variant, LONGEST_TEXT),
        details=_details(event.details),
    )


def _asset(asset: Asset) -> Asset:
    return replace(asset, value=_text(asset.value, LONGEST_TEXT * 2))


def _short(text: str | None) -> str | None:
    return None if text is None else _text(text, LONGEST_TEXT * 2)


def _details(details: Mapping[str, object]) -> dict[str, str | tuple[str, ...]]:
    left = MOST_TEXT
    found: dict[str, str | tuple[str, ...]] = {}
    for name, value in details.items():
        if isinstance(value, (list, tuple)):
            items = tuple(_text(item, LONGEST_TEXT) for item in value[:256])
            found[_text(name, 128)] = items
            left -= sum(map(len, items))
        else:
            found[_text(name, 128)] = item = _text(value, LONGEST_TEXT)
            left -= len(item)
        if left < 0:
            break
    return found


def _text(value: object, most: int) -> str:
    text = (value if isinstance(value, str) else str(value))[:most]
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
