"""The list of constituents, and adding one."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lionrock.desk.constituents.forms import IdentityForm, ListForm
from lionrock.desk.constituents.models import ConstituentKind
from lionrock.desk.constituents.reading import Unfit
from lionrock.desk.constituents.selectors.listing import constituents_page
from lionrock.desk.constituents.services.constituents import add_constituent
from lionrock.desk.constituents.views.editing import EDITORS, form_page, say_why
from lionrock.desk.people.roles import TEAM, allow, roles_of
from lionrock.desk.people.who import person_of


@require_safe
@allow(*TEAM)
def constituents(request: HttpRequest) -> HttpResponseBase:
    """List whom we serve or tell."""
    form = ListForm(request.GET)
    after = request.GET.get("after", "")[:200].replace("\0", "")
    page = constituents_page(form.filters(), after=after)
    query = form.query()
    return render(
        request,
        "constituents/list.html",
        {
            "form": form,
            "page": page,
            "narrowed": bool(query),
            "narrowed_more": bool(query.keys() - {"q"}),
            "after_url": "?" + urlencode({**query, "after": page.after}) if page.after else "",
            "first_url": "?" + urlencode(query) if after else "",
            "may_edit": bool(roles_of(request) & set(EDITORS)),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*EDITORS)
def add(request: HttpRequest) -> HttpResponseBase:
    """Add a constituent; its networks and contacts are added on its page."""
    initial = {"kind": ConstituentKind.ORGANISATION}
    form = IdentityForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_constituent(
                identity=form.identity(),
                source="person",
                by=person_of(request),
                now=timezone.now(),
            )
        except Unfit as unfit:
            say_why(form, unfit)
        else:
            return redirect("constituents:constituent", pk=made.pk)
    return form_page(
        request,
        form,
        title=_("Add a constituent"),
        lead=_("What it holds and whom to write to comes next. Its letters wait for a person."),
        button=_("Add"),
    )
