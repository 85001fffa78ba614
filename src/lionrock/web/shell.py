"""What every page's frame needs: which parts of the product the reader may open."""

from typing import Any, Final

from django.http import HttpRequest
from django.urls import resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lionrock.desk.people.roles import TEAM, Role, roles_of

PLACES: Final[dict[str, Promise]] = {
    "suspects:front": _("Today"),
    "suspects:queue": _("Queue"),
    "suspects:list": _("All suspects"),
    "suspects:readings": _("Readings"),
    "suspects:proposals": _("Proposals"),
    "suspects:exports": _("Export"),
    "people:list": _("People"),
    "audit:log": _("Audit log"),
    "suspects:team": _("Settings"),
}
"""The navigation's pages in their order; who sees which follows from who may open it."""


def shell(request: HttpRequest) -> dict[str, Any]:  # Any: a template's context
    """Give every template the navigation of whoever is asking."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {"places": []}
    roles = roles_of(request)
    return {
        "places": [
            {"title": title, "url": reverse(page), "here": request.path == reverse(page)}
            for page, title in PLACES.items()
            if roles & _for_whom(page)
        ]
    }


def _for_whom(page: str) -> frozenset[Role]:
    # Everybody may come to the first page, but those outside the team are only sent on from there.
    if page == "suspects:front":
        return frozenset(TEAM)
    roles: frozenset[Role] = getattr(resolve(reverse(page)).func, "allowed_roles", frozenset())
    return roles
