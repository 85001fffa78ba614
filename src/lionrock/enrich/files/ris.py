"""RIS whois dumps (RIPE NCC): origin, prefix, and how many of the route collectors' peers see it."""

from collections.abc import Iterator
from pathlib import Path

from lionrock.enrich.files.draft import Draft, Head, asn_number, prefix
from lionrock.enrich.files.opening import lines
from lionrock.enrich.files.routes import looks
from lionrock.enrich.intervals import Range

LICENCE = "RIPE NCC Routing Information Service, terms of the RIPE NCC"


def recognises(head: Head) -> bool:
    """Tell by the first lines."""
    return looks(head.rows(), _split)


def read(path: Path) -> Iterator[Draft]:
    """Yield the routing table; of several origins of a prefix the one most peers see."""
    draft = Draft(fact="routing", source="ris", licence=LICENCE)
    best: dict[tuple[int, int, int], tuple[int, Range]] = {}
    for line in lines(path):
        if not line.strip() or line[0] == "%":
            continue
        found = _split(line)
        read_one = prefix(found[0], asn_number(found[1]) or 1) if found else None
        if found is None or not asn_number(found[1]) or read_one is None:
            draft.bad += 0 if found and found[0].endswith("/0") else 1
            continue
        version, row = read_one
        seen = line.rpartition("\t")[2].strip()
        votes = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
        key = (version, row.first, row.length)
        if key not in best or votes > best[key][0]:
            best[key] = (votes, row)
    draft.v4 = (row for key, (_, row) in best.items() if key[0] == 4)
    draft.v6 = (row for key, (_, row) in best.items() if key[0] == 6)
    yield draft


def _split(line: str) -> tuple[str, str] | None:
    parts = line.split("\t")
    return (parts[1], parts[0]) if len(parts) == 3 and "/" in parts[1] else None
