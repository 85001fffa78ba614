"""Countries in steps: how far it is to the next range, hexadecimal, and whose that one is (ip2cc)."""

from collections.abc import Iterator
from pathlib import Path

from lionrock.core.errors import GiveUp
from lionrock.enrich.countries import code_number
from lionrock.enrich.files.draft import Draft, Head
from lionrock.enrich.files.opening import lines
from lionrock.enrich.intervals import BITS, Range

_HEADER = "#hexdelta1:"


def recognises(head: Head) -> bool:
    """Tell by the first line, ``#hexdelta1:4`` or ``#hexdelta1:6``."""
    return bool(head.lines) and head.lines[0].strip() in {f"{_HEADER}4", f"{_HEADER}6"}


def read(path: Path) -> Iterator[Draft]:
    """Yield the countries in which networks are used; IPv6 ranges are told by their upper half."""
    rows = lines(path)
    version = int(next(rows).strip().removeprefix(_HEADER))
    draft = Draft(fact="geolocation", source="ip2cc", joins=True, orderly=True)
    found = _ranges(rows, version, path.name)
    if version == 4:
        draft.v4 = found
    else:
        draft.v6 = found
    yield draft


def _ranges(rows: Iterator[str], version: int, name: str) -> Iterator[Range]:
    shift = 0 if version == 4 else 64
    end = 1 << BITS[version]
    at, country = 0, 0
    for number, line in enumerate(rows, start=2):
        step, comma, code = line.partition(",")
        try:
            following = at + (int(step, 16) << shift) if number > 2 else int(step, 16) << shift
        except ValueError:
            comma = ""
        if not comma or not at <= following < end:
            raise GiveUp(f"{name}, line {number}: is no step and country")
        if country and following > at:
            yield Range(at, following - 1, country)
        at, country = following, code_number(code)
    if country:
        yield Range(at, end - 1, country)
