"""Gathers items into stories: the same CVE, the same product, or nearly the same title; no chance in it."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

FEW_CVES: Final = 8
"""A collection of more CVEs tells of a month, not of one thing: it joins only what is as broad."""
COMMON: Final = 12
"""A CVE or word in more items than this tells nothing of what belongs together."""
ALIKE: Final = 0.6
"""Words that two titles share, of all they have, so that they are nearly the same."""
LESS_ALIKE: Final = 0.34
"""The same where both are about one product."""
APART: Final = timedelta(days=10)
"""Items further apart are not joined for their titles."""
SHORTEST: Final = 4
"""Words that a title must have to be compared."""

_WORD: Final = re.compile(r"[a-z0-9][a-z0-9.+-]*[a-z0-9]|[a-z0-9]")
_EMPTY: Final = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "by",
        "can",
        "could",
        "fix",
        "fixes",
        "for",
        "from",
        "has",
        "have",
        "how",
        "in",
        "into",
        "is",
        "it",
        "its",
        "may",
        "multiple",
        "new",
        "now",
        "of",
        "on",
        "or",
        "over",
        "security",
        "that",
        "the",
        "their",
        "this",
        "to",
        "update",
        "updated",
        "updates",
        "use",
        "used",
        "using",
        "via",
        "vulnerabilities",
        "vulnerability",
        "was",
        "what",
        "which",
        "will",
        "with",
        "advisory",
        "alert",
        "critical",
        "high",
        "bulletin",
        "warns",
        "attackers",
        "users",
        "released",
        "releases",
        "patch",
        "patches",
        "cve",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What of an item decides to which story it belongs; ``id`` is the keeper's."""

    id: int
    title: str
    at: datetime
    cves: frozenset[str] = frozenset()
    products: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Items that tell of one thing, the oldest first. ``key`` stays while its oldest item does."""

    key: str
    items: tuple[Told, ...]
    title: str
    cves: tuple[str, ...]
    products: tuple[tuple[str, str], ...]

    @property
    def begins(self) -> datetime:
        """When the first item was published."""
        return self.items[0].at

    @property
    def latest(self) -> datetime:
        """When the last item was published."""
        return self.items[-1].at


def gather(items: Iterable[Told]) -> tuple[Story, ...]:
    """Return the stories of some items, the latest first; the order of the items does not matter."""
    ordered = sorted(items, key=lambda item: (item.at, item.id))
    words = [words_of(item.title) for item in ordered]
    above = list(range(len(ordered)))

    def top(place: int) -> int:
        while above[place] != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    for one, other in _pairs(ordered, words):
        if _belong(ordered[one], ordered[other], words[one], words[other]):
            first, last = sorted((top(one), top(other)))
            above[last] = first
    groups: dict[int, list[Told]] = {}
    for place, item in enumerate(ordered):
        groups.setdefault(top(place), []).append(item)
    found = [_story(group) for group in groups.values()]
    return tuple(sorted(found, key=lambda story: (story.latest, story.key), reverse=True))


def words_of(title: str) -> frozenset[str]:
    """Return the words of a title that say something; of Chinese and Japanese each two signs."""
    text = unicodedata.normalize("NFKC", title).casefold()
    words = {word for word in _WORD.findall(text) if word not in _EMPTY}
    signs = [sign if _ideograph(sign) else " " for sign in text]
    for run in "".join(signs).split():
        words.update(run[at : at + 2] for at in range(max(1, len(run) - 1)))
    return frozenset(words)


def _pairs(items: Sequence[Told], words: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Yield the pairs that share something rare enough: never all pairs."""
    seen: set[tuple[int, int]] = set()
    places: dict[object, list[int]] = {}
    for place, item in enumerate(items):
        for mark in (*item.cves, *item.products, *words[place]):
            places.setdefault(mark, []).append(place)
    for some in places.values():
        # Of a frequent mark only neighbours in time are compared: news come in bursts.
        reach = len(some) if len(some) <= COMMON else 2
        for at, one in enumerate(some):
            for other in some[at + 1 : at + 1 + reach]:
                if (one, other) not in seen:
                    seen.add((one, other))
                    yield one, other


def _belong(one: Told, other: Told, words: frozenset[str], others: frozenset[str]) -> bool:
    shared = one.cves & other.cves
    if shared:
        few = max(len(one.cves), len(other.cves)) <= FEW_CVES
        if few or len(shared) * 2 >= len(one.cves | other.cves):
            return True
    if one.cves and other.cves and not shared:
        return False  # two numbers are two things, however alike they are told
    if abs(other.at - one.at) > APART or min(len(words), len(others)) < SHORTEST:
        return False
    alike = len(words & others) / len(words | others)
    return alike >= (LESS_ALIKE if _same_product(one, other) else ALIKE)


def _same_product(one: Told, other: Told) -> bool:
    def names(item: Told) -> set[tuple[str, str]]:
        return {(vendor.casefold(), product.casefold()) for vendor, product in item.products}

    return bool(names(one) & names(other))


def _story(items: list[Told]) -> Story:
    oldest = items[0]
    cves = Counter(cve for item in items for cve in item.cves)
    products = Counter(product for item in items for product in item.products)
    return Story(
        key=sha256(f"story {oldest.id}".encode()).hexdigest()[:16],
        items=tuple(items),
        title=oldest.title,
        cves=tuple(sorted(cves, key=lambda cve: (-cves[cve], cve))),
        products=tuple(sorted(products, key=lambda each: (-products[each], each))),
    )


def _ideograph(sign: str) -> bool:
    return "\u3040" <= sign <= "\u30ff" or "\u3400" <= sign <= "\u9fff"
