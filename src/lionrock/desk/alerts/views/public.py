"""The public site: everybody reads it, nobody signs in, no cookie is set, no script runs."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, cast

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from lionrock.desk.alerts import formats, site
from lionrock.desk.alerts.selectors.public import (
    Narrowed,
    by_number,
    by_slug,
    earlier_of,
    listed,
    newest,
)
from lionrock.desk.people.roles import allow_anybody

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
FRESH: Final = 60
"""Seconds for which a page may be kept by whoever stands between us and readers."""
POLICY: Final = {
    "default-src": [NONE],
    "style-src": [SELF],
    "form-action": [SELF],
    "base-uri": [NONE],
    "frame-ancestors": [NONE],
}


def public(view: View[P]) -> View[P]:
    """Let everybody open the view, under the public site's policy and for caches to keep.

    No form here acts with anybody's session, so none needs the secret that a cookie would carry.
    """

    @wraps(view)
    def shown(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        # Whether somebody is signed in was asked on the way here, and changes nothing: caches need not
        # keep a page of its own for every cookie.
        request.session.accessed = False
        response.headers.setdefault("Cache-Control", f"public, max-age={FRESH}")
        return response

    # Said last, so that what the decorators mark is the view that the address leads to.
    marked: View[P] = allow_anybody(
        cast("View[P]", csp(POLICY)(shown))
    )  # django-csp forgets arguments
    return csrf_exempt(marked)


@public
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Lead to the language that the reader's browser asks for."""
    folder = (translation.get_language() or "en").lower()
    folder = folder if folder in site.LANGUAGE_OF else "en"
    response = HttpResponseRedirect(f"{site.ROOT}{folder}/")
    response.headers["Cache-Control"] = "private, max-age=0"
    return response


@public
@require_safe
def listing(request: HttpRequest, folder: str, narrowed: Narrowed) -> HttpResponse:
    """Show the list, narrowed by kind and risk."""
    found = listed(narrowed)
    if narrowed.page > found.pages:
        return nothing_here(folder)
    place = site.Place(language=site.LANGUAGE_OF[folder], path=site.path_of(narrowed))
    return page_of(site.list_page(found, narrowed, place=place), folder)


@public
@require_safe
def alert(request: HttpRequest, folder: str, slug: str) -> HttpResponse:
    """Show one alert; a withdrawn one says so and why."""
    found = by_slug(slug)
    if found is None:
        return nothing_here(folder)
    place = site.Place(language=site.LANGUAGE_OF[folder], path=f"{slug}/")
    files = formats.files_of(found)
    return page_of(site.alert_page(found, place=place, formats=files), folder)


@public
@require_safe
def list_json(request: HttpRequest, folder: str) -> HttpResponse:
    """Give the newest alerts as JSON."""
    response = HttpResponse(formats.newest_json(newest()), content_type="application/json")
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@public
@require_safe
def atom(request: HttpRequest, folder: str) -> HttpResponse:
    """Give the newest alerts as an Atom feed."""
    return _feed(folder, "feed.atom")


@public
@require_safe
def rss(request: HttpRequest, folder: str) -> HttpResponse:
    """Give the newest alerts as an RSS feed, for readers that know no Atom."""
    return _feed(folder, "feed.rss")


@public
@require_safe
def file(request: HttpRequest, slug: str, suffix: str) -> HttpResponse:
    """Give an alert in one of the formats that programs read."""
    found, kind = by_slug(slug), formats.file_of(suffix)
    if found is None or kind is None or not kind.fits(found):
        return nothing_here("en")
    return _download(
        kind.make(found, site.publisher(), earlier_of(slug)), kind.type, f"{slug}.{suffix}"
    )


@public
@require_safe
def csaf(request: HttpRequest, edition: str, slug: str) -> HttpResponse:
    """Give a bulletin as a CSAF document, under the name that the format wants."""
    found = by_number(slug)
    known = {one.value: make for one, make in formats.CSAF.items()}
    if found is None or found.bulletin is None or edition not in known:
        return nothing_here("en")
    content = known[edition](found, site.publisher(), ())
    return _download(content, "application/json", f"{slug}.json")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Say that nothing is here: the console's own words for that are for those who sign in."""
    folder = rest.partition("/")[0]
    return nothing_here(folder if folder in site.LANGUAGE_OF else "en")


def nothing_here(folder: str) -> HttpResponse:
    """Return the page of an address where nothing is."""
    return said(
        folder,
        title=gettext_lazy("Nothing here"),
        words=gettext_lazy(
            "There is no page at this address; it may have been cut when it was copied."
        ),
        status=404,
    )


def said(
    folder: str, *, title: Promise, words: Promise, button: Promise | str = "", status: int = 200
) -> HttpResponse:
    """Return a page that says one thing, whose address may be any: its links begin at the root."""
    place = site.Place(language=site.LANGUAGE_OF[folder], rooted=True)
    context = {"title": title, "words": words, "button": button}
    return page_of(site.message_page("said", context, place=place), folder, status=status)


def page_of(content: str, folder: str, *, status: int = 200) -> HttpResponse:
    response = HttpResponse(content, status=status)
    response.headers["Content-Language"] = site.LANGUAGE_OF[folder]
    if status != 200:
        response.headers["Cache-Control"] = "no-store"
    return response


def _feed(folder: str, name: str) -> HttpResponse:
    language = site.LANGUAGE_OF[folder]
    kind, content = formats.feeds(newest(), language, now=timezone.now())[name]
    return HttpResponse(content, content_type=kind)


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
