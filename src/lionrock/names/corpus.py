"""Reading the measured names that training and the exam work on.

The folder's files and columns are described in its own README; nothing of it ships.
"""

import csv
import gzip
import hashlib
from collections.abc import Iterator
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


def reported_later(folder: Path) -> Iterator[str]:
    """Yield new names that a feed reported after they were registered."""
    for row in _rows(folder / "nrd_x_phish.csv.gz"):
        if int(row["lead_days"]) >= 0:
            yield row["domain"]


def held_out(registrable: str) -> bool:
    """Tell whether a registrable domain belongs to the tenth that no training may see."""
    return hashlib.sha256(registrable.encode()).digest()[0] % 10 == 0


def digest(name: str) -> str:
    """Return the hash under which a read name is kept: the list itself repeats no name."""
    return hashlib.sha256(name.encode()).hexdigest()


def read_names(part: str) -> dict[str, str]:
    """Return digest to verdict (abuse, unclear, accident) of the names of ``part`` that a person read."""
    text = (resources.files("lionrock.names") / "data" / "read_names.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["sha256"]: row["verdict"] for row in rows if row["part"] == part}


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
