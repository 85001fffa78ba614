"""One dated table: which fact it tells, whose it is, of which day; kept as arrays in a folder of its own."""

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from lionrock.core.errors import GiveUp, TryLater
from lionrock.core.facts import TableAge
from lionrock.enrich.intervals import BITS, KEYS, Intervals

FACTS: Final = ("routing", "holder", "registry", "geolocation", "abuse")
"""What a table can tell: the network and its ASN; who holds an ASN; in whose country's registry a
network stands; where it is used; to whom abuse of a network is reported."""

FORMAT: Final = 1
"""The layout of a table's folder; another one is refused, so that no array is misread."""

SHEET: Final = "table.json"
_TRIES: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Names:
    """A text for each of many numbers, in the numbers' order: holders of ASNs, for example."""

    numbers: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    text: NDArray[np.uint8]

    @classmethod
    def of(cls, names: Mapping[int, str]) -> "Names":
        """Pack names by number."""
        numbers = sorted(names)
        encoded = [names[number].encode("utf-8", "replace") for number in numbers]
        offsets = np.zeros(len(numbers) + 1, dtype=np.int64)
        np.cumsum([len(one) for one in encoded], out=offsets[1:])
        return cls(
            numbers=np.array(numbers, dtype=np.uint32),
            offsets=offsets,
            text=np.frombuffer(b"".join(encoded), dtype=np.uint8),
        )

    def get(self, number: int) -> str | None:
        """Return the number's text, or None when it has none."""
        row = int(np.searchsorted(self.numbers, number))
        if row == len(self.numbers) or int(self.numbers[row]) != number:
            return None
        return self.text[self.offsets[row] : self.offsets[row + 1]].tobytes().decode("utf-8")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dated:
    """A table. ``names`` gives a text for each value of its intervals, or of ASNs for ``holder``.

    ``digest`` tells two tables of one fact, source and day apart. Rows are counted as the source
    listed them.
    """

    age: TableAge
    digest: str
    licence: str = ""
    v4: Intervals | None = None
    v6: Intervals | None = None
    names: Names | None = None

    @property
    def versions(self) -> tuple[int, ...]:
        """The families of addresses it knows; 0 alone where it knows numbers only."""
        return tuple(one.version for one in (self.v4, self.v6) if one is not None) or (0,)

    @property
    def label(self) -> str:
        """How the table is named where its answer is shown: ``registry 2026-11-20``."""
        return f"{self.age.fact} {self.age.day.isoformat()}"

    @property
    def folder(self) -> str:
        """Where it lies below the tables' folder."""
        mark = self.digest[:12]
        return f"{self.age.fact}/{self.age.source}@{self.age.day.isoformat()}.{mark}"


