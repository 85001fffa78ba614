"""The words of trends: what a series is of, and why something is told."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lionrock.desk.constituents.models import Constituent
from lionrock.desk.events import words as kinds
from lionrock.desk.events.shown import defanged

DIMENSIONS: Final[dict[str, Promise]] = {
    "campaign": gettext_lazy("Campaign"),
    "family": gettext_lazy("Family"),
    "brand": gettext_lazy("Imitated brand"),
    "cve": gettext_lazy("Vulnerability"),
    "product": gettext_lazy("Exposed service"),
    "port": gettext_lazy("Attacked port"),
    "network": gettext_lazy("Hosting network"),
    "constituent": gettext_lazy("Constituent"),
    "sensor": gettext_lazy("Sensor"),
    "sector": gettext_lazy("Imitated sector"),
    "kind": gettext_lazy("Kind"),
}


def why(code: str, about: str) -> str:
    """Return one reason as a sentence; a code without words shows itself."""
    match code:
        case "times":
            return _("%(times)s times what is usual.") % {"times": about}
        case "hardly-before":
            return _("Hardly any were seen before.")
        case "highest":
            return _("More than on any day of the %(days)s days that are compared.") % {
                "days": about
            }
        case "for-days":
            return _("It has been rising for %(days)s days.") % {"days": about}
        case "never-before":
            return _("It was never seen here in the %(days)s days that are compared.") % {
                "days": about
            }
        case "names":
            number = int(about)
            return ngettext(
                "%(n)s name that belongs together.", "%(n)s names that belong together.", number
            ) % {"n": about}
        case "grown":
            return _("%(n)s of them came within the last seven days.") % {"n": about}
        case "imitates":
            return _("They imitate %(brand)s.") % {"brand": about}
        case "share-certificate":
            return _("They stand on one certificate.")
        case "share-series":
            return _("They were registered after one pattern.")
        case "share-brand":
            return _("They name one brand and are spelled nearly alike.")
        case "share-tenant_of":
            return _("They stand under one suffix and are spelled nearly alike.")
        case "share-address":
            return _("They stand on one address and are spelled nearly alike.")
        case "world-too":
            return _("Outside the region the same feeds saw %(times)s times as many, too.") % {
                "times": about
            }
        case "here-more":
            return _("Outside the region the same feeds saw only %(times)s times as many.") % {
                "times": about
            }
        case _:
            return f"{code} {about}".strip()


def value(dimension: str, of: str) -> str:
    """Return a series' value as people read it, defanged where it is a host."""
    match dimension:
        case "kind":
            return kinds.kind_in_words(of)
        case "campaign":
            return defanged("host", of)
        case "network":
            return f"AS{of}"
        case "constituent":
            name = Constituent.objects.filter(pk=of).values_list("name", flat=True).first()
            return name or of
        case _:
            return of
