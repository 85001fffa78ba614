"""Shows an explanation: the name with its telling letters marked, the sentence, how much each weighs."""

import math
from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from lionrock.desk.suspects.explained import in_words
from lionrock.desk.suspects.models import Suspect
from lionrock.names.explain import Explanation, Mark

register = template.Library()

STRONG: Final = math.log(20)
CLEAR: Final = math.log(3)
"""From this factor in the odds on."""
HOW: Final[dict[tuple[bool, int], Promise]] = {
    (True, 2): _("raised the score strongly"),
    (True, 1): _("raised the score clearly"),
    (True, 0): _("raised the score a little"),
    (False, 2): _("lowered the score strongly"),
    (False, 1): _("lowered the score clearly"),
    (False, 0): _("lowered the score a little"),
}


@register.filter
def explanation_of(told: dict[str, Explanation], suspect: Suspect) -> Explanation | None:
    """Return a suspect's explanation among several; None where there is none."""
    return told.get(suspect.host)


@register.filter
def explained(explanation: Explanation) -> SafeString:
    """Return the host with its telling letters marked, those that lowered the score differently."""
    parts: list[SafeString | str] = []
    at = 0
    for mark in sorted(explanation.marks, key=lambda mark: mark.start):
        parts.append(explanation.host[at : mark.start])
        kind = "raised" if mark.weight > 0 else "lowered"
        text = explanation.host[mark.start : mark.end]
        parts.append(format_html('<mark class="{}">{}</mark>', kind, text))
        at = mark.end
    parts.append(explanation.host[at:])
    return format_html_join("", "{}", ((part,) for part in parts))


@register.filter
def explanation_words(explanation: Explanation) -> str:
    """Return the sentence in the reader's language."""
    return in_words(explanation)


@register.filter
def how_much(mark: Mark) -> Promise:
    """Say how much a mark weighs, in words."""
    size = abs(mark.weight)
    return HOW[mark.weight > 0, 2 if size >= STRONG else 1 if size >= CLEAR else 0]
