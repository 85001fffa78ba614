"""What the registries delegated to whom (delegated and delegated-extended files)."""

from collections.abc import Iterator
from datetime import date, datetime
from ipaddress import IPv4Address
from pathlib import Path

from lionrock.enrich.countries import code_number
from lionrock.enrich.files.draft import Draft, Head, prefix
from lionrock.enrich.files.opening import head_of, lines
from lionrock.enrich.intervals import Range

LICENCE = "the registries' statistics, free to use"
_REGISTRIES = frozenset({"afrinic", "apnic", "arin", "lacnic", "ripencc", "iana", "nro"})


def recognises(head: Head) -> bool:
    """Tell by the header: ``2|apnic|20261120|…`` (or 2.3)."""
    rows = head.rows()
    parts = rows[0].split("|") if rows else []
    return len(parts) >= 6 and parts[0] in {"2", "2.3"} and parts[1] in _REGISTRIES


def read(path: Path) -> Iterator[Draft]:
    """Yield the countries in which networks are registered.

    An IPv4 record counts addresses, which need be no power of two; an IPv6 one names a length.
    """
    header = head_of(path).rows()[0].split("|")
    draft = Draft(fact="registry", source=header[1], day=_day(header), licence=LICENCE, joins=True)
    rows: dict[int, list[Range]] = {4: [], 6: []}
    for number, line in enumerate(lines(path)):
        parts = line.split("|")
        if number == 0 or not line or line[0] == "#" or parts[-1] == "summary":
            continue
        if len(parts) < 7:
            draft.bad += 1
            continue
        if parts[2] not in {"ipv4", "ipv6"} or parts[6] not in {"allocated", "assigned"}:
            continue
        found = _range(parts)
        if found is None:
            draft.bad += 1
        elif found[1].value:
            rows[found[0]].append(found[1])
    draft.v4, draft.v6 = iter(rows[4]), iter(rows[6])
    yield draft


def _range(parts: list[str]) -> tuple[int, Range] | None:
    country = code_number(parts[1])
    if parts[2] == "ipv6":
        return prefix(f"{parts[3]}/{parts[4]}", country)
    try:
        first = int(IPv4Address(parts[3]))
    except ValueError:
        return None
    count = int(parts[4]) if parts[4].isdecimal() and len(parts[4]) < 11 else 0
    if not 0 < count <= (1 << 32) - first:
        return None
    return 4, Range(first, first + count - 1, country)


def _day(header: list[str]) -> date | None:
    for text in (header[2], header[5]):
        try:
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  (a day)
        except ValueError:
            continue
    return None
