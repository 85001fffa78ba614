"""Shows series, reasons and how unusual something is the same way on every page of trends."""

from collections.abc import Sequence

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lionrock.desk.events.shown import defanged, defanged_url
from lionrock.desk.trends import words
from lionrock.desk.trends.models import Trend, Wish

register = template.Library()


@register.filter
def dimension(code: str) -> str:
    """Return what a series is made by, in words."""
    return str(words.DIMENSIONS.get(code, code))


@register.filter
def named(row: Trend | Wish) -> str:
    """Return a trend's or wish's series as people read it."""
    return words.value(row.dimension, row.value)


@register.filter
def other(series: Sequence[str]) -> str:
    """Return a series that tells the same, as people read it."""
    return f"{words.DIMENSIONS.get(series[0], series[0])} {words.value(series[0], series[1])}"


@register.filter
def reason(why: Sequence[str]) -> str:
    """Return one reason of a trend as a sentence."""
    return words.why(why[0], why[1])


@register.filter
def how_often(yearly: float) -> str:
    """Return how often as unusual a thing is expected, in the words of years or months."""
    if yearly < 0.01:
        return _("less than once in a hundred years")
    if yearly < 0.75:
        years = round(1 / yearly)
        return ngettext("once in %(n)s year", "once in %(n)s years", years) % {"n": years}
    times = round(yearly)
    return ngettext("%(n)s time a year", "%(n)s times a year", times) % {"n": times}


@register.filter
def harmless(member: Sequence[str]) -> str:
    """Return a member so that no program makes a link of it."""
    return defanged_url(member[2]) if member[1] == "url" else defanged(member[1], member[2])
