"""Read Google Safe Browsing's reports to network administrators: URLs by list, in XML."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lionrock.core.events import AssetKind, Event, Part, Reject, Severity
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.feeds.listed import Claim, assets, event
from lionrock.feeds.mailing.parts import Mail
from lionrock.feeds.reading import Unreadable, as_address, as_asn, as_time, shown

_BEGIN: Final = re.compile(r"<notification_message[\s>]")
_END: Final = "</notification_message>"
_URLS: Final = frozenset({AssetKind.URL})
_LISTS: Final = {
    "0": Claim(
        kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.HIGH, report="malware"
    ),
    "1": Claim(kind=Rsit.PHISHING, part=Part.HOST, severity=Severity.HIGH, report="phishing"),
}
_OTHER: Final = Claim(kind=Rsit.UNDETERMINED, part=Part.HOST, severity=Severity.INFO)
_BARE6: Final = re.compile(r"^(https?://)([0-9a-fA-F:]{4,60}:[0-9a-fA-F]{1,4})(/.*)?$", re.DOTALL)


def of_mail(mail: Mail, delivery: Delivery) -> Iterable[Event | Reject] | None:
    """Return one event per listed URL, or None for a mail without such a list."""
    text = mail.text
    begin = _BEGIN.search(text)
    end = text.find(_END)
    if begin is None or end < begin.start():
        return None
    return _read(text[begin.start() : end + len(_END)], mail, delivery)


def _read(xml: str, mail: Mail, delivery: Delivery) -> Iterator[Event | Reject]:
    try:
        root = fromstring(xml)
    except (ParseError, DefusedXmlException, ValueError):
        yield Reject(line=1, text=shown(xml), why="is no XML that can be read", whole=True)
        return
    at = as_time(root.get("date", "")) or mail.date or delivery.received
    asn = as_asn(root.get("asn", ""))
    line = 0
    for listed in root.findall("list"):
        claim = _LISTS.get(listed.get("type", ""), _OTHER)
        for entry in listed.findall("url_info"):
            line += 1
            url = entry.get("url", "")
            try:
                asset = assets(_bracketed(url), kinds=_URLS)
            except Unreadable as why:
                yield Reject(line=line, text=shown(url), why=str(why))
                continue
            made = event(claim, line=line, at=at, asset=asset)
            address = as_address(entry.get("ip", "")) or made.address
            yield replace(made, address=address, reported_asn=asn)


def _bracketed(url: str) -> str:
    """Return the URL with a bare IPv6 address in brackets, where it can be nothing else.

    ``http://2001:db8::1:80/``: what follows the last colon counts as the port when the rest is an
    address without it.
    """
    found = _BARE6.match(url)
    if found is None:
        return url
    whole, path = found[2], found[3] or ""
    before, _, last = whole.rpartition(":")
    if as_address(before) and last.isdecimal():
        return f"{found[1]}[{before}]:{last}{path}"
    if as_address(whole):
        return f"{found[1]}[{whole}]{path}"
    return url
