"""The rules of telling."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lionrock.desk.constituents.forms import RuleForm
from lionrock.desk.constituents.models import Rule
from lionrock.desk.constituents.services import rules as services
from lionrock.desk.constituents.views.editing import EDITORS
from lionrock.desk.people.roles import TEAM, allow, roles_of
from lionrock.desk.people.who import person_of


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*TEAM)
def rules(request: HttpRequest) -> HttpResponseBase:
    """List the rules in the order in which they are tried; add one."""
    may_edit = bool(roles_of(request) & set(EDITORS))
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    form = RuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.add_rule(order=form.said(), by=person_of(request), now=timezone.now())
        messages.success(request, _("The rule is in force for what is told from now on."))
        return redirect("constituents:rules")
    return render(
        request,
        "constituents/rules.html",
        {
            "rules": Rule.objects.select_related("constituent"),
            "form": form,
            "may_edit": may_edit,
        },
        status=400 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*EDITORS)
def rule(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change a rule."""
    found = get_object_or_404(Rule, pk=pk)
    initial = {field: getattr(found, field) for field in RuleForm.base_fields}
    form = RuleForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.change_rule(
            rule_id=pk, order=form.said(), by=person_of(request), now=timezone.now()
        )
        messages.success(request, _("Saved."))
        return redirect("constituents:rules")
    return render(
        request,
        "constituents/rule.html",
        {"rule": found, "form": form},
        status=400 if form.errors else 200,
    )


@require_POST
@allow(*EDITORS)
def remove(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove a rule."""
    services.remove_rule(rule_id=pk, by=person_of(request), now=timezone.now())
    return redirect("constituents:rules")
