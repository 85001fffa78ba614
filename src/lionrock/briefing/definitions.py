"""What is counted and published, as a region's pack says it: categories, their measures, their words."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from lionrock import regions
from lionrock.core.events import AssetKind, Part
from lionrock.core.region import FIGURES as FILE
from lionrock.core.region import PackError, Problem, Region
from lionrock.core.rsit import Rsit

_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


_Word = TypeVar("_Word", bound=StrEnum)


class Measure(StrEnum):
    """How the things of a category are counted."""

    UNIQUE_URL = "unique_url"
    """Different URLs; where a source names only a host, the host."""
    UNIQUE_ADDRESS = "unique_address"
    RATIO = "ratio"
    """Unique URLs per unique address, to two places."""
    SIZE = "size"
    """Of each family the highest daily count of different addresses; of a category their sum."""
    SOURCES = "sources"
    """Different addresses that attacked what is in the region."""


class By(StrEnum):
    """What the headline of a category is told apart by."""

    FAMILY = "family"
    NETWORK = "network"
    """The autonomous system: of the asset, or of the source of an attack."""
    COUNTRY = "country"
    """Of the source of an attack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One kind of event as it is published; empty ``variants``, ``parts`` and ``assets`` mean any.

    ``table`` names the table it stands in (``server``, ``botnet``), empty for none; what stands in
    one counts into the total. ``names`` and ``about`` are by language.
    """

    id: str
    names: Mapping[str, str]
    about: Mapping[str, str]
    kinds: tuple[Rsit, ...]
    headline: Measure
    measures: tuple[Measure, ...]
    variants: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    assets: tuple[AssetKind, ...] = ()
    by: tuple[By, ...] = ()
    table: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family that sources call by several names, in lower case; ``name`` is the one that is printed."""

    id: str
    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """All that a region publishes of events, in the order of its tables."""

    categories: tuple[Category, ...]
    families: tuple[Family, ...] = ()

    def category(self, name: str) -> Category:
        """Return the category of that id; raise KeyError where there is none."""
        for one in self.categories:
            if one.id == name:
                return one
        raise KeyError(name)

    @property
    def published(self) -> tuple[Category, ...]:
        """The categories of the table of types."""
        return tuple(one for one in self.categories if one.table)

    def canonical(self) -> dict[str, str]:
        """Return for every other name of a family the one that it is counted under."""
        return {alias: one.id for one in self.families for alias in one.aliases}

    def family_name(self, family: str) -> str:
        """Return how a family is printed."""
        return next((one.name for one in self.families if one.id == family), family)


@cache
def load(code: str, folder: Path | None = None) -> Definitions:
    """Return what the shipped pack of that code publishes, or the pack in ``folder``."""
    return parse(regions.document(code, FILE, folder), regions.load(code, folder))


def parse(content: bytes, region: Region) -> Definitions:
    """Read a pack's ``figures.toml``; raise PackError listing everything that is wrong with it.

    Every category needs its words in every language of the region.
    """
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        what = f"is no TOML in UTF-8: {error}"
        raise PackError((Problem(file=FILE, entry="-", what=what),)) from None
    problems: list[Problem] = []
    top = _Table("-", table, problems)
    categories = [_category(one, region) for one in top.tables("category")]
    families = [_family(one) for one in top.tables("family", optional=True)]
    top.close()
    problems += _twice("category", (one.id for one in categories))
    problems += _twice("family", (name for one in families for name in (one.id, *one.aliases)))
    if not categories:
        problems.append(Problem(file=FILE, entry="-", what="names no category"))
    if problems:
        raise PackError(tuple(problems))
    return Definitions(categories=tuple(categories), families=tuple(families))


