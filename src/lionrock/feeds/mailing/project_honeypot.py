"""Read Project Honey Pot's monitor reports: addresses by what they did to its honey pots."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.feeds.mailing.parts import Mail
from lionrock.feeds.reading import as_address, as_time, shown

_SECTION: Final = re.compile(
    r"^(?:IPs Engaged In (?P<act>.+?)|(?P<other>Other Potentially Suspicious IPs)) On Your Network:"
)
_ACTS: Final = {
    "harvesting": (Rsit.SPAM, Severity.LOW, "harvesting", None),
    "email spamming": (Rsit.SPAM, Severity.MEDIUM, "", "smtp"),
    "dictionary attacks": (Rsit.SPAM, Severity.MEDIUM, "dictionary-attack", "smtp"),
    "comment spamming": (Rsit.SPAM, Severity.LOW, "form-spam", "http"),
}
_OTHER: Final = (Rsit.UNDETERMINED, Severity.INFO, "suspicious", None)
_RANGE: Final = re.compile(r"Report Date Range:\s*([0-9/]{8,10})\s*-\s*([0-9/]{8,10})")
_TIMED: Final = re.compile(r"-\s+\w{3}, (\d{1,2} \w{3} \d{4} \d{1,2}:\d{2}[AP]M) (\w{3})")
_ZONES: Final = {"PDT": 7, "PST": 8, "EDT": 4, "EST": 5, "UTC": 0, "GMT": 0}


def of_mail(mail: Mail, delivery: Delivery) -> Iterable[Event | Reject] | None:
    """Return one event per address and section, or None for a mail that is no monitor report."""
    if "Project Honey Pot Monitor Report" not in mail.subject:
        return None
    return _read(mail, delivery)


def _read(mail: Mail, delivery: Delivery) -> Iterator[Event | Reject]:
    text = mail.text
    period = _RANGE.search(text)
    end = as_time(period[2], "%m/%d/%Y") if period else None
    default = end or mail.date or delivery.received
    act: tuple[Rsit, Severity, str, str | None] | None = None
    entry = 0
    lines = text.splitlines()
    for number, raw in enumerate(lines):
        line = raw.strip()
        if line.startswith("---") and act is not None:
            return
        if found := _SECTION.match(line):
            act = _ACTS.get((found["act"] or "").lower(), _OTHER)
            continue
        if act is None or not line or line.lower() == "none" or line.startswith("-"):
            continue
        entry += 1
        address = as_address(line.partition(" ")[0])
        if address is None:
            yield Reject(line=entry, text=shown(raw), why="has no address")
            continue
        times = list(_times(lines[number + 1 : number + 201]))
        first = min(times, default=default)
        last = max(times, default=first)
        kind, severity, variant, service = act
        yield Event(
            line=entry,
            at=first,
            until=last if last > first else None,
            asset=Asset(kind=AssetKind.ADDRESS, value=address),
            part=Part.SOURCE,
            kind=kind,
            severity=severity,
            seen=Seen.PASSIVE,
            variant=variant,
            address=address,
            service=service,
            report="monitor",
            count=max(1, len(times)),
        )


def _times(lines: list[str]) -> Iterator[datetime]:
    """Yield the times that stand under an address, up to the next address or section."""
    for raw in lines:
        line = raw.strip()
        if not line.startswith("-"):
            return
        found = _TIMED.match(line)
        moment = as_time(found[1], "%d %b %Y %I:%M%p") if found else None
        if found and moment and found[2] in _ZONES:
            yield moment + timedelta(hours=_ZONES[found[2]])
