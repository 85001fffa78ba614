"""One file per feed. Being in this folder (or behind an entry point) is a feed's registration."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import Final

from lionrock.core.errors import GiveUp
from lionrock.core.feeds import Feed

ENTRY_POINTS: Final = "lionrock.feeds"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@cache
def catalogue() -> Mapping[str, Feed]:
    """Return every feed by its id, in order; raise GiveUp when two share one or an id is malformed."""
    found: dict[str, Feed] = {}
    for feed in sorted((*_own(), *_others(), *_declared), key=lambda feed: feed.id):
        if not _ID.fullmatch(feed.id):
            raise GiveUp(f"“{feed.id}” is no feed id: lower-case letters, digits and hyphens")
        if feed.id in found:
            raise GiveUp(f"two feeds are called “{feed.id}”")
        found[feed.id] = feed
    return found


def declare(feeds: Iterable[Feed]) -> None:
    """Add a site's own feeds to the catalogue, in place of those declared before.

    Called once, when a program starts and knows its data folder. Raises GiveUp, and changes nothing,
    when an id is taken.
    """
    before = list(_declared)
    _declared[:] = feeds
    catalogue.cache_clear()
    try:
        catalogue()
    except GiveUp:
        _declared[:] = before
        catalogue.cache_clear()
        raise


_declared: list[Feed] = []


def feed_of(name: str) -> Feed:
    """Return the feed with that id; raise GiveUp naming near ones when there is none."""
    feeds = catalogue()
    if name not in feeds:
        near = ", ".join(sorted(f for f in feeds if f.startswith(name[:3]))[:5])
        raise GiveUp(f"there is no feed “{name}”" + (f"; near it: {near}" if near else ""))
    return feeds[name]


def _own() -> list[Feed]:
    """Return what this folder's modules export; packages beside them hold shared ways of reading."""
    feeds: list[Feed] = []
    for module in iter_modules(__path__):
        if not module.ispkg:
            feeds.append(_exported(f"{__name__}.{module.name}"))
    return feeds


def _others() -> list[Feed]:
    return [_checked(entry.load(), entry.value) for entry in entry_points(group=ENTRY_POINTS)]


def _exported(module: str) -> Feed:
    return _checked(getattr(import_module(module), "FEED", None), module)


def _checked(feed: object, place: str) -> Feed:
    if not isinstance(feed, Feed):
        raise GiveUp(f"{place} exports no FEED")
    return feed
