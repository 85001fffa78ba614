"""The addresses of the public site; what is none of them gets the site's own page, not the console's."""

import re
from typing import Final

from django.urls import URLPattern, path, register_converter

from lionrock.core.alerts import Kind, Risk
from lionrock.desk.alerts.selectors.public import Narrowed
from lionrock.desk.alerts.site import path_of
from lionrock.desk.alerts.views import public, subscribing

_NARROWED: Final = re.compile(
    r"(?:kind-([a-z]{1,20})/)?(?:risk-([a-z]{1,20})/)?(?:page-([1-9][0-9]{0,4})/)?"
)


class Folder:
    """A language's folder."""

    regex = "en|zh-hant|zh-hans"

    def to_python(self, value: str) -> str:
        """Return the folder."""
        return value

    def to_url(self, value: str) -> str:
        """Return the folder."""
        return value


class Slug(Folder):
    """The last part of an alert's address."""

    regex = "lr-[a-z0-9-]{1,90}"


class Suffix(Folder):
    """The end of a file's name."""

    regex = r"[a-z0-9]{1,10}\.[a-z0-9]{1,10}"


class CsafVersion(Folder):
    """A version of CSAF."""

    regex = r"2\.[01]"


class Narrowing:
    """How the list is narrowed, and its page: ``kind-phishing/risk-high/page-2/``, or nothing."""

    regex = _NARROWED.pattern.replace("(", "(?:").replace("(?:?:", "(?:")

    def to_python(self, value: str) -> Narrowed:
        """Return what is asked for; ValueError, as Django wants, where it is no kind, risk or page."""
        found = _NARROWED.fullmatch(value)
        if found is None or found[3] == "1":
            raise ValueError(value)
        return Narrowed(
            kind=Kind(found[1]) if found[1] else None,
            risk=Risk(found[2]) if found[2] else None,
            page=int(found[3] or 1),
        )

    def to_url(self, value: Narrowed) -> str:
        """Return its place below the language's folder."""
        return path_of(value)


register_converter(Folder, "folder")
register_converter(Slug, "alert")
register_converter(Suffix, "suffix")
register_converter(CsafVersion, "csaf")
register_converter(Narrowing, "narrowed")

app_name = "public"
urlpatterns: list[URLPattern] = [
    path("", public.front, name="front"),
    path("<folder:folder>/subscribe/", subscribing.subscribe, name="subscribe"),
    path("<folder:folder>/confirm/<slug:key>/", subscribing.confirm, name="confirm"),
    path("<folder:folder>/leave/<slug:key>/", subscribing.leave, name="leave"),
    path("<folder:folder>/alerts.json", public.list_json, name="list-json"),
    path("<folder:folder>/feed.atom", public.atom, name="atom"),
    path("<folder:folder>/feed.rss", public.rss, name="rss"),
    path("<folder:folder>/<alert:slug>/", public.alert, name="alert"),
    path("files/<alert:slug>.<suffix:suffix>", public.file, name="file"),
    path("csaf/<csaf:edition>/<alert:slug>.json", public.csaf, name="csaf"),
    path("<folder:folder>/<narrowed:narrowed>", public.listing, name="list"),
    path("<path:rest>", public.lost, name="lost"),
]
