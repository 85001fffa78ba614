"""Letters that would have left: what the local catch-all took instead of a real server."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from lionrock.desk.notices.mail import show, unpack
from lionrock.desk.notices.models import Caught
from lionrock.desk.notices.selectors.board import caught_page
from lionrock.desk.notices.views.shared import page
from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.suspects.forms import row_number


@require_safe
@allow(*TEAM)
def letters(request: HttpRequest) -> HttpResponseBase:
    """List the letters, the latest first."""
    after = row_number(request.GET.get("after", ""))
    found = caught_page(after=after)
    return page(
        request,
        "notices/caught.html",
        {
            "page": found,
            "after_url": f"?after={found.after}" if found.after else "",
            "first_url": "?" if after else "",
        },
    )


@require_safe
@allow(*TEAM)
def letter(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one letter as it arrived."""
    found = get_object_or_404(Caught.objects.select_related("letter__notice"), pk=pk)
    context = {"caught": found, "preview": show(unpack(bytes(found.body)))}
    return page(request, "notices/caught_letter.html", context)
