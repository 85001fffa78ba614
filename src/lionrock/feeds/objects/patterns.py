"""Take the assets out of a STIX pattern without running it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

LONGEST_PATTERN: Final = 100_000
# Possessive throughout: what was taken is never given back, so that time stays linear.
_COMPARISON: Final = re.compile(
    r"(?P<type>[a-z0-9][a-z0-9\-]{0,60}+):(?P<path>[A-Za-z0-9_\-.'\[\]*]{1,200}+)\s*+"
    r"(?P<not>NOT\s++)?+(?P<operator>=|!=|ISSUBSET|IN|LIKE|MATCHES|[<>]=?)\s*+"
    r"(?P<value>'(?:[^'\\]|\\.){0,8192}+'|\((?:\s*+'(?:[^'\\]|\\.){0,2048}+'\s*+,?+){1,500}+\s*+\)"
    r"|[0-9.]{1,30}+)"
)
_STRING: Final = re.compile(r"'((?:[^'\\]|\\.){0,8192}+)'")
_ESCAPED: Final = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One comparison of a pattern: ``ipv4-addr``, ``value``, ``=``, ``192.0.2.1``."""

    type: str
    path: str
    operator: str
    value: str


def compared(pattern: str) -> Iterator[Compared]:
    """Yield the comparisons in a pattern, one per value; a negated one names nothing bad and is left out."""
    for found in _COMPARISON.finditer(pattern[:LONGEST_PATTERN]):
        if found["not"] or found["operator"] == "!=":
            continue
        text = found["value"]
        values = [_ESCAPED.sub(r"\1", v) for v in _STRING.findall(text)] or [text]
        for value in values:
            yield Compared(
                type=found["type"], path=found["path"], operator=found["operator"], value=value
            )
