"""What sandboxes say: a file is malware, and whom it called, which may be anybody's innocent site."""

from collections.abc import Iterable

from lionrock.core.events import Asset, AssetKind, Event, Part, Seen, Severity
from lionrock.core.rsit import Rsit
from lionrock.feeds.listed.lists import Claim


def claim_of(asset: Asset, report: str) -> Claim:
    """Return what a sandbox's report says of a file, or of a place that the file called.

    Malware asks search engines and time servers as well as its masters, so a place called is for
    information alone, however bad the file is.
    """
    if asset.kind is AssetKind.HASH:
        return Claim(
            kind=Rsit.MALWARE_DISTRIBUTION,
            part=Part.HOST,
            severity=Severity.MEDIUM,
            seen=Seen.REPORTED,
            variant="sample",
            report=report,
        )
    return Claim(
        kind=Rsit.UNDETERMINED,
        part=Part.HOST,
        severity=Severity.INFO,
        seen=Seen.REPORTED,
        variant="called-by-malware",
        report=report,
    )


def each_once(events: Iterable[Event]) -> list[Event]:
    """Return the first event of each asset: reports name the same file and server many times."""
    told: dict[tuple[AssetKind, str], Event] = {}
    for made in events:
        told.setdefault((made.asset.kind, made.asset.value), made)
    return list(told.values())
