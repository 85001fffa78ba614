"""Finds series: names that one hand registered after one pattern, though none of them need name a brand.

A pattern is a constant part, the shape of what varies, and an ending: ``wsdgov?.cc``,
``parking-pcn??.vip``, ``?????.icu``. For each, the names that bear it are counted and compared with
what chance gives: as many as bear the constant part, times the share of names with that shape, times
the share with that ending. Ordinary words do not cluster so: of the names that begin with ``solar`` as
many end in ``.com``, and go on with five letters, as of all others. Where no part is constant, names
count only when they hold digits or read like no word. How surprising a count is follows from the
Chernoff bound of its Poisson tail, and must outweigh the number of patterns that were looked at.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lionrock.names.blocks import Hosts, Splits
from lionrock.names.series_rates import Rates, bundled, smoothed, unlike_words, wordless

LEAST_MEMBERS: Final = 4
LONGEST_LABEL: Final = 32
LONGEST_REST: Final = 8
"""Letters that may vary; what varies more is found by resemblance, not by pattern."""
SURE: Final = 8.0
"""Nats of surprise beyond the logarithm of how many patterns were looked at."""
TIMES: Final = 10.0
"""How many times what chance gives: fewer may follow from some words being at home in some endings."""
WORD_TIMES: Final = 30.0
"""The same where what varies may be a word: words come in few lengths, and more often in ``.com``."""
HABIT_TIMES: Final = 3.0
"""How many times what an ending is used to."""
DRAWN: Final = 0.5
"""Where so many names of one shape and ending read like no word, the others were drawn with them."""
TELLING: Final = 3
"""Constant letters or digits from which on a pattern need not consist of odd names."""
STEM: Final = 4
"""Constant letters that make a pattern hold across endings."""
MOST_TOGETHER: Final = 100
"""Names on one certificate beyond which it is a hosting company's, not a person's."""
ABSORBED: Final = 0.6
_BASE: Final = 5
_GLYPHS: Final = ".L#-_"
_WORD: Final = "LLLL"
_ENDINGS_SHOWN: Final = 3


class By(StrEnum):
    """How a series was found."""

    PATTERN = "pattern"
    CERTIFICATE = "certificate"
    REGISTRATION = "registration"
    RESEMBLANCE = "resemblance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """A fact that rows of a block share: one certificate, or one registrar on one day.

    ``by`` is CERTIFICATE or REGISTRATION; ``key`` names the certificate, or registrar and day.
    """

    by: By
    key: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Names of one hand.

    ``name`` is short and readable (``wsdgov?.cc/.top``: ? a letter, # a digit). ``rows`` are those of
    the block it was found in. ``expected`` is how many names chance gives, None where it was not
    asked. ``score`` is the series' own, None where its members have none.
    """

    name: str
    rows: tuple[int, ...]
    by: By
    constant: str
    endings: tuple[str, ...]
    expected: float | None
    first_seen: date | None = None
    last_seen: date | None = None
    score: float | None = None


def find_series(
    hosts: Hosts,
    splits: Splits,
    *,
    rates: Rates | None = None,
    together: Sequence[Together] = (),
    seen: Sequence[date] = (),
    scores: NDArray[np.float64] | None = None,
) -> list[Series]:
    """Return the series among a block's names, those of most names first; a name is in at most one.

    ``seen`` says when each row was seen and ``scores`` how it was judged, where that is known.
    """
    block = _Block.of(hosts, splits, rates or bundled())
    found = list(_by_certificate(block, together))
    taken = {row for series in found for row in series.rows}
    patterns = _patterns(block, np.arange(len(hosts)), least=LEAST_MEMBERS)
    for each in together:
        if each.by is By.REGISTRATION:
            # One registrar on one day narrows a batch down, so that three names tell.
            rows = np.array(sorted(set(each.rows)), dtype=np.int64)
            patterns += [
                replace(pattern, by=By.REGISTRATION) for pattern in _patterns(block, rows, least=3)
            ]
    found += _named(block, _merged(block, _cover(patterns, taken)))
    found = [_dated_and_judged(series, seen, scores) for series in found]
    return sorted(found, key=lambda series: (-len(series.rows), series.name))


