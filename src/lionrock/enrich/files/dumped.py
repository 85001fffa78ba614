"""Routing tables in MRT form, made text by ``bgpdump -m``: one line per peer and prefix."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from lionrock.enrich.files.draft import Draft, Head, asn_number, prefix
from lionrock.enrich.files.opening import head_of, lines
from lionrock.enrich.intervals import Range


def recognises(head: Head) -> bool:
    """Tell by the first lines."""
    rows = head.rows()
    return bool(rows) and all(_split(row) is not None for row in rows[:50])


def read(path: Path) -> Iterator[Draft]:
    """Yield the routing table: for each prefix the origin that most peers report."""
    draft = Draft(fact="routing", source="mrt", day=_day(head_of(path)))
    votes: dict[tuple[int, int, int, int], dict[int, int]] = {}
    for line in lines(path):
        found = _split(line)
        if found is None:
            draft.bad += bool(line.strip())
            continue
        asn = asn_number(found[1])
        read_one = prefix(found[0], asn or 1)
        if read_one is None or not asn:
            draft.bad += not found[0].endswith("/0")
            continue
        version, row = read_one
        counts = votes.setdefault((version, row.first, row.last, row.length), {})
        counts[asn] = counts.get(asn, 0) + 1

    def rows(version: int) -> Iterator[Range]:
        for (family, first, last, length), counts in votes.items():
            if family == version:
                yield Range(first, last, max(counts, key=counts.__getitem__), length)

    draft.v4, draft.v6 = rows(4), rows(6)
    yield draft


def _split(line: str) -> tuple[str, str] | None:
    """Return the prefix and the last of the path, where the route came from."""
    parts = line.split("|", 7)
    if len(parts) < 7 or parts[0] not in {"TABLE_DUMP", "TABLE_DUMP2"}:
        return None
    return parts[5], parts[6].rpartition(" ")[2]


def _day(head: Head) -> date | None:
    stamp = head.rows()[0].split("|")[1].partition(".")[0]
    if not stamp.isdecimal() or len(stamp) > 11:
        return None
    return datetime.fromtimestamp(int(stamp), tz=UTC).date()
