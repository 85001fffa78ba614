"""A country's prefixes, one to a line or as JSON (ipverse's country-ip-blocks, once rir-ip)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from lionrock.core.errors import GiveUp
from lionrock.enrich.countries import code_number
from lionrock.enrich.files.draft import Draft, Head, prefix
from lionrock.enrich.files.opening import head_of, lines, opened
from lionrock.enrich.intervals import Range

LICENCE = "CC0"
_COUNTRY = re.compile(r"#\s*Country:.*\(([A-Z]{2})\)\s*\Z")
_JSON = re.compile(r'\s*\{\s*"country"\s*:')
_LARGEST = 64 << 20


def recognises(head: Head) -> bool:
    """Tell by the comment that names the country, or by the document's first key."""
    if head.lines and _COUNTRY.match(head.lines[0]):
        return True
    return _JSON.match("\n".join(head.lines[:3])) is not None and "refixes" in "".join(
        head.lines[:20]
    )


def read(path: Path) -> Iterator[Draft]:
    """Yield the networks registered in the country."""
    draft = Draft(fact="registry", source="country-ip-blocks", licence=LICENCE, joins=True)
    code, texts = _json(path) if head_of(path).data.lstrip()[:1] == b"{" else _text(path)
    country = code_number(code)
    rows: dict[int, list[Range]] = {4: [], 6: []}
    for text in texts:
        found = prefix(text, country or 1)
        if found is None:
            draft.bad += 1
        elif country:
            rows[found[0]].append(found[1])
    draft.v4, draft.v6 = iter(rows[4]), iter(rows[6])
    yield draft


def _text(path: Path) -> tuple[str, list[str]]:
    found = _COUNTRY.match(head_of(path).lines[0])
    rows = [line for line in lines(path) if line.strip() and line[0] != "#"]
    return (found[1] if found else ""), rows


def _json(path: Path) -> tuple[str, list[str]]:
    with opened(path) as file:
        data = file.read(_LARGEST)
    try:
        value = json.loads(data)
        prefixes = value["prefixes"]
        return str(value["countryCode"]), [
            str(text) for family in ("ipv4", "ipv6") for text in prefixes.get(family, ())
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise GiveUp(f"{path.name} is no list of a country's prefixes: {error}") from error
