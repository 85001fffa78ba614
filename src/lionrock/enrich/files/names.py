"""Who holds which ASN: JSON by number (asnames), or lines of number and name (RIPE NCC's asn.txt)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from lionrock.core.errors import GiveUp
from lionrock.enrich.files.draft import LONGEST_NAME, Draft, Head, asn_number
from lionrock.enrich.files.opening import head_of, lines, opened

_JSON = re.compile(rb'\s*\{\s*"\d{1,10}"\s*:\s*"')
_LINE = re.compile(r"\d{1,10} \S.*")
_COUNTRY = re.compile(r", ([A-Z]{2})\Z")
_LARGEST = 256 << 20


def recognises(head: Head) -> bool:
    """Tell by the first key, or by the first lines."""
    if _JSON.match(head.data):
        return True
    rows = head.rows()[:50]
    return bool(rows) and all(_LINE.fullmatch(row) for row in rows)


def read(path: Path) -> Iterator[Draft]:
    """Yield the holders' names, without the country that stands behind them."""
    draft = Draft(fact="holder", source="asnames")
    found = _json(path) if _JSON.match(head_of(path).data) else _lines(path)
    for text, name in found:
        number = asn_number(text)
        plain = _COUNTRY.sub("", name.strip())[:LONGEST_NAME]
        if number and plain:
            draft.names[number] = plain
        else:
            draft.bad += text.strip() != "0"
    yield draft


def _json(path: Path) -> Iterator[tuple[str, str]]:
    with opened(path) as file:
        data = file.read(_LARGEST)
    try:
        value = json.loads(data)
        yield from ((str(number), str(name)) for number, name in value.items())
    except (ValueError, AttributeError, RecursionError) as error:
        raise GiveUp(f"{path.name} is no list of names by number: {error}") from error


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    for line in lines(path):
        number, _, name = line.partition(" ")
        if line.strip():
            yield number, name
