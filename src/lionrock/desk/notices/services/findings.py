"""Adds to a letter's items what their episodes do not hold: why a name is suspected, what a source called it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from django.db.models import OuterRef, Subquery

from lionrock.core.rsit import Rsit
from lionrock.desk.events.models import Episode, Event
from lionrock.desk.suspects import brands
from lionrock.desk.suspects.models import Suspect
from lionrock.feeds.own import FEED
from lionrock.letters.notice import Item
from lionrock.letters.plainly import one_line

_CHUNK: Final = 500
_TOLD: Final = frozenset({Rsit.OTHER, Rsit.UNDETERMINED})
"""The types that say nothing by themselves."""
_FIELDS: Final = 6
"""Fields of a source's own words that a letter repeats."""
_TAGS: Final = {"zh-hant": "zh-Hant"}
"""The region pack's tags of the letters' languages."""


def explained(
    items: Iterable[Item], episodes: Mapping[int, Episode], *, language: str
) -> tuple[Item, ...]:
    """Return the items, those of our own finding with their reasons, those of no told type with the
    source's own words. ``episodes`` are theirs, by key."""
    told = list(items)
    ours = [one for one in told if FEED.id in episodes[one.episode].feeds]
    vague = [one for one in told if one.kind in _TOLD and not one.variant]
    changed = {one.episode: one for one in _with_reasons(ours, episodes, language)}
    changed |= {one.episode: one for one in _with_words(vague)}
    return tuple(changed.get(one.episode, one) for one in told)


def _with_reasons(
    items: Sequence[Item], episodes: Mapping[int, Episode], language: str
) -> Iterator[Item]:
    book = brands.current()
    tag = _TAGS.get(language, "en")
    for chunk in _chunks(items):
        known = {
            one.host: one for one in Suspect.objects.filter(host__in=[item.host for item in chunk])
        }
        for item in chunk:
            alone = episodes[item.episode].feeds == [FEED.id]
            suspect = known.get(item.host)
            if suspect is None:
                yield replace(item, own=alone)
                continue
            brand = book.by_id.get(suspect.brand)
            yield replace(
                item,
                own=alone,
                reasons=suspect.seen_reasons(),
                reads=suspect.unicode if suspect.unicode != suspect.host else "",
                brand=(brand.names.get(tag) if brand else "") or item.brand,
                official=next(iter(book.official(suspect.brand)), ""),
            )


def _with_words(items: Sequence[Item]) -> Iterator[Item]:
    """Yield the items with what the newest event of each says, as far as a line holds it."""
    newest = Event.objects.filter(episode_id=OuterRef("pk")).order_by("-at", "-pk")
    for chunk in _chunks(items):
        rows = (
            Episode.objects.filter(pk__in=[item.episode for item in chunk])
            .annotate(
                last_report=Subquery(newest.values("report")[:1]),
                last_details=Subquery(newest.values("details")[:1]),
            )
            .values_list("pk", "last_report", "last_details")
        )
        words = {pk: _words(report, details) for pk, report, details in rows}
        for item in chunk:
            yield replace(item, said=words.get(item.episode, ""))


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]


def _words(report: str | None, details: object) -> str:
    said = [report] if report else []
    if isinstance(details, dict):
        # What begins with @ is of Lionrock's own making.
        shown = [(name, value) for name, value in details.items() if value and name[0] != "@"]
        said += [f"{name}={_value(value)}" for name, value in sorted(shown)[:_FIELDS]]
    return one_line(" ".join(said), 300)


def _value(value: object) -> str:
    if isinstance(value, list):
        return ",".join(one_line(str(one), 60) for one in value[:5])
    return one_line(str(value), 80)
