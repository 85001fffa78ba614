"""Routing tables as pyasn keeps them: a prefix and its origin, with a tab between."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from lionrock.enrich.files.draft import Draft, Head
from lionrock.enrich.files.opening import head_of
from lionrock.enrich.files.routes import looks, routes

_RIB = re.compile(r"(?:rib|bview)\w*\.(\d{8})\.\d{4}")
_CONVERTED = re.compile(r"; Converted on\s*:\s*\w+ (\w+ +\d+ [\d:]+ \d{4})")


def recognises(head: Head) -> bool:
    """Tell by the first lines."""
    return looks(head.rows(), _split)


def read(path: Path) -> Iterator[Draft]:
    """Yield the routing table; its day is that of the dump it was made from."""
    draft = Draft(fact="routing", source="routeviews", day=_day(head_of(path)))
    yield routes(path, draft, _split, "#;")


def _split(line: str) -> tuple[str, str] | None:
    parts = line.split("\t")
    return (parts[0], parts[1]) if len(parts) == 2 and "/" in parts[0] else None


def _day(head: Head) -> date | None:
    comments = "\n".join(line for line in head.lines if line.startswith(";"))
    try:
        if found := _RIB.search(comments):
            return datetime.strptime(found[1], "%Y%m%d").date()  # noqa: DTZ007  (a day)
        if found := _CONVERTED.search(comments):
            return datetime.strptime(found[1], "%b %d %H:%M:%S %Y").date()  # noqa: DTZ007
    except ValueError:
        return None
    return None
