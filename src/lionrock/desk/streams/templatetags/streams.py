"""Says in the reader's language why something of a stream was not read, and what a log did wrong."""

from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lionrock.desk.events import reasons

register: Final = template.Library()

GAPS: Final[dict[str, Promise]] = {
    "not connected": _("not connected"),
    "before this stream began": _("before this stream began"),
    "the log did not give them": _("the log did not give them"),
    "skipped: a person asked for it": _("skipped: a person asked for it"),
}


@register.filter
def gap(why: str) -> str:
    """Return why there is a gap, in words; as it was written where it is a new reason."""
    return str(GAPS.get(why, why))


@register.filter
def alarm(said: str) -> str:
    """Return what a log said that cannot be true, in words."""
    return reasons.alarm_in_words(said)