def save(folder: Path, table: Dated) -> Path:
    """Write a table below ``folder``; then remove others of its fact, source and day.

    A table's folder appears whole or not at all and never changes. Whoever has an old one mapped
    keeps reading it.
    """
    final = folder / table.folder
    fresh = final.parent / f".{uuid4().hex}"
    fresh.mkdir(parents=True)
    try:
        for name, array in _arrays(table):
            with (fresh / f"{name}.npy").open("wb") as file:
                np.save(file, array, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
        sheet = {
            "format": FORMAT,
            "fact": table.age.fact,
            "source": table.age.source,
            "day": table.age.day.isoformat(),
            "rows": table.age.rows,
            "digest": table.digest,
            "licence": table.licence,
        }
        (fresh / SHEET).write_text(json.dumps(sheet, indent=1) + "\n", encoding="utf-8")
        _renamed(fresh, final)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    for other in final.parent.glob(f"{table.age.source}@{table.age.day.isoformat()}.*"):
        if other != final:
            _removed(other)
    return final


def _renamed(fresh: Path, final: Path) -> None:
    try:
        fresh.rename(final)
    except OSError:
        # The same table, to the last byte, is there already.
        if not (final / SHEET).is_file():
            raise


def stored(folder: Path) -> list[Dated]:
    """Open every table below ``folder``, newest first; raise GiveUp for one that cannot be read."""
    for _ in range(_TRIES):
        try:
            found = [
                open_table(sheet.parent)
                for fact in FACTS
                for sheet in sorted((folder / fact).glob(f"*/{SHEET}"))
                if not sheet.parent.name.startswith(".")
            ]
        except FileNotFoundError:
            continue  # one was replaced while we looked: look again
        return sorted(found, key=lambda one: (one.age.day, one.age.source), reverse=True)
    raise TryLater(f"the tables in {folder} are being replaced")


def remove(folder: Path, table: Dated) -> None:
    """Remove a table in one step."""
    _removed(folder / table.folder)


def sweep(folder: Path, *, before: float) -> None:
    """Remove what a killed update left half written, if it is older than ``before`` (a file's time)."""
    for fact in FACTS:
        for place in (folder / fact).glob(".*"):
            with suppress(FileNotFoundError):  # somebody else was faster
                if place.stat().st_mtime < before:
                    shutil.rmtree(place, ignore_errors=True)


def _removed(place: Path) -> None:
    gone = place.parent / f".{uuid4().hex}"
    with suppress(FileNotFoundError):  # somebody else was faster
        place.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def open_table(place: Path) -> Dated:
    """Open one table; its arrays are mapped, not read. Raise FileNotFoundError when it is gone."""
    try:
        sheet = json.loads((place / SHEET).read_text(encoding="utf-8"))
        if sheet["format"] != FORMAT:
            raise GiveUp(
                f"{place} has the layout {sheet['format']}: run “lionrock data update” again"
            )
        age = TableAge(
            fact=sheet["fact"],
            source=sheet["source"],
            day=date.fromisoformat(sheet["day"]),
            rows=sheet["rows"],
        )
        return Dated(
            age=age,
            digest=sheet["digest"],
            licence=sheet["licence"],
            v4=_intervals(place, 4),
            v6=_intervals(place, 6),
            names=_names(place),
        )
    except FileNotFoundError:
        raise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GiveUp(f"the table {place} cannot be read: {error}") from error


def _arrays(table: Dated) -> list[tuple[str, NDArray[np.generic]]]:
    found: list[tuple[str, NDArray[np.generic]]] = []
    for intervals in (table.v4, table.v6):
        if intervals is not None:
            mark = f"v{intervals.version}"
            found += [
                (f"{mark}-starts", intervals.starts),
                (f"{mark}-values", intervals.values),
                (f"{mark}-lengths", intervals.lengths),
            ]
    if table.names is not None:
        found += [
            ("names-numbers", table.names.numbers),
            ("names-offsets", table.names.offsets),
            ("names-text", table.names.text),
        ]
    return found


def _intervals(place: Path, version: int) -> Intervals | None:
    if not (place / f"v{version}-starts.npy").is_file():
        return None
    starts = _mapped(place / f"v{version}-starts.npy")
    values = _mapped(place / f"v{version}-values.npy")
    lengths = _mapped(place / f"v{version}-lengths.npy")
    if starts.dtype != np.dtype(KEYS[version]) or not len(starts) == len(values) == len(lengths):
        raise ValueError(f"its arrays for addresses of {BITS[version]} bits do not fit together")
    return Intervals(version=version, starts=starts, values=values, lengths=lengths)


def _names(place: Path) -> Names | None:
    if not (place / "names-numbers.npy").is_file():
        return None
    return Names(
        numbers=_mapped(place / "names-numbers.npy"),
        offsets=_mapped(place / "names-offsets.npy"),
        text=_mapped(place / "names-text.npy"),
    )


def _mapped(path: Path) -> NDArray[Any]:  # Any: the file says of what
    if path.stat().st_size < 4096:  # small ones are read: an empty array cannot be mapped
        array: NDArray[Any] = np.load(path, allow_pickle=False)
        return array
    mapped: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return mapped.view(np.ndarray)  # as fast as any other array
