"""JPCERT/CC: phishing URLs confirmed from reports, one CSV a month."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event, moment_of
from lionrock.feeds.reading import Row, read_csv

_URLS: Final = frozenset({AssetKind.URL})
_JAPAN: Final = timezone(timedelta(hours=9))
_CLAIM: Final = Claim(
    kind=Rsit.PHISHING,
    part=Part.HOST,
    severity=Severity.HIGH,
    seen=Seen.REPORTED,
    report="phishurl-list",
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per row ``date, URL, description``: times are Japan's, the description the brand."""

    def row(found: Row) -> Event:
        at = moment_of(found["date"])
        zoned = at if _has_zone(found["date"]) else at.replace(tzinfo=_JAPAN)
        made = event(
            _CLAIM,
            line=found.line,
            at=zoned.astimezone(at.tzinfo),
            asset=assets(found["URL"], kinds=_URLS),
        )
        return replace(made, brand=found["description"] or None)

    return read_csv(delivery, row, required=("date", "URL"))


def _has_zone(text: str) -> bool:
    return text.endswith(("Z", "UTC")) or "+" in text


FEED = Feed(
    id="jpcert-phishing",
    title="JPCERT/CC phishing URL list",
    provider="JPCERT/CC",
    home="https://github.com/JPCERTCC/phishurl-list",
    tlp=Tlp.CLEAR,
    trust=90,
    seen=Seen.REPORTED,
    read=read,
    every=None,
    carrier=Carrier.DROP,
    licence="free use with attribution (JPCERT/CC)",
)
