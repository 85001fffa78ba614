"""JSON lists of indicators, as analysts publish them beside their reports."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event, text_of
from lionrock.feeds.objects.labels import names_server
from lionrock.feeds.reading import Record, Unreadable, as_time, read_json

_UNTOLD: Final = Claim(
    kind=Rsit.UNDETERMINED,
    part=Part.HOST,
    severity=Severity.INFO,
    seen=Seen.REPORTED,
    report="indicators",
)
_SERVER: Final = replace(_UNTOLD, kind=Rsit.C2_SERVER, severity=Severity.HIGH)
_SAMPLE: Final = replace(
    _UNTOLD, kind=Rsit.MALWARE_DISTRIBUTION, severity=Severity.MEDIUM, variant="sample"
)
_NAMES: Final = ("indicator", "ioc", "value", "observable", "url", "domain", "ip", "hash")


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per object that names an indicator; a description of “C2” tells the kind."""

    def record(found: Record) -> Event:
        if isinstance(found.value, str):
            entry: dict[str, object] = {"value": found.value}
        elif isinstance(found.value, dict):
            entry = {str(name).lower(): value for name, value in found.value.items()}
        else:
            raise Unreadable("is neither an object nor a text")
        asset = assets(text_of(entry, *_NAMES))
        words = text_of(entry, "description", "comment", "type")
        claim = _SAMPLE if asset.kind is AssetKind.HASH else _UNTOLD
        if claim is _UNTOLD and names_server(words.lower()[:10_000]):
            claim = _SERVER
        stated = text_of(entry, "date", "time", "first_seen", "timestamp")
        made = event(
            claim,
            line=found.line,
            at=as_time(stated) or delivery.received,
            asset=asset,
        )
        return replace(made, details={"description": words} if words else {})

    return read_json(delivery, record)


FEED = Feed(
    id="indicator-json",
    title="Indicators in JSON",
    provider="whoever publishes them",
    home="https://www.rfc-editor.org/rfc/rfc9424",
    tlp=Tlp.AMBER,
    trust=30,
    seen=Seen.REPORTED,
    read=read,
    every=None,
    licence="as the publisher says",
)
