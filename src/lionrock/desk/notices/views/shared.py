"""What every page of notices shares: who may do what, and the stop switch above it."""

from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from lionrock.desk.notices.models import Mailing, Notice
from lionrock.desk.people.roles import Role, roles_of

DECIDERS: Final = (Role.APPROVER, Role.ADMINISTRATOR)
"""Who lets letters leave the house."""


def page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],  # Any: a template's context
    *,
    status: int = 200,
) -> HttpResponseBase:
    """Draw a page with the stop switch's state."""
    roles = roles_of(request)
    shared = {
        "mailing": Mailing.objects.filter(pk=1).first() or Mailing(),
        "may_decide": bool(roles & set(DECIDERS)),
        "may_administer": Role.ADMINISTRATOR in roles,
    }
    return render(request, template, {**shared, **context}, status=status)


def stale(request: HttpRequest, notice: Notice, *, typed: str = "") -> HttpResponseBase:
    """Say that somebody, or the worker, was faster; 409."""
    return page(request, "notices/stale.html", {"notice": notice, "typed": typed}, status=409)
