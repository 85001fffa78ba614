"""What people read when something does not work: what happened, and what they can do next."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from lionrock.web.api.problems import problem


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403: signed in, but not for this."""
    return page(
        request,
        status=403,
        title=_("Not for your role"),
        words=_("You are signed in, but your roles do not include this page."),
        next_step=_("If you need it for your work, ask an administrator to give you the role."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404."""
    return page(
        request,
        status=404,
        title=_("Nothing here"),
        words=_("There is no page at this address."),
        next_step=_("It may have been moved, or the address was cut when it was copied."),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400."""
    return page(
        request,
        status=400,
        title=_("This request cannot be read"),
        words=_("Your browser sent something this page does not understand, or too much of it."),
        next_step=_("Go back and try again with less."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without touching session or database: either may be what broke."""
    if for_programs(request):
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "It is our fault, and was logged.")
    return render(request, "500.html", status=500, using=None)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 when a form came without the secret that its page carried."""
    return page(
        request,
        status=403,
        title=_("This form is no longer valid"),
        words=_(
            "You signed in or out in another window since the page was drawn, or your browser "
            "refuses cookies."
        ),
        next_step=_("Go back, load the page again and repeat what you did. Nothing was changed."),
    )


def page(
    request: HttpRequest, *, status: int, title: str, words: str, next_step: str
) -> HttpResponse:
    """Draw an error page; programs get problem details instead."""
    if for_programs(request):
        return problem(HTTPStatus(status), words)
    context = {"status": status, "title": title, "words": words, "next_step": next_step}
    return render(request, "web/error.html", context, status=status)


def for_programs(request: HttpRequest) -> bool:
    """Tell whether a program asks, not a person."""
    return request.path.startswith("/api/")
