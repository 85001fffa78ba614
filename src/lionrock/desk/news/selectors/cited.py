"""Turns what a draft cites, ``source:news-12``, into the source with its quote."""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from lionrock.briefing.facts import Origin, Quote, Source
from lionrock.briefing.news.text import one_line
from lionrock.desk.news.models import Item

LONGEST_QUOTE: Final = 600
_REFERENCE: Final = re.compile(r"(?:source:)?news-([1-9][0-9]{0,17})")


def cited(references: Iterable[str]) -> Mapping[str, Source]:
    """Return the sources that some references name, by reference (``source:news-12``); no more than exist."""
    numbers = {int(match.group(1)) for text in references if (match := _REFERENCE.fullmatch(text))}
    rows = Item.objects.filter(pk__in=numbers).select_related("source")
    return {row.reference: as_source(row) for row in rows}


def as_source(item: Item) -> Source:
    """Return an item as a fact sheet holds it: its title and the words of its summary are the quotes."""
    texts = (item.title, one_line(item.summary, LONGEST_QUOTE))
    return Source(
        id=f"news-{item.pk}",
        origin=Origin(item.source.origin),
        publisher=item.publisher or item.source.publisher,
        title=item.title,
        url=item.url or item.source.page,
        published=item.published_at.date(),
        quotes=tuple(Quote(text=text) for text in texts if text),
    )
