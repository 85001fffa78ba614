"""The network of names at work: every name is sieved by its n-grams, and what may matter is read whole."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from lionrock.names.blocks import Hosts, Splits
from lionrock.names.letters import WIDTHS, encode, widths_of
from lionrock.names.ngrams import NgramModel

ROWS: Final = 4096
"""How many names the network is given at once: enough to be quick, few enough to keep memory flat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What the network says of some names.

    ``abuse`` [n] is the log-odds of a reported rather than a new name, ``lure`` [n, kinds] the
    log-odds of what it lures with (in the order of ``lessons.LURES``), ``made`` [n] the log-odds
    that nobody chose its letters, ``place`` [n, d] a unit vector: names of one make lie close.
    """

    abuse: NDArray[np.float64]
    lure: NDArray[np.float32]
    made: NDArray[np.float32]
    place: NDArray[np.float32]


class Net:
    """A trained network in ONNX Runtime; threads may share it, each run takes one core."""

    def __init__(self, graph: bytes) -> None:
        self.graph = graph

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(self.graph, options, providers=["CPUExecutionProvider"])

    def read(self, hosts: Hosts, splits: Splits, rows: NDArray[np.int64]) -> Read:
        """Read those ``rows`` of a block."""
        widths = widths_of(hosts, splits, rows)
        parts: dict[str, list[NDArray[np.float32]]] = {}
        order: list[NDArray[np.int64]] = []
        for number, width in enumerate(WIDTHS):
            here = np.flatnonzero(widths == number)
            for begin in range(0, len(here), ROWS):
                some = here[begin : begin + ROWS]
                letters, suffix = encode(hosts, splits, rows[some], width)
                names = [output.name for output in self._session.get_outputs()]
                said = self._session.run(names, {"letters": letters, "suffix": suffix})
                for name, values in zip(names, said, strict=True):
                    parts.setdefault(name, []).append(values)
                order.append(some)
        if not order:
            return Read(abuse=np.zeros(0), lure=_none(), made=_none()[:, 0], place=_none())
        back = np.argsort(np.concatenate(order))
        whole = {name: np.concatenate(values)[back] for name, values in parts.items()}
        return Read(
            abuse=whole["abuse"][:, 0].astype(np.float64),
            lure=whole["lure"],
            made=whole["made"][:, 0],
            place=whole["place"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cascade:
    """Two stages: the sieve, which has learned what the second stage says, and the second stage.

    The second stage is the network beside two readers of n-grams: ``reported`` knows what was
    reported at all, ``met`` what was reported among new names of late. ``weights`` are those of the
    network's, the first's and the second's log-odds, and an intercept. It reads the names that the
    sieve scores ``passes`` or more; the others keep the sieve's word. What is lost by it is measured
    by the exam.
    """

    sieve: NgramModel
    net: Net
    reported: NgramModel
    met: NgramModel
    weights: tuple[float, float, float, float]
    passes: float
    version: str
    near: ClassVar[float] = 0.95
    """The cosine of two places from which on two names count as alike."""

    def logits(self, hosts: Hosts, splits: Splits) -> NDArray[np.float64]:
        """Return, per host, the log-odds that its registered name is one of a reported phish."""
        out = self.sieve.logits(hosts, splits)
        rows = np.flatnonzero(out >= self.passes)
        out = np.minimum(out, self.passes)
        out[rows] = self.logits_of(hosts, splits, rows)
        return out

    def logits_of(
        self, hosts: Hosts, splits: Splits, rows: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Return what the second stage says of some rows, whatever the sieve does."""
        parts = (
            self.net.read(hosts, splits, rows).abuse,
            self.reported.logits_of(hosts, splits, rows),
            self.met.logits_of(hosts, splits, rows),
        )
        return stacked(parts, self.weights)

    def closely(self, hosts: Hosts, splits: Splits, rows: NDArray[np.int64]) -> Read:
        """Return everything that the network says of some rows."""
        return self.net.read(hosts, splits, rows)

    def embed(self, hosts: Hosts, splits: Splits) -> NDArray[np.float32]:
        """Return unit vectors [n, d]: names of one make lie close, an imitation near its original."""
        return self.net.read(hosts, splits, np.arange(len(hosts), dtype=np.int64)).place


def stacked(
    parts: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]],
    weights: tuple[float, float, float, float],
) -> NDArray[np.float64]:
    """Return the log-odds that three readers' log-odds make together."""
    total = sum(weight * part for weight, part in zip(weights[:3], parts, strict=True))
    return np.asarray(total + weights[3], dtype=np.float64)


def _none() -> NDArray[np.float32]:
    return np.zeros((0, 1), dtype=np.float32)
