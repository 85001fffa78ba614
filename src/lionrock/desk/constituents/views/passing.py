"""The rules of passing on what is outside the region."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lionrock.desk.constituents.forms import PassingForm
from lionrock.desk.constituents.models import Constituent, ConstituentKind, PassingRule
from lionrock.desk.constituents.reading import Unfit
from lionrock.desk.constituents.selectors.passing import passing_feeds
from lionrock.desk.constituents.services import passing as services
from lionrock.desk.constituents.views.editing import EDITORS, say_why
from lionrock.desk.people.roles import TEAM, allow, roles_of
from lionrock.desk.people.who import person_of


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*TEAM)
def passing(request: HttpRequest) -> HttpResponseBase:
    """List the rules; add one."""
    may_edit = bool(roles_of(request) & set(EDITORS))
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    form = PassingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_passing_rule(order=form.said(), by=person_of(request), now=timezone.now())
        except Unfit as unfit:
            say_why(form, unfit)
        else:
            messages.success(request, _("The rule is in force for what is read from now on."))
            return redirect("constituents:passing")
    return render(
        request,
        "constituents/passing.html",
        {
            "rules": PassingRule.objects.select_related("partner"),
            "feeds": passing_feeds(),
            "partners": Constituent.objects.filter(active=True, kind=ConstituentKind.PARTNER),
            "form": form,
            "may_edit": may_edit,
        },
        status=400 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*EDITORS)
def passing_rule(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a rule."""
    found = get_object_or_404(PassingRule, pk=pk)
    initial: dict[str, Any] = {  # Any: each field's own
        field: getattr(found, field) for field in PassingForm.base_fields
    }
    form = PassingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_passing_rule(
                rule_id=pk, order=form.said(), by=person_of(request), now=timezone.now()
            )
        except Unfit as unfit:
            say_why(form, unfit)
        else:
            messages.success(request, _("Saved."))
            return redirect("constituents:passing")
    return render(
        request,
        "constituents/passing_rule.html",
        {"rule": found, "form": form},
        status=400 if form.errors else 200,
    )


@require_POST
@allow(*EDITORS)
def remove_passing(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove a rule."""
    services.remove_passing_rule(rule_id=pk, by=person_of(request), now=timezone.now())
    return redirect("constituents:passing")
