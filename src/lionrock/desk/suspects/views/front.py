"""The first page: in one look, how much was read and reported, what waits, what is broken."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lionrock.desk.events.selectors.today import road_today
from lionrock.desk.models.current import current_version
from lionrock.desk.people.roles import TEAM, Role, allow_signed_in, roles_of
from lionrock.desk.streams.selectors.rows import in_trouble
from lionrock.desk.suspects.selectors.figures import figures
from lionrock.desk.suspects.selectors.queue import todays_budget
from lionrock.desk.suspects.views.here import midnight, this_machine


@require_safe
@allow_signed_in
def front(request: HttpRequest) -> HttpResponseBase:
    """Show today's figures to the team; send others, who land here too, to what is for them."""
    roles = roles_of(request)
    if not roles & set(TEAM):
        if Role.CONSTITUENT in roles:
            return redirect("portal:front")
        return redirect("suspects:exports" if Role.PARTNER in roles else "people:profile")
    now = timezone.now()
    today = midnight(now)
    return render(
        request,
        "suspects/front.html",
        {
            "figures": figures(
                midnight=today, machine=this_machine(), version=current_version(), now=now
            ),
            "budget": todays_budget(midnight=today),
            "road": road_today(midnight=today, now=now),
            "streams_in_trouble": in_trouble(now=now),
            "now": now,
        },
    )
