"""Writes a small corpus in the form of the measured names, so that training runs in seconds."""

import gzip
import random
from collections.abc import Iterable
from pathlib import Path

from lionrock.names.corpus import digest

WORDS = [
    "green",
    "stone",
    "cafe",
    "river",
    "house",
    "light",
    "garden",
    "music",
    "north",
    "craft",
    "lemon",
    "cloud",
    "summit",
    "bread",
]
HEADER = "date,host,registrable,kind,path_kinds,brand_label,source,cls"


def write_corpus(folder: Path) -> Path:
    """Write train and dev files of a few thousand names into ``folder`` and return it."""
    random.seed(7)
    for part, count in (("train", 4000), ("dev", 1500)):
        year = "2025-12" if part == "train" else "2026-01"
        fresh = [f"{_plain(part)}.com" for _ in range(count)] + [
            f"{brand}-{_plain(part)}.com" for _ in range(12) for brand in ("paypal", "steam-shop")
        ]
        _write(folder / f"nrd_{part}.txt.gz", (f"{year}-02\twhoisds\t{name}" for name in fresh))
        bad = [f"{_phish(part)}.top" for _ in range(count // 4)]
        bad += [f"paypal-{_phish(part)}.top" for _ in range(30)]
        rows = [f"{year}-03,{name},{name},own,root,,tweetfeed,phish" for name in bad]
        rows += [
            f"{year}-03,paypal.{_plain(part)}{i}.top,{_plain(part)}{i}.top,own,root,PayPal,jpcert,phish"
            for i in range(120)
        ]
        _write(folder / f"phish_{part}.csv.gz", [HEADER, *rows])
        good = [f"{_plain(part)}{random.randint(1, 99)}.org" for _ in range(count // 4)]
        rows = [f"{name},{name},list" for name in good]
        _write(folder / f"benign_{part}.csv.gz", ["host,registrable,sources", *rows])
    region = [f"{_plain('region')}.com.xx" for _ in range(200)]
    _write(
        folder / "xx_benign_train.csv.gz",
        ["host,registrable,source", *(f"{name},{name},list" for name in region)],
    )
    _write(
        folder / "nrd_x_phish.csv.gz",
        ["nrd_date,nrd_source,domain,phish_first_reported,phish_source,lead_days"],
    )
    return folder


def read_verdicts(folder: Path, part: str) -> dict[str, str]:
    """Return a verdict for each look-alike among the corpus' new names: digest to verdict."""
    with gzip.open(folder / f"nrd_{part}.txt.gz", "rt") as lines:
        names = [line.split("\t")[2].strip() for line in lines]
    return {digest(name): "abuse" for name in names if name.startswith("paypal-")}


def _plain(part: str) -> str:
    return f"{random.choice(WORDS)}{random.choice(WORDS)}{part[0]}{random.randint(1, 9999)}"


def _phish(part: str) -> str:
    lure = random.choice(["login", "secure", "verify", "account"])
    return f"{lure}-{random.choice(['id', 'web', 'auth'])}{part[0]}{random.randint(1, 99999)}"


def _write(path: Path, lines: Iterable[str]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        stream.writelines(line + "\n" for line in lines)
