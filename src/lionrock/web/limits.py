"""How much a request may bring: Django itself limits forms and JSON, but not the files in a form."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from lionrock.web import errors
from lionrock.web.streamed import STREAMED


def refuse_large_bodies(
    answer: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer 413 to a request that announces more than a page or the API takes, unread.

    One that announces nothing has no body for WSGI, however much follows.
    """

    def limited(request: HttpRequest) -> HttpResponseBase:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0
        if announced.isdigit() and len(announced) < 19 and int(announced) > most:
            most = _most_of(request, most)
        if not announced.isascii() or not announced.isdigit() or int(announced[:19]) > most:
            return errors.page(
                request,
                status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                title=_("This request cannot be read"),
                words=_(
                    "Your browser sent something this page does not understand, or too much of it."
                ),
                next_step=_("Go back and try again with less."),
            )
        return answer(request)

    return limited


def _most_of(request: HttpRequest, usual: int) -> int:
    """Return how much this address takes: from somebody who is signed in, or piece by piece.

    A view that takes files carries ``largest_body``, in bytes. Strangers never get to use it: their
    file would lie on the disk before anybody asks who they are.
    """
    try:
        found = resolve(request.path_info)
    except Resolver404:
        return usual
    if found.view_name in STREAMED:
        return STREAMED[found.view_name]
    if SESSION_KEY not in request.session:
        return usual
    return max(usual, int(getattr(found.func, "largest_body", 0)))
