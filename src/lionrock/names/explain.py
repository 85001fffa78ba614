"""Says which letters of a name made its score, by covering them and judging what is left.

It asks of a model only what triage asks, so it holds for every model. A stretch of letters is covered
by three neutral fillings, one after the other; how far the log-odds fall (or rise) on average is what
the stretch weighs. An ending is covered by three ordinary ones.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from lionrock.core.hosts import unicode_form
from lionrock.names.blocks import Hosts, Splits, hosts_of
from lionrock.names.suffixes import Suffixes

MOST_MARKS: Final = 3
LEAST_WEIGHT: Final = 0.1
"""What weighs less, in log-odds, is not worth a word."""
TELLING: Final = 0.5
"""A byte belongs to a run when it weighs at least this share of the heaviest one near by ..."""
NEAR: Final = 4
FAINT: Final = 0.1
"""... and at least this share of the heaviest of all."""
LONE: Final = 0.3
"""One letter alone is told only when it weighs this share of the heaviest mark."""
_FILLINGS: Final = ("anelori", "estomi", "lirano")
"""Syllables of no word in particular; three, so that none that happens to tell decides."""
_ENDINGS: Final = ("com", "net", "org", "info")
_WINDOWS: Final = (1, 2, 3, 4)
_LONG: Final = 48
"""Longer hosts are covered in larger, half overlapping steps, so that none takes long."""
_LONG_WINDOWS: Final = (3, 6)
_FEW: Final = 8
_MANY_WINDOWS: Final = (1, 3)
"""Of more hosts than that, for a list of names, each is covered less finely."""
_ODDS: Final = 1e-12


class Versioned(Protocol):
    """A model, as far as an explanation names it."""

    @property
    def version(self) -> str:
        """What stands beside every verdict of the model."""


class Scored(Protocol):
    """What a judge says of a block."""

    @property
    def scores(self) -> NDArray[np.float64]:
        """The score (0 to 1) of each host; 0 where no letter decides."""


class Judge(Protocol):
    """Whoever scores names: triage."""

    @property
    def model(self) -> Versioned:
        """The model that reads the letters."""

    def score(self, hosts: Hosts, splits: Splits, /) -> Scored:
        """Return the scores of a block."""


class Part(StrEnum):
    """What of a name a mark stands on."""

    LETTERS = "letters"
    ENDING = "ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A telling stretch of a host: ``start`` and ``end`` count in the host, end exclusive.

    ``weight`` is in log-odds of abuse: above 0 it raised the score, below it lowered it.
    """

    start: int
    end: int
    text: str
    part: Part
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What made the score of a host: at most three marks, the heaviest first.

    ``marks`` is empty where nothing weighs enough, or where no letter decides (an official domain,
    a bare suffix). ``model_version`` is the model asked, which need not be the one that judged first.
    """

    host: str
    score: float
    marks: tuple[Mark, ...]
    model_version: str

    def raised(self) -> tuple[Mark, ...]:
        """Return the marks that raised the score, the heaviest first."""
        return tuple(mark for mark in self.marks if mark.weight > 0)

    def lowered(self) -> tuple[Mark, ...]:
        """Return the marks that lowered the score, the heaviest first."""
        return tuple(mark for mark in self.marks if mark.weight < 0)


SENTENCES: Final[dict[str, str]] = {
    "raised-1": "The letters “{first}” raised the score most.",
    "raised-2": "The letters “{first}” and “{second}” raised the score most.",
    "raised-3": "The letters “{first}”, “{second}” and “{third}” raised the score most.",
    "raised-0-ending": "The ending “{ending}” raised the score most.",
    "raised-1-ending": "The letters “{first}” and the ending “{ending}” raised the score most.",
    "raised-2-ending": (
        "The letters “{first}” and “{second}” and the ending “{ending}” raised the score most."
    ),
    "lowered-1": "The letters “{first}” lowered the score most.",
    "lowered-2": "The letters “{first}” and “{second}” lowered the score most.",
    "lowered-3": "The letters “{first}”, “{second}” and “{third}” lowered the score most.",
    "lowered-0-ending": "The ending “{ending}” lowered the score most.",
    "lowered-1-ending": "The letters “{first}” and the ending “{ending}” lowered the score most.",
    "lowered-2-ending": (
        "The letters “{first}” and “{second}” and the ending “{ending}” lowered the score most."
    ),
    "nothing": "No part of the name decides alone.",
}
"""The sentence for each case, in English: the source text that pages translate."""


class Sentence(NamedTuple):
    """A key of ``SENTENCES`` and what fills its places; foreign text, to be escaped by whoever shows it."""

    code: str
    fields: dict[str, str]


def sentence(explanation: Explanation) -> Sentence:
    """Return the one sentence that an explanation comes to."""
    direction, marks = "raised", explanation.raised()
    if not marks:
        direction, marks = "lowered", explanation.lowered()
    letters = [mark.text for mark in marks if mark.part is Part.LETTERS]
    ending = next((f".{mark.text}" for mark in marks if mark.part is Part.ENDING), None)
    if not marks:
        return Sentence("nothing", {})
    fields = dict(zip(("first", "second", "third"), letters, strict=False))
    if ending is None:
        return Sentence(f"{direction}-{len(letters)}", fields)
    return Sentence(f"{direction}-{len(letters)}-ending", {**fields, "ending": ending})


def in_english(explanation: Explanation) -> str:
    """Return the sentence in English, for the command line and the interface for programs."""
    code, fields = sentence(explanation)
    return SENTENCES[code].format(**fields)


def explain(host: str, triage: Judge) -> Explanation:
    """Explain one host in its normal form (lower-case A-labels)."""
    return explain_all([host], triage)[0]


def explain_all(hosts: Sequence[str], triage: Judge) -> list[Explanation]:
    """Explain several hosts; all their variants are judged in two blocks, whatever their number."""
    version = triage.model.version
    plain = _score(hosts, triage)
    parts = [_divided(host) for host in hosts]
    open_to_models = plain > 0
    tries = [
        [*_windows(host, divided, _sizes(host, of=len(hosts))), *_of_ending(divided)]
        if judged
        else []
        for host, divided, judged in zip(hosts, parts, open_to_models.tolist(), strict=True)
    ]
    weights = _weights(hosts, plain, tries, triage)
    runs = [
        _runs(divided, some, found)
        for divided, some, found in zip(parts, tries, weights, strict=True)
    ]
    # What is shown is weighed itself: a run is more, or less, than the sum of its bytes.
    weighed = _weights(hosts, plain, runs, triage)
    return [
        Explanation(
            host=host,
            score=float(plain[i]),
            marks=_heaviest(host, runs[i], weighed[i]),
            model_version=version,
        )
        for i, host in enumerate(hosts)
    ]


class _Divided(NamedTuple):
    """A host's stretches of letters that may be covered, which of them only whole, and its ending."""

    stretches: list[tuple[int, int]]
    whole: list[tuple[int, int]]
    ending: tuple[int, int] | None


