"""What the kinds of routing tables share: prefixes with their origins, by family."""

from collections.abc import Callable, Iterator
from pathlib import Path

from lionrock.enrich.files.draft import Draft, asn_number, prefix
from lionrock.enrich.files.opening import lines
from lionrock.enrich.intervals import Range

Split = Callable[[str], tuple[str, str] | None]
"""Returns the prefix and the origin in a line; None for a line that is neither."""


def routes(path: Path, draft: Draft, split: Split, comment: str) -> Draft:
    """Fill a draft from a file with a prefix to a line."""
    rows: dict[int, list[Range]] = {4: [], 6: []}
    for line in lines(path):
        if not line.strip() or line[0] in comment:
            continue
        found = split(line)
        asn = asn_number(found[1]) if found else 0
        read = prefix(found[0], asn) if found and asn else None
        if read is None:
            draft.bad += 0 if found and found[0].endswith("/0") else 1
            continue
        rows[read[0]].append(read[1])
    draft.v4, draft.v6 = iter(rows[4]), iter(rows[6])
    return draft


def looks(rows: list[str], split: Split) -> bool:
    """Tell whether the first lines are all such prefixes."""
    found = [split(row) for row in rows[:50]]
    return bool(found) and all(
        one is not None and prefix(one[0], 1) is not None and asn_number(one[1])
        for one in found
        if one is None or not one[0].endswith("/0")
    )


def one(draft: Draft) -> Iterator[Draft]:
    """Yield the only draft."""
    yield draft
