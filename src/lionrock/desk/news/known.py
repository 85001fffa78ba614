"""The sources of news that can be followed without being added: those that are shipped, and the region's."""

from collections.abc import Mapping
from functools import cache

from django.conf import settings

from lionrock.briefing.news.catalogue import read_sources, shipped
from lionrock.briefing.news.items import NewsSource
from lionrock.core.region import NEWS
from lionrock.regions import pack_files


def known_sources() -> Mapping[str, NewsSource]:
    """Return the known sources by name; the region's pack may say one of the shipped otherwise."""
    return _known(settings.LIONROCK_REGION)


@cache
def _known(region: str) -> Mapping[str, NewsSource]:
    content = pack_files(region).get(NEWS)
    own = read_sources(content) if content is not None else ()
    return {**shipped(), **{source.name: source for source in own}}
