"""The people who sign in for a constituent."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lionrock.desk.constituents.forms import InviteForm
from lionrock.desk.constituents.models import Constituent
from lionrock.desk.constituents.reading import Unfit
from lionrock.desk.constituents.services import members
from lionrock.desk.constituents.views.constituent import page
from lionrock.desk.constituents.views.editing import back, say_why
from lionrock.desk.people.links import LIFETIME, address_of
from lionrock.desk.people.roles import Role, allow
from lionrock.desk.people.who import person_of
from lionrock.desk.suspects.forms import row_number


@require_POST
@never_cache
@allow(Role.ADMINISTRATOR)
def invite(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let somebody in for the constituent, and show their one-time link this once."""
    found = get_object_or_404(Constituent, pk=pk)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return page(request, pk, invite_form=form, status=400)
    try:
        person, key = members.invite(
            constituent_id=pk,
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            by=person_of(request),
            now=timezone.now(),
        )
    except Unfit as unfit:
        say_why(form, unfit)
        return page(request, pk, invite_form=form, status=400)
    if key is None:
        return back(request, pk, _("They see this constituent, too, from now on."), part="#people")
    return render(
        request,
        "constituents/link.html",
        {
            "constituent": found,
            "somebody": person,
            "address": address_of(key),
            "hours": int(LIFETIME.total_seconds() // 3600),
        },
    )


@require_POST
@allow(Role.ADMINISTRATOR)
def release(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the constituent to somebody no longer."""
    get_object_or_404(Constituent, pk=pk)
    person = row_number(request.POST.get("person", ""))
    if person is not None:
        members.release(
            constituent_id=pk, person_id=person, by=person_of(request), now=timezone.now()
        )
    return back(request, pk, part="#people")
