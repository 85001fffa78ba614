"""What codes of cases are called on pages and by commands."""

from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lionrock.desk.cases.reading import Unreadable, Why
from lionrock.regions import load

UNREADABLE: Final[dict[Unreadable, Promise]] = {
    Unreadable.TOO_LARGE: _("The file is larger than 64 MiB. Hand it in in parts."),
    Unreadable.ENCODING: _("The file is no text in UTF-8. Save it as “CSV UTF-8”."),
    Unreadable.NO_COLUMNS: _(
        "Its first line must name the columns, reference, opened and category among them."
    ),
    Unreadable.TOO_MANY_ROWS: _("It has more than 200,000 rows. Hand it in in parts."),
    Unreadable.BROKEN: _("It is no table: its quotation marks or its columns do not fit."),
    Unreadable.NO_CATEGORIES: _("The region pack sorts cases into no categories (cases.toml)."),
}

WHY: Final[dict[str, Promise]] = {
    Why.BROKEN: _("is no line of a table, nor an object of JSON"),
    Why.TOO_LONG: _("is longer than a row can be"),
    Why.CELLS: _("has more cells than the first line has columns"),
    Why.REFERENCE: _("has no reference, or one that is too long"),
    Why.CONTRADICTS: _("says otherwise than another row of the same reference"),
    Why.OPENED: _("does not say when it was opened, as 2026-07-05 or with a time"),
    Why.FUTURE: _("lies in the future"),
    Why.CLOSED: _("does not say when it was closed, as 2026-07-05 or with a time"),
    Why.BACKWARDS: _("was closed before it was opened"),
    Why.CATEGORY: _("names no category of the region pack"),
    Why.CHANNEL: _("names no channel of the region pack"),
    Why.SECTOR: _("names no sector of the region pack"),
    Why.BRAND: _("names a brand with too many letters"),
    Why.URLS: _("gives neither a number of URLs nor URLs"),
}


def named(names: dict[str, str]) -> str:
    """Return the name in the reader's language, else the first there is."""
    language = (get_language() or "en").lower()
    for tag, name in names.items():
        if tag.lower() == language:
            return name
    return names.get("en") or next(iter(names.values()), "")


def category_names() -> dict[str, str]:
    """Return the region's categories, in order, by id, in the reader's language."""
    book = load(settings.LIONROCK_REGION).cases
    return {each.id: named(dict(each.names)) for each in book.categories}


def channel_names() -> dict[str, str]:
    """Return the region's channels by id, in the reader's language."""
    book = load(settings.LIONROCK_REGION).cases
    return {each.id: named(dict(each.names)) for each in book.channels}


def sector_names() -> dict[str, str]:
    """Return the region's sectors by id, in the reader's language."""
    region = load(settings.LIONROCK_REGION)
    return {sector: named(dict(names)) for sector, names in region.sectors.items()}


def brand_names() -> dict[str, str]:
    """Return the region's brands by id, in the reader's language."""
    region = load(settings.LIONROCK_REGION)
    return {brand.id: named(dict(brand.names)) for brand in region.brands}


FIELDS: Final[dict[str, Promise]] = {
    "opened_at": _("Opened"),
    "opened_on": _("Day of opening"),
    "closed_at": _("Closed"),
    "category": _("Category"),
    "channel": _("Channel"),
    "sector": _("Sector"),
    "brand": _("Brand"),
    "brand_named": _("Brand as it was named"),
    "urls": _("URLs"),
    "urls_listed": _("URLs are listed"),
    "listed": _("URLs as they were listed"),
}
