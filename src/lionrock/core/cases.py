"""What kinds of cases a region tells apart and how cases reach its team: data of the region pack."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
"""How a month is written."""

_ID: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A kind of case, with what it is and what it may lead to, in each language of the region.

    ``aliases`` are what ticket systems call it besides its id and its names. ``since`` is the month
    (``2025-01``) from which cases are sorted into it, empty for always: before it, nothing was
    counted, which is not zero. In a category that ``imitates``, somebody is impersonated: its
    cases are also counted by brand, by sector and by URL.
    """

    id: str
    names: Mapping[str, str]
    definition: Mapping[str, str]
    impacts: Mapping[str, tuple[str, ...]]
    aliases: tuple[str, ...] = ()
    since: str = ""
    imitates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A way on which cases come: by telephone, by mail, by our own discovery."""

    id: str
    names: Mapping[str, str]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseBook:
    """All a region pack says of cases; categories stand in the order in which they are shown."""

    categories: tuple[Category, ...] = ()
    channels: tuple[Channel, ...] = field(default=())


def by_name(some: Iterable[Category | Channel]) -> dict[str, str]:
    """Return the id of each by everything it is called: id, names and aliases, as ``spelt``."""
    return {
        spelt(name): each.id
        for each in some
        for name in (each.id, *each.names.values(), *each.aliases)
    }


def spelt(name: str) -> str:
    """Return a name without the differences that do not count: case, hyphens, signs and spaces."""
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def check_cases(book: CaseBook, languages: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield (entry, what is wrong) for everything that is wrong in a pack's cases."""
    for some in (book.categories, book.channels):
        yield from _check_claims(some)
        for each in some:
            if each.id and not _ID.fullmatch(each.id):
                yield each.id, f"id “{each.id}” is not made of a-z, 0-9 and hyphens"
            for language in languages:
                if not each.names.get(language):
                    yield each.id, f"no name in {language}"
    for each in book.categories:
        if each.since and not MONTH.fullmatch(each.since):
            yield each.id, f"“{each.since}” is no month such as 2025-01"
        for language in languages:
            if not each.definition.get(language):
                yield each.id, f"no definition in {language}"
            if not each.impacts.get(language):
                yield each.id, f"no impacts in {language}"
        if len({len(impacts) for impacts in each.impacts.values()}) > 1:
            yield each.id, "names more impacts in one language than in another"


def _check_claims(some: Iterable[Category | Channel]) -> Iterator[tuple[str, str]]:
    """One name must not stand for two of them."""
    claimed: dict[str, str] = {}
    for each in some:
        for name in dict.fromkeys((each.id, *each.names.values(), *each.aliases)):
            other = claimed.setdefault(spelt(name), each.id)
            if other != each.id:
                yield each.id, f"“{name}” is also what {other} is called"
