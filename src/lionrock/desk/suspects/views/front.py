"""The first page: in one look, how much was read, what waits, what is broken."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.suspects.selectors.figures import figures
from lionrock.desk.suspects.selectors.queue import todays_budget
from lionrock.desk.suspects.views.here import midnight, this_machine


@require_safe
@allow(*TEAM)
def front(request: HttpRequest) -> HttpResponseBase:
    """Show today's figures."""
    now = timezone.now()
    today = midnight(now)
    return render(
        request,
        "suspects/front.html",
        {
            "figures": figures(midnight=today, machine=this_machine(), now=now),
            "budget": todays_budget(midnight=today),
            "now": now,
        },
    )
