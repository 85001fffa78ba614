"""Draws the public site: pages from published alerts alone, without a request, so that nobody's session leaks.

The same pages are served and exported. Every link within the site is relative: an export works
wherever it is put.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import translation

from lionrock import regions
from lionrock.core.alerts import LANGUAGES, Alert, Kind, Risk
from lionrock.core.region import Region
from lionrock.desk.alerts.selectors.public import Listed, Narrowed
from lionrock.desk.notices.selectors.sender import sender_name
from lionrock.letters.alert_harmless import shown
from lionrock.letters.alert_publisher import Publisher
from lionrock.letters.alert_told import Told, told

ROOT: Final = "/alerts/"
FOLDERS: Final = {language: language.lower() for language in LANGUAGES}
"""Where the pages of each language stand, and what Django calls the language."""
LANGUAGE_OF: Final = {folder: language for language, folder in FOLDERS.items()}

Draw = Callable[[str, Mapping[str, Any]], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page stands: its address below the language's folder, and where the style sheet is.

    ``exported`` pages stand alone: nobody can subscribe there, so they lead to the site itself.
    """

    language: str
    path: str = ""
    exported: bool = False
    rooted: bool = False
    """Its own address may be any, so that its links begin at the machine's root."""

    @property
    def root(self) -> str:
        """The way up to the site's first folder."""
        return ROOT if self.rooted else "../" * (1 + self.path.count("/"))

    @property
    def style(self) -> str:
        """Where the style sheet is."""
        return f"{self.root}site.css" if self.exported else static("alerts/site.css")

    @property
    def others(self) -> list[tuple[str, str, str]]:
        """The same page in the other languages: language, its own name, the way there."""
        return [
            (one, NAMES[one], f"{self.root}{FOLDERS[one]}/{self.path}")
            for one in LANGUAGES
            if one != self.language
        ]


NAMES: Final = {"en": "English", "zh-Hant": "繁體中文", "zh-Hans": "简体中文"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One alert of the list."""

    alert: Alert
    told: Told
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way of narrowing the list, and where it leads."""

    value: str
    path: str
    here: bool


def list_page(found: Listed, narrowed: Narrowed, *, place: Place) -> str:
    """Return a page of the list in ``place.language``."""
    by = publisher()
    rows = [
        Row(
            alert=alert,
            told=told(alert, publisher=by, language=place.language),
            when=by.clock(alert.updated)[:10],
        )
        for alert in found.alerts
    ]
    return _draw(
        "list.html",
        place,
        {
            "rows": rows,
            "total": found.total,
            "kinds": _choices(narrowed, "kind", Kind),
            "risks": _choices(narrowed, "risk", Risk),
            "narrowed": narrowed.kind or narrowed.risk,
            "before": path_of(replace(narrowed, page=narrowed.page - 1))
            if narrowed.page > 1
            else None,
            "after": path_of(replace(narrowed, page=narrowed.page + 1))
            if narrowed.page < found.pages
            else None,
            "page": narrowed.page,
            "pages": found.pages,
        },
    )


def alert_page(alert: Alert, *, place: Place, formats: Mapping[str, str]) -> str:
    """Return an alert's page; ``formats`` are (title, file name) of what programs read."""
    by = publisher()
    words = told(alert, publisher=by, language=place.language)
    return _draw(
        "alert.html",
        place,
        {
            "alert": alert,
            "told": words,
            "published": by.clock(alert.published),
            "updated": by.clock(alert.updated) if alert.updated > alert.published else "",
            "indicators": [{"kind": one.kind, "shown": shown(one)} for one in alert.indicators],
            "formats": formats,
        },
    )


def message_page(name: str, context: Mapping[str, Any], *, place: Place) -> str:
    """Return a page that says one thing: subscribe, asked, confirmed, left, not found."""
    return _draw(f"{name}.html", place, context)


def chooser_page(*, exported: bool) -> str:
    """Return the first page of an export, on which readers choose their language."""
    place = Place(language="en", exported=exported)
    return render_to_string(
        "alerts/public/chooser.html",
        {
            "names": publisher().names,
            "languages": [(one, NAMES[one], FOLDERS[one]) for one in LANGUAGES],
            "style": "site.css" if exported else place.style,
        },
    )


def path_of(narrowed: Narrowed) -> str:
    """Return where the list stands that is narrowed so, below its language's folder."""
    kind = f"kind-{narrowed.kind.value}/" if narrowed.kind else ""
    risk = f"risk-{narrowed.risk.value}/" if narrowed.risk else ""
    page = f"page-{narrowed.page}/" if narrowed.page > 1 else ""
    return kind + risk + page


def address_of(slug: str, language: str) -> str:
    """Return the path of an alert's page on this machine."""
    return f"{ROOT}{FOLDERS[language]}/{slug}/"


def publisher() -> Publisher:
    """Return who publishes, for everything that is made of alerts."""
    region = regions.load(settings.LIONROCK_REGION)
    # What is published names itself by https addresses; plain http is for trying things out.
    home = "https://" + settings.LIONROCK_URL.partition("://")[2] + ROOT
    return Publisher(
        authority=urlsplit(settings.LIONROCK_URL).hostname or "localhost",
        names={language: team_name(region, language) for language in LANGUAGES},
        home=home,
        pages={language: f"{home}{FOLDERS[language]}/{{slug}}/" for language in LANGUAGES},
        zone=ZoneInfo(settings.TIME_ZONE),
        phone=region.team.phone,
        area={language: region.names.get(language, region.names["en"]) for language in LANGUAGES},
        countries=region.countries,
    )


def team_name(region: Region, language: str) -> str:
    """Return the team's name: the administrator's, or the region pack's in the nearest language."""
    names = {**region.names, **region.team.names}
    nearest = (language, "zh-Hant", "en") if language == "zh-Hans" else (language, "en")
    return sender_name() or next(names[one] for one in nearest if one in names)


def _choices(narrowed: Narrowed, by: str, kinds: type[Kind] | type[Risk]) -> list[Choice]:
    """Return the ways of narrowing by kind or by risk; the first narrows nothing."""
    ways: list[Kind | Risk | None] = [None, *kinds]
    found = []
    for way in ways:
        if isinstance(way, Kind) or (way is None and by == "kind"):
            there = replace(narrowed, kind=way, page=1)
        else:
            there = replace(narrowed, risk=way, page=1)
        found.append(
            Choice(
                value=way.value if way else "",
                path=path_of(there),
                here=path_of(there) == path_of(replace(narrowed, page=1)),
            )
        )
    return found


def _draw(template: str, place: Place, context: Mapping[str, Any]) -> str:  # Any: a context
    names = publisher().names
    with translation.override(FOLDERS[place.language]):
        return render_to_string(
            f"alerts/public/{template}",
            {
                **context,
                "language": place.language,
                "place": place,
                "root": place.root,
                "home": f"{place.root}{FOLDERS[place.language]}/",
                "team": names[place.language],
                "site": f"{settings.LIONROCK_URL}{ROOT}{FOLDERS[place.language]}/",
            },
        )
