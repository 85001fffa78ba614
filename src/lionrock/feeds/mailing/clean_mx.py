"""Read the tables of sites that CleanMX mails to network owners."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Severity
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.feeds.listed import Claim, assets, event
from lionrock.feeds.mailing.parts import Mail
from lionrock.feeds.mailing.zones import zoned
from lionrock.feeds.reading import Unreadable, as_address, shown

_URLS: Final = frozenset({AssetKind.URL})
_KINDS: Final = {
    "viruses": Claim(
        kind=Rsit.MALWARE_DISTRIBUTION, part=Part.HOST, severity=Severity.HIGH, report="viruses"
    ),
    "phishing": Claim(
        kind=Rsit.PHISHING, part=Part.HOST, severity=Severity.HIGH, report="phishing"
    ),
    "portals": Claim(
        kind=Rsit.APPLICATION_COMPROMISE,
        part=Part.HOST,
        severity=Severity.MEDIUM,
        variant="spamvertised",
        report="portals",
    ),
}
_SUBJECT: Final = re.compile(r"\[clean-mx-([a-z]+)-(\d+)\]")


def of_mail(mail: Mail, delivery: Delivery) -> Iterable[Event | Reject] | None:
    """Return one event per row of the table in a mail of CleanMX, or None for another mail."""
    found = _SUBJECT.search(mail.subject)
    if found is None:
        return None
    return _read(mail.text, _KINDS.get(found[1], _KINDS["viruses"]), delivery)


def _read(text: str, claim: Claim, delivery: Delivery) -> Iterator[Event | Reject]:
    names: list[str] = []
    entry = 0
    for raw in text.splitlines():
        if not raw.startswith("|"):
            continue
        cells = [cell.strip() for cell in raw.strip().strip("|").split("|")]
        if not names:
            names = [cell.lower() for cell in cells]
            continue
        entry += 1
        try:
            row = dict(
                zip(
                    names,
                    [*cells[: len(names) - 1], "|".join(cells[len(names) - 1 :])],
                    strict=False,
                )
            )
            yield _event(entry, row, claim)
        except Unreadable as why:
            yield Reject(line=entry, text=shown(raw), why=str(why))
    if not entry:
        raise Unreadable("has no table of sites")


def _event(line: int, row: dict[str, str], claim: Claim) -> Event:
    at = zoned(row.get("date", ""))
    if at is None:
        raise Unreadable("has no time that can be read")
    made = event(claim, line=line, at=at, asset=assets(row.get("url", ""), kinds=_URLS))
    name = row.get("virusname", "").lower()
    return replace(
        made,
        address=as_address(row.get("ip", "")) or made.address,
        family=name if name and not name.startswith("unknown") else None,
        ref=row.get("id") or None,
    )