class _Cover(NamedTuple):
    """A stretch of a host that is covered, and what its fillings are."""

    start: int
    end: int
    part: Part


@cache
def _suffixes() -> Suffixes:
    return Suffixes.bundled()


def _divided(host: str) -> _Divided:
    block = hosts_of([host])
    split = _suffixes().split(block)
    suffix = int(split.suffix[0])
    if int(split.registrable[0]) < 0:
        return _Divided([], [], None)
    stretches: list[tuple[int, int]] = []
    whole: list[tuple[int, int]] = []
    at = 0
    for label in host[: suffix - 1].split("."):
        # A changed letter of an A-label makes another script's name, or none: it is covered whole.
        (whole if label.startswith("xn--") else stretches).append((at, at + len(label)))
        at += len(label) + 1
    return _Divided(stretches, whole, (suffix, len(host)))


def _windows(host: str, divided: _Divided, sizes: Sequence[int]) -> Iterator[_Cover]:
    for start, end in divided.stretches:
        for size in sizes:
            step = 1 if sizes is _WINDOWS else max(1, size // 2)
            last = max(start, end - size)
            for at in (*range(start, last, step), last):
                yield _Cover(at, min(at + size, end), Part.LETTERS)
    for start, end in divided.whole:
        yield _Cover(start, end, Part.LETTERS)


def _sizes(host: str, *, of: int) -> Sequence[int]:
    if len(host) > _LONG:
        return _LONG_WINDOWS
    return _WINDOWS if of <= _FEW else _MANY_WINDOWS


def _of_ending(divided: _Divided) -> Iterator[_Cover]:
    if divided.ending is not None:
        yield _Cover(*divided.ending, Part.ENDING)


def _covered(host: str, cover: _Cover) -> list[str]:
    """Return the host with a stretch covered by each filling."""
    before, after = host[: cover.start], host[cover.end :]
    if cover.part is Part.ENDING:
        ordinary = [ending for ending in _ENDINGS if ending != host[cover.start :]]
        return [before + ending for ending in ordinary[: len(_FILLINGS)]]
    size = cover.end - cover.start
    return [
        before
        + "".join(filling[i % len(filling)] for i in range(cover.start, cover.start + size))
        + after
        for filling in _FILLINGS
    ]


def _weights(
    hosts: Sequence[str],
    plain: NDArray[np.float64],
    tries: Sequence[Sequence[_Cover]],
    triage: Judge,
) -> list[list[float]]:
    """Return what each covered stretch of each host weighs."""
    covered = [
        _covered(host, cover) for host, some in zip(hosts, tries, strict=True) for cover in some
    ]
    scores = _score(list(itertools.chain.from_iterable(covered)), triage)
    odds = _log_odds(scores).reshape(-1, len(_FILLINGS))
    # A filling that happens to make an official domain, or one nobody can register, says nothing.
    said = scores.reshape(-1, len(_FILLINGS)) > 0
    without = np.where(said, odds, 0.0).sum(axis=1) / np.maximum(1, said.sum(axis=1))
    own = np.repeat(_log_odds(plain), [len(some) for some in tries])
    weights = np.where(said.any(axis=1), own - without, 0.0).tolist()
    ends = list(itertools.accumulate((len(some) for some in tries), initial=0))
    return [weights[start:end] for start, end in itertools.pairwise(ends)]


def _runs(divided: _Divided, tries: Sequence[_Cover], weights: Sequence[float]) -> list[_Cover]:
    """Fold the weights of the windows into runs of bytes that pull the same way."""
    if not tries:
        return []
    runs = [cover for cover in tries if cover.part is Part.ENDING]
    runs += [_Cover(start, end, Part.LETTERS) for start, end in divided.whole]
    length = max(cover.end for cover in tries)
    pulled, times = np.zeros(length), np.zeros(length)
    for cover, weight in zip(tries, weights, strict=True):
        if cover.part is Part.LETTERS:
            # Narrow windows count for more: wide ones lend a word's weight to its neighbours.
            share = 1 / (cover.end - cover.start)
            pulled[cover.start : cover.end] += weight * share * share
            times[cover.start : cover.end] += share
    each = pulled / np.where(times > 0, times, 1)
    size = np.abs(each)
    near = np.array([size[max(0, i - NEAR) : i + NEAR + 1].max() for i in range(length)])
    for sign in (1, -1):
        told = (sign * each >= TELLING * near) & (size >= FAINT * size.max(initial=0.0))
        for start, end in divided.stretches:
            edges = [i for i in range(start, end) if told[i] and (i == start or not told[i - 1])]
            for at in edges:
                over = next((i for i in range(at, end) if not told[i]), end)
                if np.abs(each[at:over]).max() > 0:
                    runs.append(_Cover(at, over, Part.LETTERS))
    return runs


def _heaviest(host: str, runs: Sequence[_Cover], weights: Sequence[float]) -> tuple[Mark, ...]:
    marks = [
        Mark(
            start=run.start,
            end=run.end,
            text=unicode_form(host[run.start : run.end]),
            part=run.part,
            weight=weight,
        )
        for run, weight in zip(runs, weights, strict=True)
        if abs(weight) >= LEAST_WEIGHT
    ]
    marks.sort(key=lambda mark: (-abs(mark.weight), mark.start))
    told = [m for m in marks if len(m.text) > 1 or abs(m.weight) >= LONE * abs(marks[0].weight)]
    return tuple(told[:MOST_MARKS])


def _score(hosts: Sequence[str], triage: Judge) -> NDArray[np.float64]:
    if not hosts:
        return np.zeros(0)
    block = hosts_of(list(hosts))
    return triage.score(block, _suffixes().split(block)).scores


def _log_odds(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    inside = np.clip(scores, _ODDS, 1 - _ODDS)
    odds: NDArray[np.float64] = np.log(inside / (1 - inside))
    return odds