def _category(entry: "_Table", region: Region) -> Category:
    measures = entry.members("measures", Measure)
    headline = entry.member("headline", Measure)
    if headline is not None and measures and headline not in measures:
        entry.wrong(f"headline “{headline}” is not among its measures")
    if headline is Measure.RATIO:
        entry.wrong("a ratio is no headline: ratios are not added")
    if Measure.RATIO in measures and not {Measure.UNIQUE_URL, Measure.UNIQUE_ADDRESS} <= {
        *measures
    }:
        entry.wrong("a ratio needs unique_url and unique_address beside it")
    by = entry.members("by", By, optional=True)
    if By.COUNTRY in by and headline is not Measure.SOURCES:
        entry.wrong("only sources are told apart by country")
    name = entry.text("id")
    if name and not _ID.fullmatch(name):
        entry.wrong(f"id “{name}” is not made of a-z, 0-9 and hyphens")
    return Category(
        id=name,
        names=entry.words("names", region.languages),
        about=entry.words("about", region.languages),
        kinds=entry.members("kinds", Rsit),
        headline=headline or Measure.UNIQUE_URL,
        measures=measures,
        variants=entry.texts("variants"),
        parts=entry.members("parts", Part, optional=True),
        assets=entry.members("assets", AssetKind, optional=True),
        by=by,
        table=entry.text("table", empty=True),
    )


def _family(entry: "_Table") -> Family:
    family = Family(id=entry.text("id"), name=entry.text("name"), aliases=entry.texts("aliases"))
    entry.check(
        (f"“{name}” is not in lower case" for name in (family.id, *family.aliases)),
        (name != name.lower() for name in (family.id, *family.aliases)),
    )
    return family


def _twice(what: str, names: Iterable[str]) -> Iterator[Problem]:
    met: set[str] = set()
    for name in names:
        if name and name in met:
            yield Problem(file=FILE, entry=name, what=f"stands twice as a {what}")
        met.add(name)


@dataclass(slots=True)
class _Table:
    """A table being read strictly: what is missing, of another kind or unknown is a Problem."""

    label: str
    values: Mapping[str, object]
    problems: list[Problem]
    _read: set[str] = field(default_factory=set)
    _below: list["_Table"] = field(default_factory=list)

    def wrong(self, what: str) -> None:
        self.problems.append(Problem(file=FILE, entry=self.label, what=what))

    def check(self, words: Iterable[str], wrong: Iterable[bool]) -> None:
        for what, is_wrong in zip(words, wrong, strict=True):
            if is_wrong:
                self.wrong(what)

    def text(self, key: str, *, empty: bool = False) -> str:
        value = self._get(key)
        if isinstance(value, str) and (empty or value.strip()):
            return value
        if value is not None:
            self.wrong(f"“{key}” is not a text")
        return ""

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._get(key, optional=True)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self.wrong(f"“{key}” is not a list of texts")
        return ()

    def member(self, key: str, of: type[_Word]) -> _Word | None:
        return self._member(self.text(key), key, of)

    def members(self, key: str, of: type[_Word], *, optional: bool = False) -> tuple[_Word, ...]:
        values = self.texts(key)
        if not values and not optional:
            self.wrong(f"“{key}” is missing or empty")
        found = (self._member(value, key, of) for value in values)
        return tuple(one for one in found if one is not None)

    def words(self, key: str, languages: tuple[str, ...]) -> Mapping[str, str]:
        value = self._get(key)
        if not isinstance(value, dict):
            if value is not None:
                self.wrong(f"“{key}” is not a table")
            return {}
        below = _Table(f"{self.label}: {key}", value, self.problems)
        self._below.append(below)
        return {language: below.text(language) for language in languages}

    def tables(self, key: str, *, optional: bool = False) -> list["_Table"]:
        value = self._get(key, optional=optional)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.wrong(f"“{key}” is not a list of tables")
            return []
        found = [
            _Table(str(one.get("id") or f"{key} number {number}"), one, self.problems)
            for number, one in enumerate(value, start=1)
        ]
        self._below += found
        return found

    def close(self) -> None:
        """Report the keys that nobody asked for, here and below."""
        for key in self.values:
            if key not in self._read:
                self.wrong(f"unknown key “{key}”")
        for table in self._below:
            table.close()

    def _member(self, value: str, key: str, of: type[_Word]) -> _Word | None:
        if not value:
            return None
        try:
            return of(value)
        except ValueError:
            self.wrong(f"“{value}” in “{key}” is unknown")
            return None

    def _get(self, key: str, *, optional: bool = False) -> object:
        self._read.add(key)
        if key not in self.values and not optional:
            self.wrong(f"“{key}” is missing")
        return self.values.get(key)
