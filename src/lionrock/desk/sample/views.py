"""What is made up, and forgetting all of it."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from lionrock.core.errors import TryLater
from lionrock.desk.people.roles import TEAM, Role, allow, roles_of
from lionrock.desk.people.who import person_of
from lionrock.desk.sample.selectors.plan import plan
from lionrock.desk.sample.selectors.present import is_there
from lionrock.desk.sample.services import forget as services
from lionrock.desk.sample.words import why_kept


class SureForm(forms.Form):
    """Asks once more."""

    sure = forms.BooleanField(label=gettext_lazy("Yes, remove all of this for good"))


@require_safe
@allow(*TEAM)
def sample(request: HttpRequest) -> HttpResponseBase:
    """Show what of the sample is there, and what would stay."""
    return _page(request, SureForm(label_suffix=""))


@require_POST
@allow(Role.ADMINISTRATOR)
def forget(request: HttpRequest) -> HttpResponseBase:
    """Remove it, once somebody said so twice."""
    form = SureForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, form, status=400)
    try:
        done = services.forget(by=person_of(request), now=timezone.now())
    except TryLater:
        refused = _("The made-up names are still being read. Try again in a few minutes.")
        return _page(request, form, refused=refused, status=409)
    messages.success(
        request,
        _(
            "Removed: %(deliveries)d deliveries with %(episodes)d episodes, %(notices)d notices, "
            "%(constituents)d constituents and %(names)d names."
        )
        % {
            "deliveries": done.deliveries,
            "episodes": done.episodes,
            "notices": done.notices,
            "constituents": done.constituents,
            "names": done.names,
        },
    )
    return redirect("sample:sample")


@require_POST
@allow(Role.ADMINISTRATOR)
def take_as_real(request: HttpRequest) -> HttpResponseBase:
    """Call what is left real."""
    services.take_as_real(by=person_of(request), now=timezone.now())
    messages.success(request, _("Nothing is called made up any more."))
    return redirect("sample:sample")


def _page(
    request: HttpRequest, form: SureForm, *, refused: str = "", status: int = 200
) -> HttpResponseBase:
    found = plan(now=timezone.now())
    return render(
        request,
        "sample/sample.html",
        {
            "there": is_there(),
            "plan": found,
            "goes": bool(found),
            "kept": [(one, why_kept(one.why)) for one in found.kept],
            "form": form,
            "refused": refused,
            "may_forget": Role.ADMINISTRATOR in roles_of(request),
        },
        status=status,
    )
