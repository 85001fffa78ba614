"""Shows what models said; their own words are escaped like all foreign text, and marked as a quotation."""

from collections.abc import Mapping

from django import template

from lionrock.desk.suspects.models import Suspect
from lionrock.desk.suspects.opinion_words import lure_in_words
from lionrock.desk.suspects.opinions import Opinion

register = template.Library()


@register.filter
def opinion_on(suspect: Suspect, opinions: Mapping[int, Opinion]) -> Opinion | None:
    """Return what the model in use says of the suspect, None when it has said nothing."""
    return opinions.get(suspect.pk)


@register.filter
def lure_words(lure: str) -> str:
    """Return a kind of lure in words."""
    return lure_in_words(lure)


@register.filter
def percent(share: float) -> str:
    """Return a share between 0 and 1 in hundredths."""
    return f"{100 * share:.0f} %"
