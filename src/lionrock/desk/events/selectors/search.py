"""Understands what is looked for: the words that a reader typed, the kinds that a class stands for.

What is rare is handed on by id, whatever its age; what is frequent is met on a walk (``walk``).
"""

from dataclasses import dataclass
from ipaddress import ip_network
from itertools import takewhile
from typing import Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from lionrock.core.rsit import Rsit
from lionrock.desk.events.models import Episode, Word
from lionrock.desk.events.selectors.filters import Filters

FEW: Final = 2_000
"""Up to so many episodes are looked up by id; more are met on a walk from the latest."""
WORDS: Final = 5
LONGEST: Final = 253


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What words stand for: ``ids`` of the episodes that may hold all of them, None when these are
    too many to be named; ``frequent`` are the words that are yet to be asked of each episode."""

    ids: tuple[int, ...] | None
    frequent: tuple[str, ...]

    def holding(self, episodes: QuerySet[Episode]) -> QuerySet[Episode]:
        """Return those of the episodes that hold every frequent word."""
        for word in self.frequent:
            known = Word.objects.filter(_told(word), episode_id=OuterRef("id"))
            holds = Q(Exists(known))
            episodes = episodes.filter(holds if _whole(word) else holds | found_by("asset", word))
        return episodes


def sought(filters: Filters, *, feed: bool) -> Sought:
    """Look up what the words of the filters stand for; ``feed`` says whether the feed is one."""
    ids: set[int] | None = None
    frequent = []
    for word in words_of(filters, feed=feed):
        found = _look_up(word)
        if found is None:
            frequent.append(word)
        else:
            ids = found if ids is None else ids & found
    return Sought(ids=None if ids is None else tuple(sorted(ids)), frequent=tuple(frequent))


def kinds_of(kind: str) -> list[str]:
    """Return the types that a type, or a class of the taxonomy, stands for."""
    return [r.value for r in Rsit if kind in (r.value, r.classification)] or [kind]


def words_of(filters: Filters, *, feed: bool) -> list[str]:
    """Return the words to be found, as they are stored."""
    words = [word[:LONGEST] for word in filters.text.lower().split()[:WORDS]]
    if feed and filters.feed:
        words.append(f"feed:{filters.feed}")
    return words


def beginning(column: str, word: str) -> dict[str, str]:
    """Return the look-up of what begins with a word, in the form that uses the column's index."""
    if connection.vendor == "postgresql":
        return {f"{column}__startswith": word}
    return {f"{column}__gte": word, f"{column}__lt": word + "\U0010ffff"}


def found_by(column: str, word: str) -> Q:
    """Return the look-up of what a word finds: what begins with it, or what lies in a network.

    A network is looked for as the texts that its addresses begin with, so that the index still
    answers. From /24 on each address is named; an IPv6 network is widened to its whole groups of 16
    bits, and to those before the first that is zero, since zeros may be left out of an address.
    """
    if "/" not in word or not word[0].isalnum():
        return Q(**beginning(column, word))
    try:
        network = ip_network(word, strict=False)
    except ValueError:
        return Q(**beginning(column, word))
    if network.version == 6:
        exploded = network.network_address.exploded.split(":")[: network.prefixlen // 16]
        groups = takewhile(bool, (int(group, 16) for group in exploded))
        return Q(**beginning(column, "".join(f"{group:x}:" for group in groups)))
    if network.prefixlen >= 24:
        return Q(**{f"{column}__in": [str(network), *(str(address) for address in network)]})
    octets = max(-(-network.prefixlen // 8), 1)
    found = Q()
    for part in network.subnets(new_prefix=octets * 8):
        start = ".".join(str(part.network_address).split(".")[:octets])
        found |= Q(**beginning(column, f"{start}."))
    return found


def _look_up(word: str) -> set[int] | None:
    """Return the episodes whose asset begins with a word or that are told under it; None if many."""
    told = Word.objects.filter(_told(word)).order_by().values_list("episode_id", flat=True)
    found = set(told[: FEW + 1])
    if not _whole(word) and len(found) <= FEW:
        assets = Episode.objects.filter(found_by("asset", word)).order_by()
        found |= set(assets.values_list("id", flat=True)[: FEW + 1])
    return found if len(found) <= FEW else None


def _told(word: str) -> Q:
    return Q(word=word) if _whole(word) else found_by("word", word)


def _whole(word: str) -> bool:
    """A feed is known by its whole name."""
    return word.startswith("feed:")
