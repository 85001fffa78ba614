"""CertStream: names in certificates just issued; no wrong-doing, but where a name was seen first."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event, moment_of, text_of
from lionrock.feeds.reading import Record, Unreadable, read_json

_HOSTS: Final = frozenset({AssetKind.HOST})
_CLAIM: Final = Claim(
    kind=Rsit.OTHER,
    part=Part.HOST,
    severity=Severity.INFO,
    seen=Seen.REPORTED,
    variant="certificate",
    report="certificates",
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per name in each certificate; heartbeats of the stream say nothing."""
    return read_json(delivery, _message)


def _message(record: Record) -> Iterator[Event]:
    message = record.value
    if not isinstance(message, dict):
        raise Unreadable("is no JSON object")
    if message.get("message_type") == "heartbeat":
        return
    data = message.get("data")
    leaf = data.get("leaf_cert") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(leaf, dict):
        raise Unreadable("has no certificate")
    at = moment_of(text_of(data, "seen") or text_of(leaf, "not_before"))
    names = leaf.get("all_domains")
    fingerprint = text_of(leaf, "fingerprint")
    hosts = names[:1000] if isinstance(names, list) else []
    found = dict.fromkeys(assets(str(name), kinds=_HOSTS) for name in hosts)
    if not found:
        raise Unreadable("is a certificate without names")
    for number, asset in enumerate(found):
        made = event(_CLAIM, line=record.line, at=at, asset=asset)
        yield replace(made, nth=number, ref=fingerprint or None)


FEED = Feed(
    id="certstream",
    title="CertStream",
    provider="Calidog Security",
    home="https://certstream.calidog.io/",
    tlp=Tlp.CLEAR,
    trust=90,
    seen=Seen.REPORTED,
    read=read,
    every=None,
    carrier=Carrier.PUSH,
    licence="free",
)
