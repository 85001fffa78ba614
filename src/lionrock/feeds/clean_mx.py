"""CleanMX: sites with malware or phishing, from its database's XML and its mails."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery, Feed
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.feeds.listed import Claim, assets, beginning, event, moment_of
from lionrock.feeds.mailing import clean_mx, xarf
from lionrock.feeds.mailing.reader import mails
from lionrock.feeds.reading import (
    Unreadable,
    as_address,
    as_asn,
    as_country,
    as_hash,
    as_time,
    shown,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_of_mail = mails(clean_mx.of_mail, xarf.of_mail)
_URLS: Final = frozenset({AssetKind.URL})
_MALWARE: Final = Claim(
    kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.HIGH, report="viruses"
)
_PHISHING: Final = Claim(
    kind=Rsit.PHISHING, part=Part.HOST, severity=Severity.HIGH, report="phishing"
)
_USED: Final = {
    "line",
    "id",
    "first",
    "last",
    "url",
    "ip",
    "as",
    "country",
    "md5",
    "virusname",
    "target",
    "domain",
}


def read(delivery: Delivery) -> Iterator[Event | Reject]:
    """Yield one event per entry of the XML, or per row of a mail's table."""
    return _of_xml(delivery) if beginning(delivery, 64).startswith("<") else _of_mail(delivery)


def _of_xml(delivery: Delivery) -> Iterator[Event | Reject]:
    line = 0
    with delivery.open() as stream:
        try:
            for _, element in iterparse(stream, events=("end",)):
                if element.tag != "entry":
                    continue
                line += 1
                fields = _fields(element)
                element.clear()
                try:
                    yield _event(line, fields)
                except Unreadable as why:
                    yield Reject(line=line, text=shown(str(fields)), why=str(why))
        except (ParseError, DefusedXmlException, ValueError, LookupError):
            yield Reject(line=line + 1, text="", why="is no XML that can be read", whole=True)


def _event(line: int, fields: dict[str, str]) -> Event:
    at = moment_of(fields.get("first", ""))
    claim = _MALWARE if "virusname" in fields or "md5" in fields else _PHISHING
    made = event(claim, line=line, at=at, asset=assets(fields.get("url", ""), kinds=_URLS))
    last = as_time(fields.get("last", ""))
    details = {name: value for name, value in fields.items() if value and name not in _USED}
    if digest := as_hash(fields.get("md5", "")):
        details["md5"] = digest.removeprefix("md5:")
    name = fields.get("virusname", "").lower()
    return replace(
        made,
        address=as_address(fields.get("ip", "")) or made.address,
        until=last if last is not None and last > at else None,
        family=name if name and not name.startswith("unknown") else None,
        brand=fields.get("target") or None,
        ref=fields.get("id") or None,
        reported_asn=as_asn(fields.get("as", "")),
        reported_country=as_country(fields.get("country", "")),
        details=details,
    )


def _fields(entry: "Element") -> dict[str, str]:
    return {child.tag: (child.text or "").strip() for child in list(entry)[:100]}


FEED = Feed(
    id="clean-mx",
    title="CleanMX",
    provider="net4sec",
    home="http://support.clean-mx.com/clean-mx/xmlphishing",
    tlp=Tlp.GREEN,
    trust=60,
    seen=Seen.LISTED,
    read=read,
    every=timedelta(days=1),
    may_be_empty=True,
    licence="free for CERTs",
)
