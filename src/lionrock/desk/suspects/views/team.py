"""The team's own settings."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lionrock.desk.people.roles import Role, allow
from lionrock.desk.people.who import person_of
from lionrock.desk.suspects import services
from lionrock.desk.suspects.forms import TeamForm
from lionrock.desk.suspects.models import Tlp
from lionrock.desk.suspects.selectors.queue import team


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.ADMINISTRATOR)
def team_settings(request: HttpRequest) -> HttpResponseBase:
    """Show and change how much a day holds and how exports are labelled."""
    if request.method == "POST":
        form = TeamForm(request.POST, label_suffix="")
        if form.is_valid():
            services.set_team(
                daily_budget=form.cleaned_data["daily_budget"],
                export_tlp=Tlp(form.cleaned_data["export_tlp"]),
                by=person_of(request),
                now=timezone.now(),
            )
            messages.success(request, _("The team's settings are saved."))
            return HttpResponseRedirect(reverse("suspects:team"))
        return render(request, "suspects/team.html", {"form": form}, status=400)
    now_is = team()
    form = TeamForm(initial={"daily_budget": now_is.daily_budget, "export_tlp": now_is.export_tlp})
    return render(request, "suspects/team.html", {"form": form})
