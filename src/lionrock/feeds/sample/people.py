"""Constituents made up from the holders of the documentation networks, as a table to import."""

import csv
import io
from collections.abc import Mapping
from typing import Final

from lionrock.core.documentation import Holder, Trade, at_home
from lionrock.core.region import Region

COLUMNS: Final = (
    *("name", "name_local", "kind", "sector", "critical", "language", "format", "frequency"),
    *("networks", "asns", "domains", "contact_role", "contact_name", "contact_email"),
)


def constituents(region: Region) -> bytes:
    """Return the table (CSV, UTF-8): one row per contact; rows of one name belong together.

    They are those whose networks are used in the region. Some networks are held by two of them, a
    provider and its customer; one of them also has machines elsewhere.
    """
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(COLUMNS)
    holders = [holder for holder in at_home() if holder.label != "millrace"]
    for place, holder in enumerate(holders):
        table.writerow(_row(place, holder, region))
        if holder.trade is not Trade.HOSTING and holder.critical:
            second = [""] * len(COLUMNS)
            second[COLUMNS.index("name")] = holder.name
            second[-3:] = ["security", "Duty officer", f"duty@{domain(holder)}"]
            table.writerow(second)
    return text.getvalue().encode("utf-8")


def domain(holder: Holder) -> str:
    """Return the holder's domain, one that nobody can register (RFC 2606)."""
    return f"{holder.label}.example"


def _row(place: int, holder: Holder, region: Region) -> list[str]:
    chinese = "zh-Hant" in region.languages and place % 3 == 1
    networks = [*holder.networks, *_ALSO.get(holder.asn, ())]
    return [
        holder.name,
        "",
        holder.trade,
        holder.sector if holder.sector in region.sectors else "",
        "yes" if holder.critical else "no",
        "zh-hant" if chinese else "en",
        ("csv", "xarf", "text")[place % 3],
        "at_once" if holder.critical and holder.trade is Trade.ORGANISATION else "daily",
        " ".join(networks),
        str(holder.asn),
        domain(holder),
        *("abuse", "Abuse desk", f"abuse@{domain(holder)}"),
    ]


_ALSO: Final[Mapping[int, tuple[str, ...]]] = {
    64496: ("192.0.2.192/26",),
    64501: ("203.0.113.224/27",),
}
"""The provider's wider network around three organisations, so that the most specific must win; and
the bank's machines elsewhere, about which it is told although they are not the region's."""
