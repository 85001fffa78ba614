"""Says why a notice goes where it goes, in the reader's language."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WHYS: Final[dict[str, Promise]] = {
    "holding": _("They hold %(value)s."),
    "contact": _("The same organisation’s next contact."),
    "upstream": _("The provider of the one before."),
    "found": _("Nobody is registered; an abuse contact was found for %(value)s (%(source)s)."),
    "nobody": _("Nobody is registered, and no contact was found yet for %(value)s."),
    "rule": _("By the rule “%(value)s”."),
    "own": _("It is a finding of our own, so a person approves it."),
    "label": _("Its label is narrower than %(value)s, so a person approves it."),
    "ladder-ended": _("Nobody is left to tell after %(value)s: a person decides."),
    "escalated-contact": _(
        "After %(value)s had no effect: the same organisation’s next contact is told."
    ),
    "escalated-upstream": _("After %(value)s had no effect: the provider is told."),
    "escalated-less-specific": _(
        "After %(value)s had no effect: the holder of the wider network or domain is told."
    ),
    "escalated-found": _("After %(value)s had no effect: another abuse contact is told."),
}


def why_in_words(why: Mapping[str, object]) -> str:
    """Return one reason of ``Notice.why`` as a sentence; a code without words stands as it is."""
    code = str(why.get("code", ""))
    value = str(why.get("value", ""))
    shown = {"value": f"AS{value}" if why.get("kind") == "asn" else value}
    shown["source"] = str(why.get("source", ""))
    return str(WHYS[code]) % shown if code in WHYS else code
