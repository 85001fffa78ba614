"""Read Zone-H: defacements, as its mails to CERTs, its CSV exports and its RSS."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from lionrock.core.events import Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.feeds.listed import Claim, assets, event
from lionrock.feeds.listed.lists import SITES
from lionrock.feeds.mailing.parts import Mail
from lionrock.feeds.reading import Unreadable, as_address, as_country, as_time, as_url, shown

_CLAIM: Final = Claim(
    kind=Rsit.UNAUTHORISED_MODIFICATION,
    part=Part.HOST,
    severity=Severity.HIGH,
    seen=Seen.REPORTED,
    variant="defacement",
    report="defacements",
)
_FIELD: Final = re.compile(r"\s*+[*>\-]*+\s*+([A-Za-z][A-Za-z \-]{1,30}+):\s*+(\S.*)$")
_MOST_LINES: Final = 50_000
_NAMES: Final = {
    "domain": "domain",
    "defaced url": "domain",
    "url": "domain",
    "site": "domain",
    "ip": "ip",
    "ip address": "ip",
    "notified by": "defacer",
    "defacer": "defacer",
    "attacker": "defacer",
    "system": "system",
    "os": "system",
    "web server": "web_server",
    "webserver": "web_server",
    "reported": "time",
    "mirror saved on": "time",
    "date": "time",
    "time": "time",
    "mirror": "mirror",
    "country": "country",
}


def of_mail(mail: Mail, delivery: Delivery) -> Iterable[Event | Reject] | None:
    """Return one event per defaced site in a mail of Zone-H, or None for another mail."""
    if "zone-h" not in f"{mail.sender} {mail.subject}".lower():
        return None
    found = list(_read(mail, delivery))
    return found or None


def defaced(
    *, line: int, at: datetime, url: str, address: str = "", country: str = "", **details: str
) -> Event:
    """Return the event of one defaced page; raise Unreadable when it names no site."""
    page = as_url(url, scheme="http")
    made = event(_CLAIM, line=line, at=at, asset=assets(page or url, kinds=SITES))
    return replace(
        made,
        address=as_address(address) or made.address,
        reported_country=as_country(country),
        details={name: value for name, value in details.items() if value},
    )


def _read(mail: Mail, delivery: Delivery) -> Iterator[Event | Reject]:
    default = mail.date or delivery.received
    for line, fields in enumerate(_blocks(mail.text), start=1):
        try:
            yield defaced(
                line=line,
                at=as_time(fields.get("time", "")) or default,
                url=fields["domain"],
                address=fields.get("ip", ""),
                country=fields.get("country", ""),
                defacer=fields.get("defacer", ""),
                system=fields.get("system", ""),
                web_server=fields.get("web_server", ""),
                mirror=fields.get("mirror", ""),
            )
        except Unreadable as why:
            yield Reject(line=line, text=shown(str(fields)), why=str(why))


def _blocks(text: str) -> Iterator[dict[str, str]]:
    """Yield the fields of each site: a name met a second time begins the next."""
    block: dict[str, str] = {}
    for line in text.splitlines()[:_MOST_LINES]:
        found = _FIELD.match(line[:1000])
        name = _NAMES.get(found[1].lower().strip()) if found else None
        if found is None or name is None:
            continue
        if name in block:
            if "domain" in block:
                yield block
            block = {}
        block[name] = found[2].strip()
    if "domain" in block:
        yield block
