"""Read Cyscon's (C-SIRT) reports of malicious files: ``key: value`` lines in an attachment."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from lionrock.core.events import AssetKind, Event, Part, Reject, Seen, Severity
from lionrock.core.feeds import Delivery
from lionrock.core.rsit import Rsit
from lionrock.feeds.listed import Claim, assets, event
from lionrock.feeds.mailing.parts import Leaf, Mail
from lionrock.feeds.reading import Unreadable, as_address, as_asn, as_country, as_time, shown

_URLS: Final = frozenset({AssetKind.URL})
_KINDS: Final = {
    "malware": Claim(
        kind=Rsit.MALWARE_DISTRIBUTION,
        part=Part.HOST,
        severity=Severity.HIGH,
        seen=Seen.REPORTED,
        report="malware",
    ),
    "phishing": Claim(
        kind=Rsit.PHISHING,
        part=Part.HOST,
        severity=Severity.HIGH,
        seen=Seen.REPORTED,
        report="phishing",
    ),
}


def of_mail(mail: Mail, delivery: Delivery) -> Iterable[Event | Reject] | None:
    """Return one event per report attached, or None for a mail without one."""
    reports = [leaf for leaf in mail.leaves if leaf.name.lower().endswith("-report.txt")]
    found = [(leaf, fields) for leaf in reports if "uri" in (fields := _fields(leaf.text))]
    if not found:
        return None
    return [_read(number, leaf, fields) for number, (leaf, fields) in enumerate(found, start=1)]


def _read(line: int, leaf: Leaf, fields: dict[str, str]) -> Event | Reject:
    sort = leaf.name.lower().removesuffix("-report.txt")
    at = as_time(fields.get("first_seen", "") or fields.get("last_seen", ""))
    if at is None:
        return Reject(line=line, text=shown(leaf.text), why="has no time that can be read")
    try:
        asset = assets(fields["uri"], kinds=_URLS)
    except Unreadable as why:
        return Reject(line=line, text=shown(leaf.text), why=str(why))
    made = event(_KINDS.get(sort, _KINDS["malware"]), line=line, at=at, asset=asset)
    last = as_time(fields.get("last_seen", ""))
    kept = ("signature", "file_sha256", "file_md5", "feedback_url", "last_scan")
    return replace(
        made,
        address=as_address(fields.get("ip", "")) or made.address,
        until=last if last is not None and last > at else None,
        brand=fields.get("target") or None,
        reported_asn=as_asn(fields.get("asn", "")),
        reported_country=as_country(fields.get("country", "")),
        details={name: fields[name] for name in kept if fields.get(name)},
    )


def _fields(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.splitlines()[:100])
    return {name.strip().lower(): value.strip() for name, colon, value in pairs if colon}
