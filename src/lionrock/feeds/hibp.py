"""Have I Been Pwned: accounts of a domain of ours in a breach or a paste, as its callback tells."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Carrier, Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, event, text_of
from lionrock.feeds.reading import Record, Unreadable, as_time, read_json

_HOSTS: Final = frozenset({AssetKind.HOST})
_BREACH: Final = Claim(
    kind=Rsit.DATA_LEAK, part=Part.TARGET, seen=Seen.REPORTED, variant="breach", report="breach"
)
_PASTE: Final = Claim(
    kind=Rsit.DATA_LEAK, part=Part.TARGET, seen=Seen.REPORTED, variant="paste", report="paste"
)


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per breach or paste: the asset is the domain whose accounts stand in it."""
    return read_json(delivery, lambda record: _callback(record, delivery.received))


def _callback(record: Record, received: datetime) -> Iterator[Event]:
    told = record.value
    if not isinstance(told, dict):
        raise Unreadable("is no JSON object")
    domain = text_of(told, "Domain") or text_of(told, "Email").rpartition("@")[2]
    asset = assets(domain, kinds=_HOSTS)
    emails = told.get("DomainEmails")
    accounts = tuple(map(str, emails)) if isinstance(emails, list) else ()
    accounts = accounts or ((text_of(told, "Email"),) if text_of(told, "Email") else ())
    number = 0
    for claim, name, dates in (
        (_BREACH, "Breach", ("AddedDate", "BreachDate")),
        (_PASTE, "Paste", ("Date",)),
    ):
        held = told.get(name)
        for entry in held if isinstance(held, list) else [held] if held else []:
            if not isinstance(entry, dict):
                raise Unreadable(f"has a {name.lower()} that is no JSON object")
            at = next((t for d in dates if (t := as_time(text_of(entry, d)))), received)
            made = event(claim, line=record.line, at=at, asset=asset)
            yield _told(replace(made, nth=number), entry, accounts)
            number += 1
    if not number:
        raise Unreadable("has neither breach nor paste")


def _told(made: Event, entry: Mapping[str, Any], accounts: tuple[str, ...]) -> Event:
    classes = entry.get("DataClasses")
    leaked = tuple(map(str, classes)) if isinstance(classes, list) else ()
    kept = ("Title", "Domain", "BreachDate", "PwnCount", "Source", "Id", "EmailCount", "IsVerified")
    details: dict[str, str | tuple[str, ...]] = {
        name: text for name in kept if (text := text_of(entry, name))
    }
    if leaked:
        details["DataClasses"] = leaked
    if accounts:
        details["accounts"] = accounts
    passwords = any("password" in name.lower() for name in leaked)
    return replace(
        made,
        severity=Severity.HIGH if passwords else Severity.MEDIUM,
        ref=text_of(entry, "Name", "Id") or None,
        details=details,
    )


FEED = Feed(
    id="hibp",
    title="Have I Been Pwned domain callbacks",
    provider="Have I Been Pwned",
    home="https://haveibeenpwned.com/API/v3",
    tlp=Tlp.AMBER_STRICT,
    trust=85,
    seen=Seen.REPORTED,
    read=read,
    every=None,
    carrier=Carrier.PUSH,
    licence="by subscription; domains proven to be ours",
)
