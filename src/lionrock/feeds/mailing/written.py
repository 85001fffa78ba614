"""Read what people write: indicators in a text near words that say why they are there."""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from lionrock.core.events import Asset, AssetKind, Event, Part, Reject, Severity
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.feeds.listed import completed
from lionrock.feeds.mailing.logs import event_of, guesses
from lionrock.feeds.mailing.parts import Mail
from lionrock.feeds.reading import as_address, as_asset, as_host, as_url, ends_of

MOST_FOUND: Final = 1000
_LONGEST_LINE: Final = 4000
_MOST_LINES: Final = 50_000
_NEAR: Final = 3
"""Lines after a telling word that it still covers."""

_WORDS: Final = re.compile(
    r"\b(?:abus\w{0,4}|attack\w{0,4}|blacklist\w{0,3}|blocked|botnet|bruteforce\w{0,3}|brute|compromised?|"
    r"copyright|ddos|defac\w{0,6}|exploit\w{0,4}|fraud\w{0,5}|hack\w{0,3}|infect\w{0,4}|infring\w{0,6}|"
    r"intrusion\w{0,2}|login attempts?|malicious|malware|offending|phish\w{0,4}|ransom\w{0,6}|scam\w{0,4}|"
    r"scann?\w{0,4}|spam\w{0,5}|suspicious|threat\w{0,2}|trojan|virus\w{0,2}|vulnerab\w{0,7}|"
    r"source ip|src ip|ip address|attacker)\b",
    re.IGNORECASE,
)
_URL: Final = re.compile(
    r"\b(?:h(?:tt|xx|\*\*)ps?|ftp|fxp)\s?[\[({\]]?:[\])}]?//[^\s<>\"'|]{3,2000}", re.IGNORECASE
)
_ADDRESS: Final = re.compile(r"(?<![\w.\-])(?:\d{1,3}(?:\[?\(?\.\)?\]?\d{1,3}){3})(?![\w]|\.\d)")
_ADDRESS6: Final = re.compile(r"(?<![\w:.])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])")
_HOST: Final = re.compile(
    r"(?<![\w@\-])(?:[A-Za-z0-9_\-]{1,63}\s?(?:\[\.\]|\(\.\)|\[dot\])\s?){1,8}[A-Za-z0-9\-]{2,63}"
)
_CLOSING: Final = ".,;:!?)]}>*'\""
_QUIET: Final = ("unsubscribe", "privacy", "mailto:", "view in browser", "contact us", "click here")


def of_mail(mail: Mail, delivery: Delivery) -> Iterable[Event | Reject] | None:
    """Return the events of what a person reports in a mail, or None when nothing is found."""
    own = mail.sender.rpartition("@")[2]
    texts = [mail.subject, mail.text]
    texts += [leaf.text for leaf in mail.leaves if leaf.name.lower().endswith((".log", ".txt"))]
    found = list(of_text("\n".join(texts), at=mail.date or delivery.received, own=own))
    return found or None


def of_text(text: str, *, at: datetime, own: str = "", everything: bool = False) -> Iterator[Event]:
    """Yield an event per address, URL or defanged host; lines of known logs tell more.

    Only what stands on a line with a telling word, or soon after one, is taken, unless
    ``everything`` is. What belongs to the sender (``own``) is no indicator.
    """
    line = 0
    seen: set[str] = set()
    for guess in guesses(text, received=at):
        line += 1
        seen.add(guess.address)
        yield event_of(guess, line=line)
        if line >= MOST_FOUND:
            return
    for asset, words in _found(text, own=own, everything=everything):
        if asset.value in seen:
            continue
        seen.add(asset.value)
        line += 1
        yield completed(
            Event(
                line=line,
                at=at,
                asset=asset,
                part=Part.SOURCE if asset.kind is AssetKind.ADDRESS else Part.HOST,
                kind=Rsit.UNDETERMINED,
                severity=Severity.INFO,
                report="written",
                details={"text": words[:300]},
            )
        )
        if line >= MOST_FOUND:
            return


def _found(text: str, *, own: str, everything: bool) -> Iterator[tuple[Asset, str]]:
    covered = 0
    for raw in text.splitlines()[:_MOST_LINES]:
        line = raw[:_LONGEST_LINE].strip()
        if not line:
            continue
        covered = _NEAR if everything or _WORDS.search(line) else covered - 1
        if covered < 0 or any(word in line.lower() for word in _QUIET):
            continue
        for asset in _on(line):
            if not _is_own(asset, own):
                yield asset, line


def _on(line: str) -> Iterator[Asset]:
    for match in _URL.finditer(line):
        if url := as_url(match.group().replace(" ", "").rstrip(_CLOSING)):
            yield Asset(kind=AssetKind.URL, value=url)
    line = _URL.sub(" ", line)
    for match in _ADDRESS.finditer(line):
        if (address := as_address(re.sub(r"[\[\]()]", "", match.group()))) and _is_theirs(address):
            yield Asset(kind=AssetKind.ADDRESS, value=address)
    for match in _ADDRESS6.finditer(line):
        if (address := as_address(match.group())) and _is_theirs(address):
            yield Asset(kind=AssetKind.ADDRESS, value=address)
    for match in _HOST.finditer(line):
        if asset := as_asset(AssetKind.HOST, match.group().replace(" ", "")):
            yield asset


def _is_theirs(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return not (found.is_loopback or found.is_unspecified or found.is_multicast)


def _is_own(asset: Asset, own: str) -> bool:
    host = ends_of(asset.value).host if asset.kind is AssetKind.URL else asset.value
    name = as_host(own) if own else None
    return bool(name and host and (host == name or host.endswith(f".{name}")))
