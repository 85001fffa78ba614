"""What a source says: Event and Reject, the only two things a line of a delivery can become."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.core.values import made_quickly


class AssetKind(StrEnum):
    """What an asset is, which decides how its value is written."""

    ADDRESS = "address"
    """One IPv4 or IPv6 address in its canonical text form."""
    NETWORK = "network"
    """A prefix, ``192.0.2.0/24``: no host bits set."""
    ASN = "asn"
    """An autonomous system's number, decimal, without ``AS``."""
    HOST = "host"
    """A host name: lower-case A-labels without a final dot."""
    URL = "url"
    """An address of something on the web: lower-case scheme and host, the rest as reported."""
    HASH = "hash"
    """A file: ``sha256:…``, ``sha1:…`` or ``md5:…``, lower-case hexadecimal."""


class Part(StrEnum):
    """The part an asset plays in what was seen (its role)."""

    SOURCE = "source"
    """The attack, the spam or the infected machine's call came from it."""
    TARGET = "target"
    """It was attacked, scanned or taken from."""
    HOST = "host"
    """It holds or offers what was seen: a vulnerable service, a phishing page, a control server."""


class Severity(StrEnum):
    """How bad it is, from the worst; Shadowserver's five words."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Seen(StrEnum):
    """How the source came to see it, which decides what its silence means."""

    SCAN = "scan"
    """A complete active scan: what it stops listing was looked at and not found."""
    PASSIVE = "passive"
    """A sinkhole, honeypot, spam trap or tap: what it stops listing was merely not seen."""
    LISTED = "listed"
    """A list its keeper maintains: what disappears was taken off, for whatever reason."""
    REPORTED = "reported"
    """Somebody told us once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """What an event is about, or its other end."""

    kind: AssetKind
    value: str

    def __str__(self) -> str:
        return self.value


Details = Mapping[str, str | tuple[str, ...]]
"""What else the source said, by the source's own field names; a multi-valued field stays a list."""


@made_quickly
@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of one delivery, normalised.

    ``line`` counts the delivery's lines or records from 1, over all its parts, and ``nth`` tells the
    events of one line apart, from 0: together they name the event within its delivery. ``at`` is when the source saw it,
    aware and in UTC. ``address``, ``host``, ``url`` and ``port`` describe the same end as
    ``asset``, as far as the source names them; ``other`` is the other end, so that the origin of
    an attack is never lost. ``reported_asn`` and ``reported_country`` (ISO 3166-1, upper case) are
    what the source says of ``address``; our own tables decide, these fill their gaps.
    """

    line: int
    at: datetime
    asset: Asset
    part: Part
    kind: Rsit
    severity: Severity = Severity.MEDIUM
    seen: Seen = Seen.REPORTED
    nth: int = 0
    variant: str = ""
    """What tells two problems of one kind apart where nothing else does: ``defacement``, ``proxy``,
    ``tor``, ``blocklist``, ``dga``; lower case with hyphens."""
    address: str | None = None
    host: str | None = None
    url: str | None = None
    port: int | None = None
    transport: str | None = None
    """``tcp`` or ``udp``."""
    service: str | None = None
    """The application protocol, lower case: ``telnet``, ``http``, ``snmp``."""
    family: str | None = None
    """The malware's or botnet's name as the source gives it, lower case."""
    cves: tuple[str, ...] = ()
    """CVE ids, upper case, in the order given."""
    brand: str | None = None
    """Who is imitated, as the source names them."""
    other: Asset | None = None
    other_part: Part | None = None
    other_port: int | None = None
    other_asn: int | None = None
    other_country: str | None = None
    reported_asn: int | None = None
    reported_country: str | None = None
    report: str = ""
    """Which of the feed's reports or lists the line stands in: ``scan_telnet``, ``sshpwauth``."""
    ref: str | None = None
    """The source's own id of this observation."""
    tlp: Tlp | None = None
    """Where the line carries a label of its own; otherwise the feed's holds."""
    until: datetime | None = None
    """Where the source names a span, its end."""
    count: int = 1
    """How many observations the source folded into this line."""
    details: Details = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """What could not be read: kept, counted, shown, replayable."""

    line: int
    text: str
    """The original, cut to ``LONGEST_TEXT`` characters; undecodable bytes as ``\\xNN``."""
    why: str
    """Completes the sentence “The line …”: ``has no address``."""
    whole: bool = False
    """The rest of the delivery could not be read either (a broken archive, an empty delivery)."""


LONGEST_TEXT = 4096
"""Characters of an original line that a Reject keeps."""
