"""What codes of news are called on pages."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WHATS: Final[dict[str, Promise]] = {
    "cve": _("open here"),
    "family": _("family seen here"),
    "product": _("exposed here"),
    "brand": _("imitated here"),
}
