"""Which feed a file without an origin belongs to, where that is certain."""

from collections.abc import Collection

from lionrock.core.feeds import Delivery
from lionrock.feeds.reading import Limits, Unreadable, kebab, parts
from lionrock.feeds.reading.parts import Part
from lionrock.feeds.shadowserver_reports.naming import named
from lionrock.feeds.shadowserver_reports.rows import KNOWN
from lionrock.feeds.shadowserver_reports.schema import EMPTY

_START = 65536


def guess(delivery: Delivery, feeds: Collection[str]) -> str | None:
    """Return the id of the feed that the delivery belongs to, or None where that is not certain.

    A name that begins with a feed's id tells, then a Shadowserver report's name with such a header,
    then the keys that only IntelMQ's and n6's events have. Plain lists look all alike.
    """
    for part in parts(delivery, Limits(unmeasured=_START, unpacked=8 << 20)):
        if not isinstance(part, Part):
            continue
        start = _start(part.delivery)
        found = (
            _by_name(delivery.name, feeds)
            or _by_name(part.delivery.name, feeds)
            or _by_content(part.delivery, start)
        )
        return found if found in feeds else None
    return None


def _start(delivery: Delivery) -> bytes:
    try:
        with delivery.open() as stream:
            return stream.read(_START)
    except (Unreadable, EOFError):
        return b""


def _by_name(name: str, feeds: Collection[str]) -> str | None:
    word = f"{kebab(name)}-"
    return max((feed for feed in feeds if word.startswith(f"{feed}-")), key=len, default=None)


def _by_content(delivery: Delivery, start: bytes) -> str | None:
    text = start.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if text.startswith(("{", "[")):
        if '"classification.type"' in text:
            return "intelmq"
        if '"category"' in text and ('"restriction"' in text or '"rid"' in text):
            return "n6"
        return None
    header = {column.strip('" \r') for column in text.partition("\n")[0].split(",")}
    if named(delivery, EMPTY).name and len(header & KNOWN) >= 2:
        return "shadowserver"
    return None
