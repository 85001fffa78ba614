"""What a table file says, before it is laid out for searching."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from ipaddress import ip_address, ip_network
from itertools import chain
from typing import Final

from lionrock.enrich.intervals import Range

LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The beginning of a file, unpacked: its first bytes, and its lines as far as they are whole."""

    data: bytes
    lines: tuple[str, ...]

    def rows(self, comment: str = "#;%") -> list[str]:
        """Return the lines that are neither empty nor comments."""
        return [line for line in self.lines if line.strip() and line[0] not in comment]


@dataclass(slots=True, kw_only=True)
class Draft:
    """Rows of one fact from one source. ``v4`` and ``v6`` may be consumed once.

    ``day`` is what the file says of its age. ``joins`` says that neighbours of one value may become
    one (a country's), ``orderly`` that ranges come in order and apart. ``bad`` counts the lines
    that could not be read; it is known when the ranges are consumed.
    """

    fact: str
    source: str
    day: date | None = None
    licence: str = ""
    joins: bool = False
    orderly: bool = False
    v4: Iterator[Range] = field(default_factory=lambda: iter(()))
    v6: Iterator[Range] = field(default_factory=lambda: iter(()))
    names: dict[int, str] = field(default_factory=dict)
    handles: "Handles | None" = None
    bad: int = 0

    def add(self, other: "Draft") -> None:
        """Take in another file's rows of the same fact and source."""
        self.v4 = chain(self.v4, other.v4)
        self.v6 = chain(self.v6, other.v6)
        self.names |= other.names
        self.bad += other.bad
        self.orderly = False
        days = [day for day in (self.day, other.day) if day is not None]
        self.day = min(days, default=None)
        if self.handles is not None and other.handles is not None:
            self.handles.add(other.handles)


@dataclass(slots=True, kw_only=True)
class Handles:
    """Whom a registry's database names for abuse, spread over files that refer to each other."""

    mails: dict[str, str] = field(default_factory=dict)
    """A role's or a response team's address, by its handle."""
    organisations: dict[str, str] = field(default_factory=dict)
    """The handle an organisation names, by the organisation's."""
    networks: list[tuple[int, int, int, tuple[str, ...]]] = field(default_factory=list)
    """Version, first, last, and the handles it names, the most telling first."""

    def add(self, other: "Handles") -> None:
        """Take in what another file says."""
        self.mails |= other.mails
        self.organisations |= other.organisations
        self.networks += other.networks


def prefix(text: str, value: int) -> tuple[int, Range] | None:
    """Return the version and range of a prefix, or None for another text or a default route."""
    try:
        network = ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    if network.prefixlen == 0:
        return None
    first = int(network.network_address)
    return network.version, Range(first, int(network.broadcast_address), value, network.prefixlen)


def span(first: str, last: str, value: int) -> tuple[int, Range] | None:
    """Return the version and range from one address to another, or None when they make none."""
    try:
        start, end = ip_address(first.strip()), ip_address(last.strip())
    except ValueError:
        return None
    if start.version != end.version or int(start) > int(end):
        return None
    return start.version, Range(int(start), int(end), value)


def asn_number(text: str) -> int:
    """Return an ASN; of several (a set, or several origins) the first; 0 for anything else."""
    digits = text.strip().strip("{}").upper().removeprefix("AS")
    for sign in ("_", ",", " "):
        digits = digits.partition(sign)[0]
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 10:
        return 0
    number = int(digits)
    return number if number < 1 << 32 else 0
