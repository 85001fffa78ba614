"""TweetFeed: indicators that researchers post on social media."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Final

from lionrock.core.events import Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event, moment_of
from lionrock.feeds.reading import Row, read_csv

_TAGS: Final = (
    ({"phishing", "scam", "phish"}, Rsit.PHISHING, Severity.MEDIUM),
    ({"c2", "cobaltstrike", "c&c", "botnet"}, Rsit.C2_SERVER, Severity.HIGH),
    (
        {"malware", "ransomware", "stealer", "rat", "opendir"},
        Rsit.MALWARE_DISTRIBUTION,
        Severity.MEDIUM,
    ),
    ({"scanner", "bruteforce"}, Rsit.SCANNER, Severity.LOW),
)
_COLUMNS: Final = ("date", "user", "type", "value", "tags", "tweet")


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per row ``date, user, type, value, tags, link``; the tags tell the kind."""
    return read_csv(delivery, _row, columns=_COLUMNS, comments=())


def _row(found: Row) -> Event | None:
    if found["date"] == "date" and found["value"] == "value":
        return None
    at = moment_of(found["date"])
    tags = tuple(tag.lstrip("#") for tag in found["tags"].split() if tag.startswith("#"))
    words = {tag.lower() for tag in tags}
    kind, severity = next(
        ((kind, severity) for known, kind, severity in _TAGS if known & words),
        (Rsit.UNDETERMINED, Severity.INFO),
    )
    asset = assets(found["value"])
    sample = asset.kind.value == "hash"
    claim = Claim(
        kind=Rsit.MALWARE_DISTRIBUTION if sample else kind,
        part=Part.HOST,
        severity=Severity.MEDIUM if sample else severity,
        seen=Seen.REPORTED,
        variant="sample" if sample else "",
        report="tweets",
    )
    made = event(claim, line=found.line, at=at, asset=asset)
    details: dict[str, str | tuple[str, ...]] = {
        name: found[name] for name in ("user", "tweet") if found[name]
    }
    if tags:
        details["tags"] = tags
    return replace(made, details=details)


FEED = Feed(
    id="tweetfeed",
    title="TweetFeed",
    provider="Daniel López (0xDanielLopez)",
    home="https://tweetfeed.live/",
    tlp=Tlp.CLEAR,
    trust=35,
    seen=Seen.REPORTED,
    read=read,
    every=timedelta(days=1),
    carrier=Carrier.HTTP,
    address="https://raw.githubusercontent.com/0xDanielLopez/TweetFeed/master/today.csv",
    licence="CC0",
)
