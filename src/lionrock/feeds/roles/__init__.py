"""Which asset, part and severity fit a type of the taxonomy, for formats that do not say."""

from collections.abc import Iterable
from typing import Final

from lionrock.core.events import Asset, AssetKind, Part, Severity
from lionrock.core.rsit import Rsit
from lionrock.feeds.reading import Unreadable

_SOURCES: Final = {
    Rsit.SPAM,
    Rsit.INFECTED_SYSTEM,
    Rsit.SCANNER,
    Rsit.SNIFFING,
    Rsit.SOCIAL_ENGINEERING,
    Rsit.IDS_ALERT,
    Rsit.BRUTE_FORCE,
    Rsit.EXPLOIT,
    Rsit.DOS,
    Rsit.DDOS,
}
_TARGETS: Final = {
    Rsit.DATA_LEAK,
    Rsit.DATA_LOSS,
    Rsit.PRIVILEGED_ACCOUNT_COMPROMISE,
    Rsit.UNPRIVILEGED_ACCOUNT_COMPROMISE,
}
_OF_THE_WEB: Final = {
    Rsit.PHISHING,
    Rsit.MASQUERADE,
    Rsit.COPYRIGHT,
    Rsit.MALWARE_DISTRIBUTION,
    Rsit.MALWARE_CONFIGURATION,
    Rsit.HARMFUL_SPEECH,
    Rsit.VIOLENCE,
    Rsit.UNAUTHORISED_MODIFICATION,
    Rsit.APPLICATION_COMPROMISE,
}
_SEVERITIES: Final = {
    Rsit.C2_SERVER: Severity.CRITICAL,
    Rsit.VIOLENCE: Severity.HIGH,
    Rsit.INFECTED_SYSTEM: Severity.HIGH,
    Rsit.MALWARE_DISTRIBUTION: Severity.HIGH,
    Rsit.PRIVILEGED_ACCOUNT_COMPROMISE: Severity.HIGH,
    Rsit.UNPRIVILEGED_ACCOUNT_COMPROMISE: Severity.HIGH,
    Rsit.APPLICATION_COMPROMISE: Severity.HIGH,
    Rsit.SYSTEM_COMPROMISE: Severity.HIGH,
    Rsit.DOS: Severity.HIGH,
    Rsit.DDOS: Severity.HIGH,
    Rsit.UNAUTHORISED_ACCESS: Severity.HIGH,
    Rsit.UNAUTHORISED_MODIFICATION: Severity.HIGH,
    Rsit.DATA_LEAK: Severity.HIGH,
    Rsit.PHISHING: Severity.HIGH,
    Rsit.SCANNER: Severity.LOW,
    Rsit.COPYRIGHT: Severity.LOW,
    Rsit.WEAK_CRYPTO: Severity.LOW,
    Rsit.OTHER: Severity.INFO,
    Rsit.UNDETERMINED: Severity.INFO,
    Rsit.TEST: Severity.INFO,
}
_WEB_FIRST: Final = (
    AssetKind.URL,
    AssetKind.HOST,
    AssetKind.ADDRESS,
    AssetKind.NETWORK,
    AssetKind.ASN,
    AssetKind.HASH,
)
_ADDRESS_FIRST: Final = (
    AssetKind.ADDRESS,
    AssetKind.NETWORK,
    AssetKind.HOST,
    AssetKind.URL,
    AssetKind.ASN,
    AssetKind.HASH,
)


def part_of(kind: Rsit) -> Part:
    """Return the part that the reported end plays in a problem of this kind."""
    if kind in _SOURCES:
        return Part.SOURCE
    return Part.TARGET if kind in _TARGETS else Part.HOST


def severity_of(kind: Rsit) -> Severity:
    """Return how bad a problem of this kind is where its source rates nothing.

    What no source calls a problem (other, undetermined, a test) is for information alone: whoever is
    told of it without a word on what is wrong can do nothing.
    """
    return _SEVERITIES.get(kind, Severity.MEDIUM)


def is_of_the_web(kind: Rsit) -> bool:
    """Tell whether such a problem is one page's or site's rather than one machine's."""
    return kind in _OF_THE_WEB


def best_asset(kind: Rsit, named: Iterable[tuple[AssetKind, str | None]]) -> Asset:
    """Return what an event of this kind is about, of all that it names; Unreadable when nothing."""
    values = {found: value for found, value in named if value}
    for wanted in _WEB_FIRST if is_of_the_web(kind) else _ADDRESS_FIRST:
        if wanted in values:
            return Asset(kind=wanted, value=values[wanted])
    raise Unreadable("names no address, network, host, URL, AS or file")
