"""What every page's frame needs: which parts of the product the reader may open."""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lionrock.desk.people.roles import TEAM, Role, roles_of
from lionrock.desk.sample.selectors.present import is_there


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Pages that belong together; the first that a reader may open is where the group's name leads."""

    title: Promise
    pages: dict[str, Promise]


PLACES: Final[tuple[Group, ...]] = (
    Group(title=_("Today"), pages={"suspects:front": _("Today")}),
    Group(
        title=_("Suspects"),
        pages={
            "suspects:queue": _("Queue"),
            "suspects:list": _("All suspects"),
            "suspects:found-series": _("Series"),
            "suspects:readings": _("Readings"),
            "streams:list": _("Streams"),
            "suspects:proposals": _("Proposals"),
            "suspects:exports": _("Export"),
        },
    ),
    Group(
        title=pgettext_lazy("what third parties report", "Reports"),
        pages={
            "events:episodes": _("Episodes"),
            "events:list": _("Events"),
            "feeds:list": _("Feeds"),
            "feeds:deliveries": _("Deliveries"),
            "events:rejects": _("Rejects"),
        },
    ),
    Group(
        title=_("Notices"),
        pages={
            "notices:list": _("Notices"),
            "notices:attention": _("Needs a person"),
            "notices:caught": _("Caught letters"),
            "notices:mailing": _("Mail"),
        },
    ),
    Group(
        title=_("Alerts"),
        pages={
            "alerts:list": _("Drafts and alerts"),
            "trends:list": _("Trends"),
            "news:list": _("Stories"),
            "news:sources": _("Sources of news"),
            "reports:list": _("Watch Reports"),
            "alerts:figures": _("Figures of the work"),
        },
    ),
    Group(
        title=_("Constituents"),
        pages={
            "constituents:list": _("Constituents"),
            "constituents:who": _("Who would be told?"),
            "constituents:rules": _("Rules"),
            "constituents:passing": _("Passing on"),
            "constituents:import": _("Import"),
        },
    ),
    Group(
        title=_("Cases"),
        pages={"cases:list": _("Cases"), "cases:rejects": _("Rejected rows")},
    ),
    Group(
        title=_("My organisation"),
        pages={
            "portal:front": _("Overview"),
            "portal:episodes": _("Reports"),
            "portal:notices": _("Notices"),
            "portal:wishes": _("How you are told"),
        },
    ),
    Group(
        title=_("Team"),
        pages={
            "people:list": _("People"),
            "audit:log": _("Audit log"),
            "suspects:team": _("Settings"),
            "models:list": _("Models"),
        },
    ),
)
"""The navigation in its order, in groups; who sees which page follows from who may open it."""

_OWN: Final = "people:profile"
"""What lies under it is one's own and belongs to no group, though its address begins like one."""


def shell(request: HttpRequest) -> dict[str, Any]:  # Any: a template's context
    """Give every template the groups of whoever is asking, and the pages of the one they are in."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {"groups": [], "places": [], "made_up": False}
    roles = roles_of(request)
    open_to = [
        (group, {page: reverse(page) for page in group.pages if roles & _for_whom(page)})
        for group in PLACES
    ]
    here = _nearest(request.path, [url for _group, pages in open_to for url in pages.values()])
    groups = [
        {
            "title": group.title,
            "url": next(iter(pages.values())),
            "here": _mark(request.path, here, pages),
        }
        for group, pages in open_to
        if pages
    ]
    places = [
        {"title": group.pages[page], "url": url, "here": _mark(request.path, here, {page: url})}
        for group, pages in open_to
        if here in pages.values() and len(group.pages) > 1
        for page, url in pages.items()
    ]
    return {"groups": groups, "places": places, "made_up": bool(roles & set(TEAM)) and is_there()}


def _nearest(path: str, urls: list[str]) -> str:
    """Return the place that a page is, or lies under; "" when it lies under none."""
    if path in urls:
        return path
    if path.startswith(reverse(_OWN)):
        return ""
    return max((url for url in urls if url != "/" and path.startswith(url)), key=len, default="")


def _mark(path: str, here: str, pages: dict[str, str]) -> str:
    """Return how ARIA says "you are here": at the page itself, or somewhere under it."""
    if not here or here not in pages.values():
        return ""
    return "page" if path == here and len(pages) == 1 else "true"


def _for_whom(page: str) -> frozenset[Role]:
    # Everybody may come to the first page, but those outside the team are only sent on from there.
    if page == "suspects:front":
        return frozenset(TEAM)
    roles: frozenset[Role] = getattr(resolve(reverse(page)).func, "allowed_roles", frozenset())
    return roles
