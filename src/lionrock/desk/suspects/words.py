"""Says reasons in the reader's language: core holds the English sentences, here they translate."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lionrock.core.judgement import Reason
from lionrock.desk.suspects.opinion_words import lure_in_words

# The same sentences as core.reasons.WORDS, written out because gettext collects literals only;
# a test holds the two equal.
SENTENCES: Final[dict[str, Promise | str]] = {
    "brand-word": _("contains the brand name “{about}” as a word of its own"),
    "brand-joined": _("contains the brand name “{about}” joined to other words"),
    "brand-part": _("begins or ends with the brand name “{about}”"),
    "brand-host": _("puts the brand's own address “{about}” in front of somebody else's domain"),
    "brand-subdomain": _("uses the brand name “{about}” as a sub-domain of somebody else's domain"),
    "brand-tld": _("is the brand's own name “{about}” under another ending"),
    "confusable": _("uses look-alike characters that read as “{about}”"),
    "ascii-trick": _("swaps characters that look alike, and reads as “{about}”"),
    "typo": _("is one slip of the keyboard away from “{about}”"),
    "bit-flip": _("is one flipped bit away from “{about}”"),
    "near": _("differs in two letters from “{about}”"),
    "punycode": _("is written in international characters: {about}"),
    "lure": _("carries the lure word “{about}”"),
    "ending": _("uses the ending “{about}”, which abusers favour"),
    "series": _("follows the pattern of a series: {about}"),
    "lure-kind": _("reads like a name that lures with: {about}"),
    "made": _("has letters that look as if nobody chose them"),
    "resembles": _("reads like an imitation of “{about}”"),
    "model": _("reads like the names of reported phishing sites"),
    "ordinary-word": _("“{about}” is also an ordinary word here, so it counts only in company"),
    "official": _("belongs to the brand"),
    "tenant": _("is one tenant's name under “{about}”"),
}


def in_words(reason: Reason) -> str:
    """Return the reason as a sentence in the reader's language; the code when it is a new one."""
    sentence = SENTENCES.get(reason.code)
    if sentence is None:
        return f"{reason.code}: {reason.about}" if reason.about else reason.code
    about = lure_in_words(reason.about) if reason.code == "lure-kind" else reason.about
    return str(sentence).replace("{about}", about)
