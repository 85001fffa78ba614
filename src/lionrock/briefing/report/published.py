"""Holds numbers that somebody published against the Figures, and names those that differ."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from lionrock.briefing.report.content import Contents
from lionrock.core.errors import GiveUp

_PAIR: Final = re.compile(
    r"(?P<id>[A-Za-z0-9._-]{1,200})=(?P<value>-?[0-9][0-9,]{0,20}(?:\.[0-9]{1,4})?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A number as it stands somewhere: ``id`` is the Figure's it claims to be."""

    id: str
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A published number that is not what was counted (``None``: nothing was)."""

    id: str
    published: Decimal
    counted: Decimal | None


def read(pairs: Iterable[str]) -> list[Published]:
    """Read ``2023Q1.total=5,102``; raise GiveUp for what is none."""
    found = []
    for pair in pairs:
        match = _PAIR.fullmatch(pair)
        if not match:
            raise GiveUp(f"{pair!r} is no FIGURE=NUMBER, such as 2023Q1.total=5,102")
        value = Decimal(match["value"].replace(",", ""))
        found.append(Published(id=match["id"], value=value))
    return found


def differences(published: Sequence[Published], contents: Contents) -> list[Difference]:
    """Return those that differ, in order; raise GiveUp for a Figure that is not in the report."""
    known = {figure.id: figure for figure in contents.figures()}
    found = []
    for one in published:
        if one.id not in known:
            raise GiveUp(f"there is no figure {one.id} in this report")
        value = known[one.id].value
        counted = None if value is None else Decimal(value)
        if counted != one.value:
            found.append(Difference(id=one.id, published=one.value, counted=counted))
    return found
