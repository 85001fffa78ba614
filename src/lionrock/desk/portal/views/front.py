"""Where a constituent's people land: what is open with them, and what waits for their answer."""

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from lionrock.desk.events.models import Standing
from lionrock.desk.events.selectors.worst import worst_of
from lionrock.desk.people.roles import Role, allow
from lionrock.desk.people.who import person_of
from lionrock.desk.portal import own
from lionrock.desk.suspects.forms import row_number

STANDINGS = {
    "open": [Standing.OPEN],
    "unseen": [Standing.UNSEEN],
    "settled": [Standing.FIXED, Standing.NOT_OURS],
}


@require_safe
@allow(Role.CONSTITUENT)
def front(request: HttpRequest) -> HttpResponseBase:
    """Show what is open and what waits for an answer."""
    me = person_of(request)
    constituents = own.constituents_of(me)
    waiting = own.unanswered(me)
    open_ones = own.open_episodes(constituents)
    return render(
        request,
        "portal/front.html",
        {
            "constituents": constituents,
            "open": own.count(open_ones),
            "waiting_count": own.count(waiting),
            "waiting": waiting.order_by("-sent_at", "-pk")[:10],
            "episodes": worst_of(open_ones, size=10).rows,
        },
    )


@require_safe
@allow(Role.CONSTITUENT)
def episodes(request: HttpRequest) -> HttpResponseBase:
    """List one's own episodes, the latest first."""
    constituents = own.constituents_of(person_of(request))
    chosen = request.GET.get("standing", "open")
    chosen = chosen if chosen in STANDINGS else "open"
    rows = own.episodes_of(constituents).filter(standing__in=STANDINGS[chosen])
    place = _place(request)
    if place is not None:
        at, number = place
        rows = rows.filter(last_seen__lte=at).exclude(last_seen=at, pk__gte=number)
    found = list(rows.order_by("-last_seen", "-pk")[: own.PAGE + 1])
    page = found[: own.PAGE]
    after = ""
    if len(found) > own.PAGE:
        mark = f"{page[-1].last_seen.isoformat()},{page[-1].pk}"
        after = "?" + urlencode({"standing": chosen, "after": mark})
    return render(
        request,
        "portal/episodes.html",
        {
            "episodes": page,
            "standing": chosen,
            "after_url": after,
            "first_url": f"?standing={chosen}" if place else "",
        },
    )


def _place(request: HttpRequest) -> tuple[datetime, int] | None:
    at, _comma, number = request.GET.get("after", "").rpartition(",")
    try:
        when = parse_datetime(at)
    except ValueError:
        return None
    row = row_number(number)
    return None if when is None or timezone.is_naive(when) or row is None else (when, row)
