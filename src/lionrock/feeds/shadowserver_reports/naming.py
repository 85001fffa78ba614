"""Which report a delivery is: by what its carrier said, by its name, at last by its columns."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from lionrock.core.feeds import Delivery
from lionrock.feeds.shadowserver_reports.schema import Schema
from lionrock.feeds.shadowserver_reports.table import plain_name, reports

REPORT_HEADER: Final = "report-type"
"""Set by the collector that asked the reports API, which names the type."""

_DATED: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[-_.]")
_FILE: Final = re.compile(r'filename="?([^";\r\n]{1,200})', re.IGNORECASE)
_PROVIDER: Final = re.compile(r"shadowserver[._-]")
_LOOKS: Final = re.compile(
    r"(?:scan6?|event[46]{1,2}|population6?|compromised|sandbox|test|outdated|ransomware|spam|phish|malware)_[a-z0-9_]{2,60}$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a delivery's name says: the report's name (as written) and its day."""

    name: str = ""
    day: datetime | None = None


def named(delivery: Delivery, schema: Schema) -> Named:
    """Return which report the delivery says it is; without a name where nothing tells."""
    day = None
    guess = ""
    for text in _texts(delivery):
        word = text.replace("\\", "/").rpartition("/")[2].lower()
        if found := _DATED.search(word):
            day = day or _day(found[1])
            word = word[found.end() :] if found.start() == 0 else word
        word = _PROVIDER.sub("", word, count=1)
        for name in _shorter(word):
            if name in schema.entries or plain_name(name):
                return Named(name=name, day=day)
            if _LOOKS.match(name):
                guess = name
    return Named(name=guess, day=day)


def told_by_columns(header: Iterable[str], schema: Schema) -> str:
    """Return the only report that has such columns, or an empty string."""
    columns = {name for name in header if name}
    told = {r.name for r in reports().values() if r.told_by and columns.issuperset(r.told_by)}
    if len(told) == 1:
        return told.pop()
    scored = sorted(
        (
            (len(columns & own) / len(columns | own), name)
            for name, entry in schema.entries.items()
            if (own := set(entry.columns)) and columns.issuperset(entry.required)
        ),
        reverse=True,
    )
    if scored and scored[0][0] >= 0.9 and (len(scored) < 2 or scored[1][0] < scored[0][0]):
        return scored[0][1]
    return ""


def _texts(delivery: Delivery) -> Iterator[str]:
    if said := delivery.headers.get(REPORT_HEADER):
        yield said
    yield delivery.name
    if found := _FILE.search(delivery.headers.get("content-disposition", "")):
        yield found[1]


def _shorter(word: str) -> Iterator[str]:
    """Yield a file's name without its ending, then without what stands behind each hyphen."""
    stem = word.partition(".")[0]
    pieces = stem.split("-")[:8]
    for count in range(len(pieces), 0, -1):
        if name := "_".join(pieces[:count]):
            yield name


def _day(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return None
