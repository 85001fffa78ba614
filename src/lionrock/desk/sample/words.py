"""Says why something made up stays, in the reader's language."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KEPT: Final[dict[str, Promise]] = {
    "renamed": _("somebody gave it another name"),
    "contacts": _("it has a contact that is not made up"),
    "holdings": _("somebody added to what it holds"),
    "people": _("somebody can sign in for it"),
    "rules": _("a rule names it"),
    "customers": _("it is the provider of a constituent that is not made up"),
    "reports": _("real deliveries tell of what it holds"),
    "letters": _("a letter to it left this machine"),
    "handed": _("it was handed over together with names that are not made up"),
    "proposals": _("a proposal for the brands rests on it"),
}


def why_kept(why: str) -> str:
    """Return the reason as words; a code without words stands as it is."""
    return str(KEPT.get(why, why))