def series_score(scores: Iterable[float]) -> float:
    """Return what a series scores: the mean log-odds of the better half of its members.

    The better half, since a series holds names that say nothing of themselves; the mean, since one
    name that scores high by chance must not lift hundreds.
    """
    best = sorted(scores, reverse=True)
    half = [min(max(score, 1e-9), 1 - 1e-9) for score in best[: (len(best) + 1) // 2]]
    odds = sum(math.log(score / (1 - score)) for score in half) / len(half)
    return 1 / (1 + math.exp(-odds))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pattern:
    """A pattern and the rows that bear it; the constant part stands in front, or at the end."""

    rows: tuple[int, ...]
    size: int
    front: bool
    shape: str
    expected: float
    surprise: float
    by: By = By.PATTERN


class _Block(NamedTuple):
    """Labels as a matrix of bytes, their classes, and their endings as numbers."""

    hosts: Hosts
    rates: Rates
    labels: NDArray[np.uint8]
    lengths: NDArray[np.int64]
    classes: NDArray[np.uint8]
    odd: NDArray[np.bool_]
    wordless: NDArray[np.bool_]
    endings: list[str]
    ending_of: NDArray[np.int64]
    usable: NDArray[np.bool_]

    @classmethod
    def of(cls, hosts: Hosts, splits: Splits, rates: Rates) -> "_Block":
        begins = hosts.starts[:-1] + np.maximum(splits.registrable, 0)
        whole = np.where(splits.registrable >= 0, splits.suffix - 1 - splits.registrable, 0)
        lengths = np.minimum(whole, LONGEST_LABEL).astype(np.int64)
        labels = np.zeros((len(hosts), LONGEST_LABEL), dtype=np.uint8)
        for place in range(LONGEST_LABEL):
            inside = place < lengths
            labels[inside, place] = hosts.text[begins[inside] + place]
        table = np.zeros(256, dtype=np.uint8)
        table[97:123], table[48:58], table[45], table[95] = 1, 2, 3, 4
        numbers: dict[bytes, int] = {}
        ends, text = hosts.starts[1:].tolist(), hosts.text.tobytes()
        starts = (hosts.starts[:-1] + splits.suffix).tolist()
        ending_of = [
            numbers.setdefault(text[start:end], len(numbers))
            for start, end in zip(starts, ends, strict=True)
        ]
        foreign = (labels[:, :4] == np.frombuffer(b"xn--", dtype=np.uint8)).all(axis=1)
        return cls(
            hosts=hosts,
            rates=rates,
            labels=labels,
            lengths=lengths,
            classes=table[labels],
            odd=unlike_words(labels, rates),
            wordless=wordless(labels),
            endings=[ending.decode("ascii") for ending in numbers],
            ending_of=np.array(ending_of, dtype=np.int64),
            usable=(whole > 0) & (whole <= LONGEST_LABEL) & ~foreign,
        )

    def label(self, row: int) -> str:
        """Return a row's label."""
        return self.labels[row, : self.lengths[row]].tobytes().decode("ascii")

    def ending(self, row: int) -> str:
        """Return a row's ending."""
        return self.endings[int(self.ending_of[row])]


def _patterns(block: _Block, among: NDArray[np.int64], *, least: int) -> list[_Pattern]:
    """Return every surprising pattern among some rows, in no order; rows may bear several."""
    among = among[block.usable[among]]
    cells: list[_Cells] = []
    for front in (True, False):
        cells += _cells(block, among, front=front, least=least)
    looked_at = sum(each.looked_at for each in cells)
    threshold = SURE + math.log(max(1, looked_at))
    return [pattern for each in cells for pattern in _surprising(block, each, threshold)]


class _Cells(NamedTuple):
    """What bears the same constant part, shape and (if asked) ending, for one size of constant part."""

    size: int
    front: bool
    with_ending: bool
    names: int
    part: float
    """The part of all names of this size that were looked at: of others the shares know nothing."""
    looked_at: int
    rows: list[NDArray[np.int64]]
    constants: list[int]
    """How many names bear the constant part of each cell."""
    shapes: list[int]
    """How many names of this size have the shape of each cell."""
    ending_counts: NDArray[np.int64]


def _cells(block: _Block, among: NDArray[np.int64], *, front: bool, least: int) -> Iterator[_Cells]:
    """Yield the cells that hold enough rows, for every size of the constant part."""
    order = np.arange(LONGEST_LABEL)
    lengths = block.lengths[among]
    labels, classes = block.labels[among], block.classes[among]
    if not front:
        turned = np.maximum(lengths[:, None] - 1 - order[None, :], 0)
        inside = order[None, :] < lengths[:, None]
        labels = np.where(inside, np.take_along_axis(labels, turned, axis=1), 0)
        classes = np.where(inside, np.take_along_axis(classes, turned, axis=1), 0)
    ending_of = block.ending_of[among]
    ending_counts = np.bincount(ending_of, minlength=len(block.endings))
    constant = np.zeros(len(among), dtype=np.int64)
    for size in range(LONGEST_LABEL):
        if size:
            # Numbered anew at each letter, so that equal numbers are equal beginnings, surely.
            constant = np.unique(constant * 256 + labels[:, size - 1], return_inverse=True)[1]
        if not front and size < STEM:
            continue
        rest = lengths - size
        chosen = (rest > 0) & (rest <= LONGEST_REST)
        fitting = int(chosen.sum())
        if size < TELLING:
            chosen &= block.wordless[among] | block.odd[among]
        at = np.flatnonzero(chosen)
        if len(at) < least:
            continue
        shape = np.zeros(len(at), dtype=np.int64)
        for place in range(size, min(size + LONGEST_REST, LONGEST_LABEL)):
            shape = shape * _BASE + classes[at, place]
        shape = shape * 2 + (block.odd[among][at] if size == 0 else 0)
        kept, bears = constant[at], np.bincount(constant[at])
        _, shape_id, shape_counts = np.unique(shape, return_inverse=True, return_counts=True)
        crossed = kept * len(shape_counts) + shape_id
        telling = size >= STEM
        for with_ending in (True, False) if telling and front else (True,):
            key = crossed * len(block.endings) + ending_of[at] if with_ending else crossed
            cells, first, cell_of, counts = np.unique(
                key, return_index=True, return_inverse=True, return_counts=True
            )
            enough = np.flatnonzero(counts >= least)
            sorted_rows = np.argsort(cell_of, kind="stable")
            ends = np.searchsorted(cell_of[sorted_rows], np.arange(len(cells) + 1))
            yield _Cells(
                size=size,
                front=front,
                with_ending=with_ending,
                names=len(at),
                part=len(at) / fitting,
                looked_at=len(cells),
                rows=[among[at[sorted_rows[ends[i] : ends[i + 1]]]] for i in enough.tolist()],
                constants=[int(bears[kept[first[i]]]) for i in enough.tolist()],
                shapes=[int(shape_counts[shape_id[first[i]]]) for i in enough.tolist()],
                ending_counts=ending_counts,
            )


def _surprising(block: _Block, cells: _Cells, threshold: float) -> Iterator[_Pattern]:
    rates = block.rates
    total = int(cells.ending_counts.sum())
    usual = 0.0
    for rows, constants, shapes in zip(cells.rows, cells.constants, cells.shapes, strict=True):
        row = int(rows[0])
        shape = _shape(block, row, cells)
        known = rates.rests if cells.size else rates.shapes
        expected = constants * smoothed(shapes, cells.names, known.get(shape, 0.0) / cells.part)
        if cells.with_ending:
            ending = int(block.ending_of[row])
            ending_count = int(cells.ending_counts[ending])
            share = rates.endings.get(block.endings[ending], 0.0)
            expected *= smoothed(ending_count, total, share)
            if cells.size < TELLING:
                habit = rates.habits.get(f"{block.endings[ending]} {_whole_shape(block, row)}", 0.0)
                usual = ending_count * habit * constants / cells.names
        count = len(rows)
        times = WORD_TIMES if cells.size and _WORD in shape else TIMES
        if count <= times * expected or count <= HABIT_TIMES * usual:
            continue
        expected = max(expected, usual)
        surprise = count * math.log(count / expected) - (count - expected)
        if surprise >= threshold:
            yield _Pattern(
                rows=tuple(rows.tolist()),
                size=cells.size,
                front=cells.front,
                shape=shape,
                expected=expected,
                surprise=surprise,
            )


def _shape(block: _Block, row: int, cells: _Cells) -> str:
    length = int(block.lengths[row])
    varying = (cells.size, length) if cells.front else (0, length - cells.size)
    shape = "".join(_GLYPHS[c] for c in block.classes[row, slice(*varying)].tolist())
    if not cells.front:
        shape = shape[::-1]
    return shape if cells.size else _whole_shape(block, row)


def _whole_shape(block: _Block, row: int) -> str:
    classes = block.classes[row, : int(block.lengths[row])].tolist()
    return "".join(_GLYPHS[c] for c in classes) + ("!" if block.odd[row] else "")


def _cover(patterns: list[_Pattern], taken: set[int]) -> list[_Pattern]:
    """Give each row to the most surprising pattern it bears; drop what keeps too few of its rows."""
    covered = []
    # The longer constant part first where patterns hold the same names.
    for pattern in sorted(patterns, key=lambda each: (-each.surprise, -each.size, each.rows)):
        free = tuple(row for row in pattern.rows if row not in taken)
        least = 3 if pattern.by is By.REGISTRATION else LEAST_MEMBERS
        if len(free) >= max(least, len(pattern.rows) / 2):
            taken.update(free)
            covered.append(replace(pattern, rows=free))
    return covered


class _Group(NamedTuple):
    """Patterns that one hand made: their rows, what they have in common, and what chance gives."""

    rows: list[int]
    pattern: _Pattern
    constant: str
    expected: float


def _merged(block: _Block, patterns: list[_Pattern]) -> list[_Group]:
    """Join patterns that differ in the ending, or in how much varies; add stragglers."""
    groups: dict[tuple[str, ...], _Group] = {}
    for pattern in patterns:
        constant = _common(block, pattern)
        key = _family(block, pattern, constant)
        group = groups.get(key)
        if group is None:
            groups[key] = _Group(list(pattern.rows), pattern, constant, pattern.expected)
        else:
            groups[key] = group._replace(
                rows=group.rows + list(pattern.rows),
                constant=_shared([group.constant, constant], front=pattern.front),
                expected=group.expected + pattern.expected,
            )
    _absorb(block, groups)
    _add_drawn(block, groups)
    return list(groups.values())


def _family(block: _Block, pattern: _Pattern, constant: str) -> tuple[str, ...]:
    if (
        pattern.front
        and sum(char.isalpha() for char in constant) >= TELLING
        and len(constant) >= STEM
    ):
        return ("front", constant[:STEM], *_word_of(constant))
    side = "front" if pattern.front else "end"
    return (side, constant, pattern.shape, block.ending(pattern.rows[0]))


def _word_of(constant: str) -> tuple[str, ...]:
    """Return the constant part up to its first digit or hyphen after the stem: variants share it."""
    for place in range(STEM, len(constant)):
        if not constant[place].isalpha():
            return (constant[:place],)
    return (constant[: STEM + 1],)


def _absorb(block: _Block, groups: dict[tuple[str, ...], _Group]) -> None:
    """Add names that begin as a series does, end alike, and belong to none, where most others do."""
    taken = {row for group in groups.values() for row in group.rows}
    stems: dict[tuple[str, int], list[tuple[str, ...]]] = {}
    for key, group in groups.items():
        if key[0] == "front" and len(group.constant) > STEM:
            for ending in {int(block.ending_of[row]) for row in group.rows}:
                stems.setdefault((group.constant[: STEM + 1], ending), []).append(key)
    near: dict[tuple[str, ...], list[int]] = {}
    for row in np.flatnonzero(block.usable & (block.lengths > STEM)).tolist():
        if row not in taken:
            label = block.label(row)
            for key in stems.get((label[: STEM + 1], int(block.ending_of[row])), ()):
                if label.startswith(groups[key].constant):
                    near.setdefault(key, []).append(row)
                    break
    for key, rows in near.items():
        group = groups[key]
        if len(group.rows) >= ABSORBED * (len(group.rows) + len(rows)):
            groups[key] = group._replace(rows=group.rows + rows)


def _add_drawn(block: _Block, groups: dict[tuple[str, ...], _Group]) -> None:
    """Add to drawn names (``?????.icu``) those whose letters came out like a word."""
    taken = {row for group in groups.values() for row in group.rows}
    for key, group in groups.items():
        row = group.rows[0]
        if not group.pattern.shape.endswith("!"):
            continue
        like = (block.lengths == block.lengths[row]) & (block.ending_of == block.ending_of[row])
        like &= (block.classes == block.classes[row]).all(axis=1) & block.usable
        alike = np.flatnonzero(like).tolist()
        if len(group.rows) >= DRAWN * len(alike):
            added = [each for each in alike if each not in taken]
            taken.update(added)
            groups[key] = group._replace(rows=group.rows + added)


def _common(block: _Block, pattern: _Pattern) -> str:
    """Return all that the names of a pattern have in common at its constant side."""
    return _shared([block.label(row) for row in pattern.rows], front=pattern.front)


def _shared(labels: Sequence[str], *, front: bool) -> str:
    turned = labels if front else [label[::-1] for label in labels]
    low, high = min(turned), max(turned)
    size = next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    shared = low[:size]
    return shared if front else shared[::-1]


def _named(block: _Block, groups: Iterable[_Group]) -> Iterator[Series]:
    for group in groups:
        rows = sorted(group.rows)
        endings = _endings(block, rows)
        yield Series(
            name=_name(block, group, rows, endings),
            rows=tuple(rows),
            by=group.pattern.by,
            constant=group.constant,
            endings=endings,
            expected=group.expected,
        )


def _endings(block: _Block, rows: Sequence[int]) -> tuple[str, ...]:
    """Return the endings of rows, the most frequent first."""
    counts = np.bincount(block.ending_of[list(rows)], minlength=len(block.endings))
    order = sorted(np.flatnonzero(counts).tolist(), key=lambda i: (-counts[i], block.endings[i]))
    return tuple(block.endings[i] for i in order)


def _name(block: _Block, group: _Group, rows: Sequence[int], endings: Sequence[str]) -> str:
    labels = [block.label(row) for row in rows]
    varying = {len(label) - len(group.constant) for label in labels}
    if len(varying) > 1 or max(varying) > LONGEST_REST:
        middle = "*"
    else:
        middle = _glyphs(labels, group.constant, front=group.pattern.front)
    label = f"{group.constant}{middle}" if group.pattern.front else f"{middle}{group.constant}"
    shown = "/".join(f".{ending}" for ending in endings[:_ENDINGS_SHOWN])
    return f"{label}{shown}{'/…' if len(endings) > _ENDINGS_SHOWN else ''}"


def _glyphs(labels: Sequence[str], constant: str, *, front: bool) -> str:
    """Return what varies, place by place: # where all are digits, ? elsewhere, a hyphen as it is."""
    cut = len(constant)
    rests = [label[cut:] if front else label[: len(label) - cut] for label in labels]
    glyphs = []
    for chars in zip(*rests, strict=True):
        same = set(chars)
        glyphs.append("#" if all(c.isdigit() for c in same) else "-" if same == {"-"} else "?")
    return "".join(glyphs)


def _by_certificate(block: _Block, together: Sequence[Together]) -> Iterator[Series]:
    """Yield the names of certificates that are no hosting company's: few, and of several owners' kind."""
    taken: set[int] = set()
    for each in together:
        if each.by is not By.CERTIFICATE:
            continue
        rows = sorted(row for row in set(each.rows) - taken if block.lengths[row] > 0)
        registered = {(block.label(row), block.ending(row)) for row in rows}
        if not 3 <= len(registered) <= MOST_TOGETHER:
            continue
        taken.update(rows)
        constant = _shared([block.label(row) for row in rows], front=True)
        first = f"{block.label(rows[0])}.{block.ending(rows[0])}"
        endings = _endings(block, rows)
        yield Series(
            name=f"{constant}*.{endings[0]}" if len(constant) >= TELLING else f"{first} …",
            rows=tuple(rows),
            by=By.CERTIFICATE,
            constant=constant,
            endings=endings,
            expected=None,
        )


def _dated_and_judged(
    series: Series, seen: Sequence[date], scores: NDArray[np.float64] | None
) -> Series:
    days = [seen[row] for row in series.rows] if seen else []
    return replace(
        series,
        first_seen=min(days, default=None),
        last_seen=max(days, default=None),
        score=None if scores is None else series_score(scores[list(series.rows)].tolist()),
    )
