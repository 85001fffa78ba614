"""What every page's frame needs: which parts of the product the reader may open."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lionrock.desk.people.roles import TEAM, Role, roles_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One entry of the navigation: the page's name in the URLs, its title, who may open it."""

    page: str
    title: Promise
    roles: tuple[Role, ...]


PLACES = (
    Place(page="suspects:front", title=_("Today"), roles=TEAM),
    Place(page="suspects:queue", title=_("Queue"), roles=TEAM),
    Place(page="suspects:list", title=_("Suspects"), roles=TEAM),
    Place(page="people:list", title=_("People"), roles=(Role.ADMINISTRATOR,)),
    Place(page="audit:log", title=_("Audit log"), roles=(Role.ADMINISTRATOR,)),
)


def shell(request: HttpRequest) -> dict[str, Any]:  # Any: a template's context
    """Give every template the navigation of whoever is asking."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {"places": []}
    roles = roles_of(request)
    return {"places": [place for place in map(linked, PLACES) if roles & set(place["roles"])]}


def linked(place: Place) -> dict[str, Any]:  # Any: a template's context
    """Return the place with its address."""
    return {"title": place.title, "roles": place.roles, "url": reverse(place.page)}
