"""pfx2as, CAIDA's routing tables: network, length and origin, with tabs between."""

from collections.abc import Iterator
from pathlib import Path

from lionrock.enrich.files.draft import Draft, Head
from lionrock.enrich.files.routes import looks, routes


def recognises(head: Head) -> bool:
    """Tell by the first lines."""
    return looks(head.rows(), _split)


def read(path: Path) -> Iterator[Draft]:
    """Yield the routing table; of several origins the first, which is the more frequent one."""
    draft = Draft(fact="routing", source="caida", licence="CAIDA acceptable use agreement")
    yield routes(path, draft, _split, "#")


def _split(line: str) -> tuple[str, str] | None:
    parts = line.split("\t")
    if len(parts) != 3 or "/" in line or not parts[1].isdecimal():
        return None
    return f"{parts[0]}/{parts[1]}", parts[2]
