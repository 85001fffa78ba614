"""Takes in table files: recognises, checks, dates and keeps them, and lets the oldest go."""

import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.facts import TableAge
from lionrock.enrich.dated import Dated, Names, remove, save, stored, sweep
from lionrock.enrich.files import kind_of
from lionrock.enrich.files.draft import Draft, Handles
from lionrock.enrich.intervals import Intervals, Range, disjoint, flatten

KEPT: Final = 12
"""How many days of one fact and source are kept; the newest."""

_BAD_SHARE: Final = 0.01
_FEW: Final = 20
_HALF_WRITTEN: Final = 86_400.0
"""Seconds after which nobody is still writing a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a file or of the table made from it: ``age`` where one was kept, else ``why`` not."""

    what: str
    age: TableAge | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A file to take in, and the day it counts for where it names none itself."""

    path: Path
    day: date
    licence: str = ""


def from_folder(folder: Path) -> list[Incoming]:
    """Return the files below a folder, each with the day on which it was last changed."""
    if not folder.is_dir():
        raise TryLater(f"{folder} is no folder")
    return [
        Incoming(path=path, day=datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    ]


def take_in(
    files: Iterable[Incoming], *, into: Path, force: bool = False, keep: int = KEPT
) -> list[Outcome]:
    """Make tables of files and keep them in ``into``; say what became of each.

    Files that tell one fact from one source of one day make one table. A table is refused whole when more
    than a hundredth of its lines cannot be read, when it is empty, or when it has lost half of
    its rows since the last one (``force`` takes it all the same).
    """
    drafts: dict[tuple[str, str, date | None], Draft] = {}
    days: dict[tuple[str, str, date | None], date] = {}
    outcomes: list[Outcome] = []
    for file in files:
        try:
            kind = kind_of(file.path)
            if kind is None:
                outcomes.append(Outcome(what=file.path.name, why="is no table that is known"))
                continue
            for draft in kind.read(file.path):
                key = (draft.fact, draft.source, draft.day)
                draft.licence = draft.licence or file.licence
                days[key] = max(days.get(key, file.day), file.day)
                if key in drafts:
                    drafts[key].add(_held(draft))
                else:
                    drafts[key] = _held(draft)
        except GiveUp as error:
            outcomes.append(Outcome(what=file.path.name, why=str(error)))
    for key, draft in drafts.items():
        outcomes.append(_kept(draft, draft.day or days[key], into, force=force))
    sweep(into, before=time.time() - _HALF_WRITTEN)
    for fact, source, _ in drafts:
        _prune(into, fact, source, keep)
    return outcomes


def _held(draft: Draft) -> Draft:
    """Consume what depends on a file that is about to close."""
    if draft.orderly:
        v4, v6 = disjoint(4, draft.v4), disjoint(6, draft.v6)
        draft.v4, draft.v6 = _again(v4), _again(v6)
    return draft


def _again(intervals: Intervals) -> Iterator[Range]:
    ends = [*(intervals.first(row) for row in range(1, len(intervals.starts)))]
    ends.append(1 << (32 if intervals.version == 4 else 128))
    for row, end in enumerate(ends):
        if value := int(intervals.values[row]):
            yield Range(intervals.first(row), end - 1, value)


def _kept(draft: Draft, day: date, into: Path, *, force: bool) -> Outcome:
    what = f"{draft.fact} of {draft.source}"
    table = _table(draft, day)
    rows = table.age.rows
    if rows == 0:
        return Outcome(what=what, why="has no row")
    if draft.bad > _FEW and draft.bad > _BAD_SHARE * (rows + draft.bad):
        return Outcome(what=what, why=f"has {draft.bad} lines that cannot be read beside {rows}")
    before = next((one for one in stored(into) if _same(one, draft.fact, draft.source)), None)
    if before is not None and 2 * rows < before.age.rows and not force:
        lost = f"has {rows} rows where that of {before.age.day} has {before.age.rows}"
        return Outcome(what=what, why=f"{lost}; --force takes it all the same")
    save(into, table)
    return Outcome(what=what, age=table.age)


def _table(draft: Draft, day: date) -> Dated:
    names = draft.names
    if draft.handles is not None:
        names, v4, v6 = _joined(draft.handles)
    else:
        v4, v6 = list(draft.v4), list(draft.v6)
    rows = len(
        {*((4, one.first, one.last) for one in v4), *((6, one.first, one.last) for one in v6)}
    )
    flat = [flatten(4, v4, merged=draft.joins), flatten(6, v6, merged=draft.joins)]
    packed = Names.of(names) if names else None
    return Dated(
        age=TableAge(fact=draft.fact, source=draft.source, day=day, rows=rows or len(names)),
        digest=_digest(flat, packed),
        licence=draft.licence,
        v4=flat[0] if v4 else None,
        v6=flat[1] if v6 else None,
        names=packed,
    )


def _joined(handles: Handles) -> tuple[dict[int, str], list[Range], list[Range]]:
    """Follow what networks name down to an address; networks that end nowhere are left out."""
    numbers: dict[str, int] = {}
    rows: dict[int, list[Range]] = {4: [], 6: []}
    for version, first, last, named in handles.networks:
        mails = (
            handles.mails.get(name) or handles.mails.get(handles.organisations.get(name, ""))
            for name in named
        )
        mail = next((mail for mail in mails if mail), None)
        if mail is not None:
            rows[version].append(Range(first, last, numbers.setdefault(mail, len(numbers) + 1)))
    return {number: mail for mail, number in numbers.items()}, rows[4], rows[6]


def _digest(flat: Sequence[Intervals], names: Names | None) -> str:
    digest = hashlib.sha256()
    for one in flat:
        for array in (one.starts, one.values, one.lengths):
            digest.update(array.tobytes())
    if names is not None:
        digest.update(names.numbers.tobytes())
        digest.update(names.text.tobytes())
    return digest.hexdigest()


def _prune(into: Path, fact: str, source: str, keep: int) -> None:
    for old in [one for one in stored(into) if _same(one, fact, source)][max(1, keep) :]:
        remove(into, old)


def _same(table: Dated, fact: str, source: str) -> bool:
    return (table.age.fact, table.age.source) == (fact, source)
