"""Reading the measured names that training and the exam work on.

The folder's files and columns are described in its own README; nothing of it ships.
"""

import csv
import gzip
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from lionrock.core.errors import TryLater


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One reported phishing host: ``kind`` is own, shared, popular or ``compromised?``."""

    date: str
    host: str
    registrable: str
    kind: str
    brand_label: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewName:
    """One newly registered domain, of which nobody knows what it is for."""

    date: str
    source: str
    domain: str


def reports(folder: Path, part: str) -> Iterator[Report]:
    """Yield the phishing reports of ``part`` (train or dev)."""
    for row in _rows(folder / f"phish_{part}.csv.gz"):
        yield Report(
            date=row["date"],
            host=row["host"],
            registrable=row["registrable"],
            kind=row["kind"],
            brand_label=row["brand_label"],
            source=row["source"],
        )


def new_names(folder: Path, part: str) -> Iterator[NewName]:
    """Yield the newly registered domains of ``part`` (train or dev)."""
    with gzip.open(_present(folder / f"nrd_{part}.txt.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            date, source, domain = line.rstrip("\n").split("\t")
            yield NewName(date=date, source=source, domain=domain)


def benign(folder: Path, part: str) -> Iterator[tuple[str, str]]:
    """Yield (host, registrable) of long-standing or popular sites of ``part`` (train or dev)."""
    for row in _rows(folder / f"benign_{part}.csv.gz"):
        yield row["host"], row["registrable"]


def regional_benign(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (host, registrable) of the region's organisations; a tenth of them is held out."""
    for path in sorted(folder.glob("*_benign_train.csv.gz")):
        if path.name != "benign_train.csv.gz":
            for row in _rows(path):
                yield row["host"], row["registrable"]


def reported_later(folder: Path, since: str) -> Iterator[str]:
    """Yield names registered on or after ``since`` (ISO date) that a feed reported later."""
    for row in _rows(folder / "nrd_x_phish.csv.gz"):
        if row["nrd_date"] >= since and int(row["lead_days"]) >= 0:
            yield row["domain"]


def reported_new(folder: Path, until: str) -> Iterator[tuple[str, str]]:
    """Yield (registered on, name) of new names that a feed had reported before ``until`` (ISO date)."""
    for row in _rows(folder / "nrd_x_phish.csv.gz"):
        if row["nrd_date"] < until and row["phish_first_reported"] < until:
            yield row["nrd_date"], row["domain"]


def held_out(registrable: str) -> bool:
    """Tell whether a registrable domain belongs to the tenth that no training may see."""
    return hashlib.sha256(registrable.encode()).digest()[0] % 10 == 0


def digest(name: str) -> str:
    """Return the hash under which a read name is kept: the list itself repeats no name."""
    return hashlib.sha256(name.encode()).hexdigest()


def readings(part: str) -> dict[str, tuple[str, ...]]:
    """Return digest to the verdicts of its readers (abuse, unclear, accident, nothing), for ``part``.

    ``accident``: the letters of an alias belong to something else; ``nothing``: no alias plays a
    role, and the name tells nothing.
    """
    text = (resources.files("lionrock.names") / "data" / "read_names.csv").read_text("utf-8")
    found: dict[str, tuple[str, ...]] = {}
    for row in csv.DictReader(text.splitlines()):
        if row["part"] == part:
            found[row["sha256"]] = (*found.get(row["sha256"], ()), row["verdict"])
    return found


def read_names(part: str) -> dict[str, str]:
    """Return digest to what all readers of a name say of it; where they differ, it is ``unclear``."""
    return {digest: agreed(said) for digest, said in readings(part).items()}


def agreed(verdicts: Sequence[str]) -> str:
    """Return the verdict that several readers gave; that of readers who differ is ``unclear``."""
    harmless = {"accident", "nothing"}
    if set(verdicts) <= harmless:
        return verdicts[0]
    return verdicts[0] if len(set(verdicts)) == 1 else "unclear"


def folder_of(path: Path) -> Path:
    """Return ``path`` when it holds the corpus; raise TryLater when it does not."""
    _present(path / "nrd_dev.txt.gz")
    return path


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(_present(path), "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _present(path: Path) -> Path:
    if not path.is_file():
        raise TryLater(f"{path.name} is not in {path.parent}: the measured names are not there")
    return path
