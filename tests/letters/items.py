"""Episodes as letters tell them, for the tests of letters."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from lionrock.core.events import AssetKind, Part, Severity
from lionrock.core.rsit import Rsit
from lionrock.core.tlp import Tlp
from lionrock.letters.notice import Draft, From, Item

AT = datetime(2026, 11, 20, 3, 12, 4, tzinfo=UTC)
TICKET = "LR-2026-000123-IL"
TEAM = From(
    name="CERT of the Isles",
    about="We tell the people of the Isles what others see of their machines.",
    address="cert@cert.example",
)


def item(number: int = 1, **changes: Any) -> Item:  # Any: each field has its own type
    """Return an open Telnet service at 192.0.2.``number``."""
    fields: dict[str, Any] = {  # Any: as above
        "episode": number,
        "asset_kind": AssetKind.ADDRESS,
        "asset": f"192.0.2.{number}",
        "part": Part.HOST,
        "kind": Rsit.UNWANTED_ACCESSIBLE,
        "severity": Severity.MEDIUM,
        "tlp": Tlp.AMBER,
        "first_seen": AT,
        "last_seen": AT + timedelta(days=1),
        "events": 2,
        "port": 23,
        "transport": "tcp",
        "service": "telnet",
        "feeds": ("Shadowserver",),
        "address": f"192.0.2.{number}",
        **changes,
    }
    return Item(**fields)


def draft(*items: Item, **changes: Any) -> Draft:  # Any: as above
    """Return a draft in English to Example ISP about ``items``."""
    fields: dict[str, Any] = {  # Any: as above
        "ticket": TICKET,
        "language": "en",
        "recipient": "Example ISP",
        "source": "directory",
        "items": items or (item(),),
        "team": TEAM,
        "zone": ZoneInfo("Atlantic/Azores"),
        "portal": "",
        "escalate_days": 7,
        **changes,
    }
    return Draft(**fields)
