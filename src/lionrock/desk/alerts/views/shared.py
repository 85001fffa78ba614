"""What every page of alerts shares: who may decide, and what is shown to somebody who was too slow."""

from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from lionrock.desk.alerts.kept import changes
from lionrock.desk.alerts.models import Alert
from lionrock.desk.alerts.services.stale import latest
from lionrock.desk.audit.models import Entry as Recorded
from lionrock.desk.people.roles import Role

DECIDERS: Final = (Role.APPROVER, Role.ADMINISTRATOR)
"""Who approves, publishes and withdraws."""
_TYPED: Final = ("text-en", "text-zh-Hant", "text-zh-Hans", "reason", "indicators", "links", "note")


def stale(request: HttpRequest, alert: Alert) -> HttpResponseBase:
    """Say that a colleague was faster, what they did, and what was typed meanwhile; 409."""
    now_is = latest(alert)
    seen = request.POST.get("seen", "")
    before = (
        alert.versions.filter(number=int(seen)).first()
        if seen.isascii() and seen.isdigit() and len(seen) < 10
        else None
    )
    last = Recorded.objects.filter(action__startswith="alert.").order_by("-number")
    return render(
        request,
        "alerts/stale.html",
        {
            "alert": alert,
            "version": now_is,
            "changes": list(changes(before.read(), now_is.read())) if before else [],
            "typed": [request.POST[name] for name in _TYPED if request.POST.get(name)],
            "last": next((one for one in last[:200] if one.details.get("alert") == alert.pk), None),
        },
        status=409,
    )
