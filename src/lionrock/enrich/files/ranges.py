"""Ranges from first to last address: DB-IP's CSV (country) and iptoasn's TSV (origin, holder)."""

import csv
from collections.abc import Iterator
from pathlib import Path

from lionrock.enrich.countries import code_number
from lionrock.enrich.files.draft import LONGEST_NAME, Draft, Head, asn_number, span
from lionrock.enrich.files.licences import DB_IP
from lionrock.enrich.files.opening import lines
from lionrock.enrich.intervals import Range


def recognises(head: Head) -> bool:
    """Tell by the first lines: two addresses, then two letters or a number."""
    rows = head.rows()[:50]
    return bool(rows) and all(_fields(row) is not None for row in rows)


def read(path: Path) -> Iterator[Draft]:
    """Yield the countries in which networks are used, or the routing and who holds its ASNs."""
    countries: dict[int, list[Range]] = {4: [], 6: []}
    origins: dict[int, list[Range]] = {4: [], 6: []}
    names: dict[int, str] = {}
    bad = 0
    for line in lines(path):
        if not line.strip() or line[0] == "#":
            continue
        fields = _fields(line)
        if fields is None:
            bad += 1
            continue
        by_asn = len(fields) >= 5 and fields[2].isdecimal()
        value = asn_number(fields[2]) if by_asn else code_number(fields[2])
        found = span(fields[0], fields[1], value)
        if found is None or not value:
            continue
        (origins if by_asn else countries)[found[0]].append(found[1])
        if by_asn and fields[4]:
            names.setdefault(value, fields[4][:LONGEST_NAME])
    if countries[4] or countries[6]:
        yield Draft(
            fact="geolocation",
            source="db-ip",
            licence=DB_IP,
            joins=True,
            v4=iter(countries[4]),
            v6=iter(countries[6]),
            bad=bad,
        )
    if origins[4] or origins[6]:
        yield Draft(
            fact="routing", source="iptoasn", v4=iter(origins[4]), v6=iter(origins[6]), bad=bad
        )
    if names:
        yield Draft(fact="holder", source="iptoasn", names=names)


def _fields(line: str) -> list[str] | None:
    if "\t" in line:
        fields = line.split("\t")
    else:
        try:
            fields = next(csv.reader([line]), [])
        except csv.Error:
            return None
    if len(fields) < 3 or span(fields[0], fields[1], 1) is None:
        return None
    return fields if len(fields[2]) == 2 or fields[2].isdecimal() or not fields[2] else None
