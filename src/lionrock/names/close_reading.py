"""Triage that reads every name closely, where a model else gives most names only a first look.

An explanation compares a name with variants of itself; were some read closely and others not, the
difference would tell of the two ways of reading instead of the letters.
"""

import copy
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lionrock.names.blocks import Hosts, Splits
from lionrock.names.scorer import NameReader
from lionrock.names.triage import Triage


@dataclass(frozen=True, slots=True, kw_only=True)
class _Close:
    """A reader whose first look is its closest."""

    reader: NameReader

    @property
    def version(self) -> str:
        """The version of the model."""
        return self.reader.version

    def logits(self, hosts: Hosts, splits: Splits) -> NDArray[np.float64]:
        """Return what the closest reading says of every host."""
        return self.reader.logits_of(hosts, splits, np.arange(len(hosts), dtype=np.int64))

    def logits_of(
        self, hosts: Hosts, splits: Splits, rows: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return the same of some rows."""
        return self.reader.logits_of(hosts, splits, rows)


def close_reading(triage: Triage) -> Triage:
    """Return ``triage`` with the same model and catalogue, reading every name closely."""
    close = copy.copy(triage)
    close.model = replace(triage.model, reader=_Close(reader=triage.model.reader))
    return close
