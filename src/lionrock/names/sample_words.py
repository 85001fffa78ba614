"""The words from which the sample of names is made, as this package ships them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Word lists by kind, and the tables by which a word is made to look like another."""

    lists: Mapping[str, list[str]]
    international: Mapping[str, list[str]]
    accidents: list[str]
    garbage: list[str]
    schemes: list[str]
    paths: list[str]
    hosting: list[str]
    confusable: Mapping[str, str]
    ascii: Mapping[str, str]
    neighbours: Mapping[str, str]


@cache
def sample_words() -> Words:
    """Return the shipped words, and the hosting suffixes that tenants of the sample live under."""
    words = _read("sample_words.toml")
    hosting = _read("hosting.toml")
    return Words(
        lists={kind: text.split() for kind, text in words["words"].items()},
        international={script: text.split() for script, text in words["international"].items()},
        accidents=words["accident"]["words"].split(),
        garbage=words["garbage"]["lines"],
        schemes=words["garbage"]["schemes"],
        paths=words["garbage"]["paths"],
        hosting=[s for group in hosting.values() for s in group if not s.startswith("*")],
        confusable=words["confusable"],
        ascii=words["ascii"],
        neighbours=_neighbours(words["keys"]["rows"]),
    )


def _neighbours(rows: list[str]) -> dict[str, str]:
    return {
        key: row[max(0, place - 1) : place] + row[place + 1 : place + 2]
        for row in rows
        for place, key in enumerate(row)
    }


def _read(name: str) -> dict[str, Any]:  # Any: TOML tables hold what they hold
    path = files("lionrock.names").joinpath("data", name)
    return tomllib.loads(path.read_text("utf-8"))
