"""Find password guessing in log lines that people attach: sshd, fail2ban and mail servers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Severity
from lionrock.core.rsit import Rsit
from lionrock.feeds.mailing.zones import zoned
from lionrock.feeds.reading import as_address

MOST_LINES: Final = 50_000
_LONGEST: Final = 1000
_GUESSES: Final = (
    (
        "ssh",
        re.compile(
            r"sshd(?:-session)?\[\d+\]: (?:Failed \S+ for|Invalid user|Connection closed by (?:invalid|authenticating) user|"
            r"Disconnected from (?:invalid|authenticating) user|User \S+ from|Received disconnect from)"
            r"(?: .{0,80}?)? (?:from )?(?P<ip>[0-9a-fA-F.:]{4,45})(?: port (?P<port>\d{1,5}))?"
        ),
    ),
    (
        "fail2ban",
        re.compile(
            r"\[(?P<jail>[A-Za-z0-9_.\-]{1,40})\] (?:Ban|Found) (?P<ip>[0-9a-fA-F.:]{4,45})"
        ),
    ),
    (
        "smtp",
        re.compile(
            r"postfix/\S{1,40}\[\d+\]: warning: \S{1,255}\[(?P<ip>[0-9a-fA-F.:]{4,45})\]: SASL \S{1,20} authentication failed"
        ),
    ),
)
_LOGIN: Final = re.compile(r"(?:imap|pop3|managesieve)-login: ")
_REMOTE: Final = re.compile(r"\brip=(?P<ip>[0-9a-fA-F.:]{4,45})")
_JAILS: Final = {
    "dovecot": "imap",
    "postfix": "smtp",
    "postfix-sasl": "smtp",
    "proftpd": "ftp",
    "pure-ftpd": "ftp",
    "ssh": "ssh",
    "sshd": "ssh",
    "vsftpd": "ftp",
}
_ISO: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:[.,]\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?)(?: ([A-Z]{3,4})\b)?"
)
_SYSLOG: Final = re.compile(r"\b([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}:\d{2}:\d{2})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Attempts of one address at one service, folded into one."""

    address: str
    service: str
    port: int | None
    first: datetime
    last: datetime
    count: int
    text: str


def guesses(text: str, *, received: datetime) -> Iterator[Guess]:
    """Yield what each address tried at each service, in the order of their first lines.

    A time without a year is of the year before ``received`` that makes it no later than it; a line
    without a time is of ``received``.
    """
    found: dict[tuple[str, str], Guess] = {}
    for line in text.splitlines()[:MOST_LINES]:
        if not (hit := _hit(line[:_LONGEST])):
            continue
        address, service, port = hit
        at = _time(line[:200], received) or received
        before = found.get((address, service))
        if before is None:
            found[address, service] = Guess(
                address=address,
                service=service,
                port=port,
                first=at,
                last=at,
                count=1,
                text=line[:300],
            )
        else:
            found[address, service] = replace(
                before,
                first=min(before.first, at),
                last=max(before.last, at),
                count=before.count + 1,
            )
    yield from found.values()


def event_of(guess: Guess, *, line: int) -> Event:
    """Return the event of what one address tried."""
    return Event(
        line=line,
        at=guess.first,
        until=guess.last if guess.last > guess.first else None,
        asset=Asset(kind=AssetKind.ADDRESS, value=guess.address),
        part=Part.SOURCE,
        kind=Rsit.BRUTE_FORCE,
        severity=Severity.MEDIUM,
        address=guess.address,
        port=guess.port,
        transport="tcp",
        service=guess.service,
        report="log",
        count=guess.count,
        details={"log": guess.text},
    )


def _hit(line: str) -> tuple[str, str, int | None] | None:
    if "auth failed" in line and _LOGIN.search(line) and (found := _REMOTE.search(line)):
        address = as_address(found["ip"])
        return (address, "imap", None) if address else None
    for service, pattern in _GUESSES:
        if (found := pattern.search(line)) and (address := as_address(found["ip"])):
            groups = found.groupdict()
            if jail := groups.get("jail"):
                return address, _JAILS.get(jail.lower(), jail.lower()), None
            port = groups.get("port")
            return address, service, int(port) if port and int(port) < 65536 else None
    return None


def _time(line: str, received: datetime) -> datetime | None:
    if iso := _ISO.search(line):
        stated = iso[1].replace(",", ".")
        return zoned(f"{stated} {iso[2]}" if iso[2] else stated) or zoned(stated)
    if found := _SYSLOG.search(line):
        at = zoned(f"{found[2]} {found[1]} {received.year} {found[3]}")
        if at is not None and at > received:
            at = zoned(f"{found[2]} {found[1]} {received.year - 1} {found[3]}")
        return at
    return None
