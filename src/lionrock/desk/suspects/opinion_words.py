"""Says what a model said in the reader's language: its choices are ours to word, its sentence is quoted."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LURES: Final[dict[str, Promise]] = {
    "account": _("an account"),
    "bank": _("a bank"),
    "crypto": _("crypto-currencies"),
    "government": _("a public authority"),
    "invest": _("investments"),
    "job": _("a job"),
    "login": _("a sign-in"),
    "messenger": _("a messenger"),
    "parcel": _("a parcel"),
    "payment": _("a payment"),
    "prize": _("a prize"),
    "shop": _("a shop"),
    "support": _("support"),
    "tax": _("taxes"),
    "toll": _("a toll"),
}
"""What a name lures with; a test holds the keys equal to core's kinds."""


def lure_in_words(lure: str) -> str:
    """Return the kind of lure in the reader's language; itself when it is a new one."""
    return str(LURES.get(lure, lure))
