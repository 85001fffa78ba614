"""What the codes of this subject are called on pages."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lionrock.desk.constituents.reading import Unfit, Why
from lionrock.desk.constituents.selectors.passing import Hearer
from lionrock.desk.constituents.selectors.responsible import Told
from lionrock.desk.constituents.services.importing import Unreadable
from lionrock.desk.events.words import CLASSES, KINDS, SEVERITIES
from lionrock.feeds import catalogue

WHY: Final[dict[Why, Promise]] = {
    Why.NETWORK: _("“%(value)s” is no network: write 192.0.2.0/24, one address, or first-last."),
    Why.HOST_BITS: _("“%(value)s” names an address inside a network: is the length right?"),
    Why.TOO_WIDE: _("“%(value)s” is too wide to be one holder’s."),
    Why.NOBODYS: _("“%(value)s” is private or reserved: nobody can be told about it."),
    Why.RANGE: _("“%(value)s” is no range that can be written as a few networks."),
    Why.ASN: _("“%(value)s” is no ASN: write 64496 or AS64496."),
    Why.DOMAIN: _("“%(value)s” is no domain name."),
    Why.SUFFIX: _("“%(value)s” is an ending that many share, not one holder’s domain."),
    Why.EMAIL: _("“%(value)s” is no e-mail address."),
    Why.KEY: _("This is no PGP key that a letter can be encrypted to."),
    Why.SECRET_KEY: _("This is a secret key: never hand it to anybody. The public key is needed."),
    Why.KEY_EXPIRED: _("The PGP key %(value)s has expired."),
    Why.KEY_REVOKED: _("The PGP key %(value)s was revoked by its owner."),
    Why.NAME: _("A name is missing."),
    Why.TOO_LONG: _("“%(value)s” is too long."),
    Why.CHOICE: _("“%(value)s” is none of the words that can stand here."),
    Why.CONTRADICTS: _("“%(value)s” contradicts what was said before."),
    Why.TAKEN: _("“%(value)s” is there already."),
    Why.WITHOUT_ADDRESS: _("A contact needs an e-mail address."),
    Why.CELLS: _("The row has more cells than the table has columns: “%(value)s”."),
}

UNREADABLE: Final[dict[Unreadable, Promise]] = {
    Unreadable.TOO_LARGE: _("The file is too large."),
    Unreadable.ENCODING: _("The file is not UTF-8. In Excel, save it as “CSV UTF-8”."),
    Unreadable.NO_NAME: _("The first line must name the columns, and one of them must be “name”."),
    Unreadable.TOO_MANY_ROWS: _("The table has too many rows."),
    Unreadable.BROKEN: _("The file breaks off inside a cell: a quotation mark may be missing."),
}

STEPS: Final[dict[str, Promise]] = {
    "holding": _("It holds %(value)s."),
    "contact": _("The same organisation’s next contact."),
    "upstream": _("The provider of the one before."),
    "found": _("Nobody is registered; an abuse contact was found for %(value)s (%(source)s)."),
    "person": _("Nobody is left: a person decides."),
}
"""Why somebody is told, by the code of ``selectors.responsible.Told``."""

HEARS: Final[Promise] = _(
    "gets events of %(feeds)s up to %(tlp)s, by the rule “%(rule)s” (%(what)s)."
)
HEARS_NOTHING: Final[Promise] = _(
    "would get it by the rule “%(rule)s”, but no source it speaks of passes anything on."
)
_ANYTHING: Final = _("every problem")

_FIELDS: Final[dict[str, Promise]] = {
    "name": _("name"),
    "name_local": _("name in Chinese"),
    "kind": _("kind"),
    "sector": _("sector"),
    "critical": _("critical infrastructure"),
    "language": _("language"),
    "format": _("format"),
    "frequency": _("frequency"),
}


def in_words(unfit: Unfit) -> str:
    """Return why something could not be taken, in the reader's language."""
    return sentence(unfit.why, unfit.value)


def sentence(why: Why, value: str) -> str:
    """Return a reason as a sentence in the reader's language."""
    return str(WHY[why]) % {"value": value}


def step_in_words(told: Told) -> str:
    """Return why somebody stands on a rung of the ladder, in the reader's language."""
    shown = f"AS{told.value}" if told.kind == "asn" else told.value
    return str(STEPS.get(told.reason, told.reason)) % {"value": shown, "source": told.source}


def hears_in_words(hearer: Hearer) -> str:
    """Return what a partner gets by a rule, in the reader's language."""
    rule = hearer.rule
    if not hearer.feeds:
        return str(HEARS_NOTHING) % {"rule": rule.title}
    what = [str(KINDS.get(rule.kind) or CLASSES.get(rule.kind) or rule.kind)] if rule.kind else []
    if rule.severity:
        what.append(str(_("%(severity)s or worse")) % {"severity": SEVERITIES[rule.severity]})
    known = catalogue()
    titles = [known[feed].title if feed in known else feed for feed in hearer.feeds]
    return str(HEARS) % {
        "feeds": ", ".join(titles),
        "tlp": hearer.partner.ceiling,
        "rule": rule.title,
        "what": ", ".join(what) or str(_ANYTHING),
    }


def field_word(name: str) -> str:
    """Return what a field is called."""
    return str(_FIELDS.get(name, name))
