"""Who would be told about something, in which order, and why."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lionrock.core.errors import GiveUp
from lionrock.desk.constituents.forms import WhoForm
from lionrock.desk.constituents.selectors.responsible import Answered, who_hears
from lionrock.desk.people.roles import TEAM, allow


@require_safe
@allow(*TEAM)
def who(request: HttpRequest) -> HttpResponseBase:
    """Answer for one asset."""
    asked = "asset" in request.GET
    form = WhoForm(request.GET if asked else None)
    answered: Answered | None = None
    if asked and form.is_valid():
        try:
            answered = who_hears(_refanged(form.cleaned_data["asset"]), at=timezone.now())
        except GiveUp:
            form.add_error("asset", _("This is no address, network, ASN, host name or URL."))
    return render(
        request,
        "constituents/who.html",
        {
            "form": form,
            "ladder": answered.ladder if answered else None,
            "outside": answered.outside if answered else None,
            "asset": request.GET.get("asset", ""),
        },
        status=400 if asked and form.errors else 200,
    )


def _refanged(text: str) -> str:
    """Read ``hxxp://a[.]example`` as people copy it from a letter."""
    text = text.strip().replace("[.]", ".").replace("[:]", ":")
    return text.replace("hxxp", "http", 1) if text.lower().startswith("hxxp") else text
