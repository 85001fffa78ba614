"""An event as every export gets it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedEvent:
    """What a source said of an asset, with the facts our tables hold of it.

    ``asset_kind`` is a word of ``core.events.AssetKind``, ``kind`` a type of the taxonomy, ``tlp`` the
    label under which this one event may travel. Empty text and ``None`` mean: not known.
    """

    id: int
    at: datetime
    feed: str
    report: str
    kind: str
    severity: str
    asset_kind: str
    asset: str
    part: str
    tlp: str
    episode: int
    variant: str = ""
    address: str = ""
    host: str = ""
    url: str = ""
    port: int | None = None
    transport: str = ""
    service: str = ""
    family: str = ""
    cves: tuple[str, ...] = ()
    network: str = ""
    asn: int | None = None
    located: str = ""
    registered: str = ""
    why: str = ""
    constituent: str = ""
    other_kind: str = ""
    other: str = ""
    other_port: int | None = None
    other_asn: int | None = None
    other_country: str = ""
    count: int = 1
    ref: str = ""
    details: Mapping[str, str | Sequence[str]] = field(default_factory=dict)
