"""Explains scores where they are shown: by the model that judges now, on demand, never stored."""

from collections.abc import Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lionrock.core.errors import LionrockError
from lionrock.desk.models.current import current_triage
from lionrock.names.close_reading import close_reading
from lionrock.names.explain import Explanation, explain_all, sentence

# The same sentences as names.explain.SENTENCES, written out because gettext collects literals only;
# a test holds the two equal.
SENTENCES: Final[dict[str, Promise]] = {
    "raised-1": _("The letters “{first}” raised the score most."),
    "raised-2": _("The letters “{first}” and “{second}” raised the score most."),
    "raised-3": _("The letters “{first}”, “{second}” and “{third}” raised the score most."),
    "raised-0-ending": _("The ending “{ending}” raised the score most."),
    "raised-1-ending": _("The letters “{first}” and the ending “{ending}” raised the score most."),
    "raised-2-ending": _(
        "The letters “{first}” and “{second}” and the ending “{ending}” raised the score most."
    ),
    "lowered-1": _("The letters “{first}” lowered the score most."),
    "lowered-2": _("The letters “{first}” and “{second}” lowered the score most."),
    "lowered-3": _("The letters “{first}”, “{second}” and “{third}” lowered the score most."),
    "lowered-0-ending": _("The ending “{ending}” lowered the score most."),
    "lowered-1-ending": _(
        "The letters “{first}” and the ending “{ending}” lowered the score most."
    ),
    "lowered-2-ending": _(
        "The letters “{first}” and “{second}” and the ending “{ending}” lowered the score most."
    ),
    "nothing": _("No part of the name decides alone."),
}


def explanations(hosts: Sequence[str]) -> dict[str, Explanation]:
    """Return the explanation of each host; none where no model is at hand to ask."""
    if not hosts:
        return {}
    try:
        triage = current_triage()
    except LionrockError:
        return {}
    return {told.host: told for told in explain_all(list(hosts), close_reading(triage))}


def in_words(explanation: Explanation) -> str:
    """Return the explanation's sentence in the reader's language; foreign text, not yet escaped."""
    code, fields = sentence(explanation)
    # Not format(): a translation must not be able to reach into an object.
    words = str(SENTENCES[code])
    for name, text in fields.items():
        words = words.replace(f"{{{name}}}", text)
    return words
