"""Shows what a story matches, in words and as a way to it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django import template
from django.urls import reverse

from lionrock.desk.cases.words import brand_names
from lionrock.desk.news.words import WHATS

register = template.Library()


@register.filter
def match_what(match: Mapping[str, object]) -> str:
    """Return what kind of thing a match is."""
    return str(WHATS.get(str(match.get("what")), match.get("what")))


@register.filter
def match_name(match: Mapping[str, object]) -> str:
    """Return the name of what a story matches; of a brand, in the reader's language."""
    name = str(match.get("name"))
    return brand_names().get(name, name) if match.get("what") == "brand" else name


@register.filter
def match_url(match: Mapping[str, object]) -> str:
    """Return where what a story matches is listed."""
    query = {"q": str(match.get("name"))}
    if match.get("what") == "brand":
        return f"{reverse('suspects:list')}?{urlencode({'brand': query['q']})}"
    return f"{reverse('events:episodes')}?{urlencode(query)}"
