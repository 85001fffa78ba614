"""Roles, and who may open which page: one decorator that the matrix test can read."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class Role(StrEnum):
    """What somebody is here for; each is a Django group of that name."""

    ANALYST = "analyst"
    APPROVER = "approver"
    ADMINISTRATOR = "administrator"
    CONSTITUENT = "constituent"
    PARTNER = "partner"


TITLES: Final[dict[Role, Promise]] = {
    Role.ANALYST: _("Analyst"),
    Role.APPROVER: _("Approver"),
    Role.ADMINISTRATOR: _("Administrator"),
    Role.CONSTITUENT: _("Constituent"),
    Role.PARTNER: _("Partner"),
}

TEAM: Final[tuple[Role, ...]] = (Role.ANALYST, Role.APPROVER, Role.ADMINISTRATOR)
"""The roles of people who work in the team itself."""


def allow(*roles: Role) -> Callable[[View[P]], View[P]]:
    """Let people with one of ``roles`` open the view; answer 403 to everybody else who is signed in.

    Somebody who is not signed in never gets here: LoginRequiredMiddleware sends them to sign in.
    The view carries ``allowed_roles`` so that the matrix test can compare it with what is declared.
    """
    if not roles:
        raise ValueError("allow() needs at least one role; use allow_signed_in or allow_anybody")
    allowed = frozenset(roles)

    def mark(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not roles_of(request) & allowed:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.allowed_roles = allowed  # type: ignore[attr-defined]  # read by the matrix test
        return guarded

    return mark


def allow_signed_in(view: View[P]) -> View[P]:
    """Let everybody who is signed in open the view, whatever their roles: it shows only their own."""
    view.allowed_roles = frozenset(Role)  # type: ignore[attr-defined]  # read by the matrix test
    return view


def allow_anybody(view: View[P]) -> View[P]:
    """Let everybody open the view, signed in or not."""
    view.allowed_roles = None  # type: ignore[attr-defined]  # read by the matrix test
    return login_not_required(view)


def roles_of(request: HttpRequest) -> frozenset[Role]:
    """Return the roles of who is asking; none when they are not signed in."""
    from lionrock.desk.people.models import Person  # noqa: PLC0415  # models import this module

    person = request.user
    return person.roles if isinstance(person, Person) else frozenset()
