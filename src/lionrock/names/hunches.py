"""What the network makes of a name beside its score: what it lures with, whether a machine made it, whom it is like."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lionrock.names.blocks import Hosts, Splits, hosts_of
from lionrock.names.catalogue import Catalogue
from lionrock.names.lessons import LURES
from lionrock.names.reader import Cascade
from lionrock.names.suffixes import Suffixes

LURE_SURE: Final = 0.7
"""From this probability on, the kind of lure that the letters suggest is given."""
MADE_SURE: Final = 3.0
"""From these log-odds on, it is given that nobody seems to have chosen the letters."""
SHORTEST_LIKE: Final = 5
"""The shortest alias that a name is said to read like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunch:
    """What the network makes of a name; empty where it is not sure.

    ``lure`` is one of ``lionrock.core.region.LURE_KINDS``; ``made`` says that nobody seems to have
    chosen the letters; ``like`` is the alias of a brand that the name reads like.
    """

    lure: str
    made: bool
    like: str


class Hunches:
    """Asks one network about names, against the brands of one catalogue: a new brand needs no training."""

    def __init__(self, reader: Cascade, catalogue: Catalogue) -> None:
        self._reader = reader
        self._aliases = [
            alias.text
            for alias in catalogue.aliases.values()
            if not alias.ordinary
            and len(alias.text) >= SHORTEST_LIKE
            and not alias.text.isdecimal()
        ]

    def of(self, hosts: Hosts, splits: Splits, rows: NDArray[np.int64]) -> dict[int, Hunch]:
        """Return a hunch for each of those ``rows`` of a block."""
        read = self._reader.closely(hosts, splits, rows)
        chances = np.exp(read.lure - read.lure.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        out = {}
        for i, row in enumerate(rows.tolist()):
            lure, made = int(chances[i].argmax()), bool(read.made[i] >= MADE_SURE)
            out[row] = Hunch(
                # Letters that nobody chose lure with nothing.
                lure=LURES[lure] if chances[i, lure] >= LURE_SURE and not made else "",
                made=made,
                like=self._nearest(read.place[i]),
            )
        return out

    def _nearest(self, place: NDArray[np.float32]) -> str:
        """Return the alias that lies near a place, or nothing."""
        if not self._aliases:
            return ""
        near = self._places @ place
        at = int(near.argmax())
        return self._aliases[at] if near[at] >= self._reader.near else ""

    @cached_property
    def _places(self) -> NDArray[np.float32]:
        """Where every alias would lie if it stood alone in a name [aliases, d]."""
        block = hosts_of([f"{alias}.com" for alias in self._aliases])
        return self._reader.embed(block, Suffixes.bundled().split(block))
