"""Finds the episodes that filters let through, without walking over millions of rows.

Any combination is first counted over one index that holds every column lists are narrowed by. Few
matches are handed on by id; where there are many, a walk from the latest finds a page at once.
"""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from itertools import takewhile
from typing import Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from lionrock.core.rsit import Rsit
from lionrock.desk.events.models import Episode, Word
from lionrock.desk.events.selectors.filters import Filters
from lionrock.desk.feeds.models import Blob

FEW: Final = 2_000
"""Up to so many episodes are looked up by id; more are met on a walk from the latest."""
WORDS: Final = 5
LONGEST: Final = 253
LATEST: Final = 20_000
"""Episodes opened last, among which those of a day are looked for."""
ALIKE: Final = 50
"""Different known words that one typed beginning may stand for."""


def kinds_of(kind: str) -> list[str]:
    """Return the types that a type, or a class of the taxonomy, stands for."""
    return [r.value for r in Rsit if kind in (r.value, r.classification)] or [kind]


def narrowed(filters: Filters) -> QuerySet[Episode]:
    """Return the episodes that every filter but the text lets through, in no order."""
    episodes = Episode.objects.all()
    if filters.kind:
        episodes = episodes.filter(kind__in=kinds_of(filters.kind))
    if filters.asn is not None:
        episodes = episodes.filter(asn=filters.asn)
    if filters.constituent is not None:
        episodes = episodes.filter(constituent_id=filters.constituent)
    if filters.country:
        episodes = episodes.filter(located=filters.country)
    if filters.severity:
        episodes = episodes.filter(severity=filters.severity)
    if filters.standing:
        episodes = episodes.filter(standing=filters.standing)
    if filters.opened is not None:
        latest = Episode.objects.order_by("-id").values("id")[:LATEST]
        came = Blob.objects.filter(received_at__gte=filters.opened).values("id")
        episodes = episodes.filter(id__in=latest, blob_id__in=came)
    return episodes


def within(
    episodes: QuerySet[Episode], since: datetime | None, before: datetime | None
) -> QuerySet[Episode]:
    """Return those of the episodes that were last seen within a time."""
    if since is not None:
        episodes = episodes.filter(last_seen__gte=since)
    if before is not None:
        episodes = episodes.filter(last_seen__lt=before)
    return episodes


def few(filters: Filters, *, feed: bool = False) -> list[int] | None:
    """Return the ids of matching episodes, or None when there are more than ``FEW``, or no filter.

    The time is not asked: it may only make them fewer. ``feed`` says whether to narrow by the feed.
    """
    found: set[int] | None = None
    frequent = False
    for word in words_of(filters, feed=feed):
        ids = _look_up(word).ids
        if ids is None:
            frequent = True
        else:
            found = ids if found is None else found & ids
    if found is not None:
        rest = holding(narrowed(filters).filter(id__in=found), filters, feed=feed)
        return sorted(rest.order_by().values_list("id", flat=True))
    if not _has_column(filters):
        return None
    rows = holding(narrowed(filters), filters, feed=feed) if frequent else narrowed(filters)
    some = list(rows.order_by().values_list("id", flat=True)[: FEW + 1])
    return sorted(some) if len(some) <= FEW else None


def holding(episodes: QuerySet[Episode], filters: Filters, *, feed: bool) -> QuerySet[Episode]:
    """Return those of the episodes that hold every frequent word; for walks over many.

    Rare words are ids by now. What is frequent is asked of each episode, what is not is a list.
    """
    for word in words_of(filters, feed=feed):
        place = _look_up(word)
        if place.ids is not None:
            episodes = episodes.filter(id__in=place.ids)
            continue
        asset = found_by("asset", word) if place.assets is None else Q(id__in=place.assets)
        if place.told is None:
            known = Word.objects.filter(episode_id=OuterRef("id"), word__in=_alike(word))
            episodes = episodes.filter(asset | Q(Exists(known)))
        else:
            episodes = episodes.filter(asset | Q(id__in=place.told))
    return episodes


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a word stands: the episodes whose asset begins with it, and those that are told under
    it; None where there are more than ``FEW``."""

    assets: set[int] | None
    told: set[int] | None

    @property
    def ids(self) -> set[int] | None:
        """All of them, or None when there are more than ``FEW`` of either."""
        if self.assets is None or self.told is None:
            return None
        return self.assets | self.told


def _look_up(word: str) -> _Place:
    whole = word.startswith("feed:")
    assets: set[int] = set()
    if not whole:
        rows = Episode.objects.filter(found_by("asset", word))
        assets = set(rows.order_by().values_list("id", flat=True)[: FEW + 1])
    same = Q(word=word) if whole else found_by("word", word)
    rest = Word.objects.filter(same).order_by().values_list("episode_id", flat=True)
    told = set(rest[: FEW + 1])
    return _Place(
        assets=assets if len(assets) <= FEW else None, told=told if len(told) <= FEW else None
    )


def _alike(word: str) -> list[str]:
    """Return known words that begin with a word, stepping along the index from each to the next."""
    if word.startswith("feed:"):
        return [word]
    words: list[str] = []
    rows = Word.objects.filter(found_by("word", word)).order_by("word")
    while len(words) < ALIKE:
        behind = rows.filter(word__gt=words[-1]) if words else rows
        following = behind.values_list("word", flat=True).first()
        if following is None:
            break
        words.append(following)
    return words


def _has_column(filters: Filters) -> bool:
    return bool(
        filters.kind
        or filters.asn is not None
        or filters.constituent is not None
        or filters.country
        or filters.severity
        or filters.standing
        or filters.opened is not None
    )
