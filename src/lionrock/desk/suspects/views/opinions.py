"""What second opinions cost, and how often people agreed with the models that gave them."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.suspects.asking import day_of, endpoint_here, limits_here
from lionrock.desk.suspects.selectors.opinions import (
    agreements,
    model_days,
    rests_until,
    spent_on,
)


@require_safe
@allow(*TEAM)
def opinions(request: HttpRequest) -> HttpResponseBase:
    """Show which model is asked, what leaves for it, what it cost and how far it is worth it."""
    now = timezone.now()
    endpoint = endpoint_here()
    return render(
        request,
        "suspects/opinions.html",
        {
            "endpoint": endpoint,
            "limits": limits_here(),
            "spent": spent_on(day_of(now)),
            "rests_until": rests_until(endpoint.model, now=now) if endpoint else None,
            "agreements": agreements(),
            "days": model_days(),
        },
    )
