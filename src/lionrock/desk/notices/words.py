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
    "settled": _("All it tells of was settled before it was told."),
    "key-expired": _(
        "The key of %(value)s expired on %(day)s: the letter would leave unsealed, so a person decides."
    ),
    "key-unusable": _(
        "The key of %(value)s cannot be used: the letter would leave unsealed, so a person decides."
    ),
    "key-missing": _(
        "%(value)s gave no key: this letter, %(tlp)s, would leave unencrypted, and can be read on "
        "its way."
    ),
    "unbuilt": _("The letter cannot be written: %(value)s"),
    "own": _("It is a finding of our own, so a person approves it."),
    "passed": _("It lies outside the region (%(value)s), and a rule passes it on to this partner."),
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
    shown["day"] = str(why.get("day", ""))
    shown["source"] = str(why.get("source", ""))
    shown["tlp"] = str(why.get("tlp", ""))
    return str(WHYS[code]) % shown if code in WHYS else code


ANSWERS: Final[dict[str, Promise]] = {
    "no-key": _("It cannot be decrypted: there is no key of ours."),
    "another-key": _("It cannot be decrypted: it was encrypted for another key, or is too large."),
    "undecryptable": _("It cannot be decrypted: %(said)s"),
    "forgotten": _("Its text was removed: it had been kept long enough."),
    "no-letter": _("It brings no letter of ours back."),
    "not-sent": _("Its letter was not sent."),
    "another-address": _("It speaks of another address than the letter went to."),
    "no-address": _("It does not name the address that the letter went to."),
}
"""Why an answer could not be read, or why a bounce is a proposal alone."""

LOOKS: Final[dict[str, Promise]] = {
    "takes": _("takes connections"),
    "takes-more": _("takes connections; %(said)s"),
    "takes-silent": _("takes connections, says nothing"),
    "late": _("no answer in time"),
    "own-line": _("nobody answered in this round: our own line may be down"),
}
"""What a look of our own found; what a server or the system said stands as it is."""


def answer_in_words(why: str) -> str:
    """Return ``Answer.why``, a code or ``code: what was said``, as a sentence."""
    code, _separator, said = why.partition(": ")
    return str(ANSWERS[code]) % {"said": said} if code in ANSWERS else why


def look_in_words(seen: str) -> str:
    """Return ``Look.seen``, a code, ``takes: what went wrong``, or a server's own words, as words."""
    code, separator, said = seen.partition(": ")
    if separator:
        return str(LOOKS["takes-more"]) % {"said": said} if code == "takes" else seen
    return str(LOOKS[code]) if code in LOOKS else seen
