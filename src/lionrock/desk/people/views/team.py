"""The administrator's pages: who is here, and what they may do."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lionrock.desk.people import services
from lionrock.desk.people.forms import Invitation, Roles
from lionrock.desk.people.links import LIFETIME, address_of, make_link
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import TITLES, Role, allow
from lionrock.desk.people.who import person_of


@allow(Role.ADMINISTRATOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponseBase:
    """List everybody; add somebody and show the link that lets them in."""
    form = Invitation(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        by = person_of(request)
        try:
            person = services.add_person(
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                roles=form.cleaned_data["roles"],
                by=by,
                now=now,
            )
        except services.AlreadyHere:
            form.add_error("email", _("Somebody with this address is here already."))
        else:
            return show_link(request, person, key=make_link(person=person, by=by, now=now))
    everybody = Person.objects.prefetch_related("groups").order_by("-is_active", "name", "email")
    rows = [(person, titles(person)) for person in everybody]
    status = 400 if form.errors else 200
    return render(request, "people/list.html", {"rows": rows, "form": form}, status=status)


@allow(Role.ADMINISTRATOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one person and change their roles."""
    somebody = get_object_or_404(Person, pk=pk)
    form = Roles(request.POST or None, initial={"roles": sorted(somebody.roles)})
    if request.method == "POST" and form.is_valid():
        roles = form.cleaned_data["roles"]
        return changed(
            request,
            pk,
            lambda: services.set_roles(
                person_id=pk, roles=roles, by=person_of(request), now=timezone.now()
            ),
            _("The roles were changed."),
        )
    found = Authenticator.objects.filter(user=somebody)
    steps = sorted({str(step.get_type_display()) for step in found})
    context = {"somebody": somebody, "form": form, "titles": titles(somebody), "steps": steps}
    return render(request, "people/person.html", context, status=400 if form.errors else 200)


@allow(Role.ADMINISTRATOR)
@never_cache
@require_POST
def new_link(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Make a one-time link for somebody who is new or cannot get in any more."""
    somebody = get_object_or_404(Person, pk=pk, is_active=True)
    key = make_link(person=somebody, by=person_of(request), now=timezone.now())
    return show_link(request, somebody, key=key)


@allow(Role.ADMINISTRATOR)
@require_POST
def set_active(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let somebody sign in, or no longer."""
    get_object_or_404(Person, pk=pk)
    active = request.POST.get("active") == "yes"
    return changed(
        request,
        pk,
        lambda: services.set_active(
            person_id=pk, active=active, by=person_of(request), now=timezone.now()
        ),
        _("They may sign in again.") if active else _("They may no longer sign in."),
    )


@allow(Role.ADMINISTRATOR)
@require_POST
def forget_second_steps(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove the second steps of somebody who lost them."""
    get_object_or_404(Person, pk=pk)
    return changed(
        request,
        pk,
        lambda: services.forget_second_steps(
            person_id=pk, by=person_of(request), now=timezone.now()
        ),
        _("Their authenticator app, passkeys and recovery codes were removed."),
    )


def changed(
    request: HttpRequest, pk: int, change: Callable[[], object], done: str
) -> HttpResponseBase:
    """Make the change and go back to the person's page, saying what came of it."""
    try:
        change()
    except services.LastAdministrator:
        messages.error(
            request,
            _("Somebody has to remain who administers: give another person the role first."),
        )
    else:
        messages.success(request, done)
    return redirect("people:person", pk=pk)


def show_link(request: HttpRequest, person: Person, *, key: str) -> HttpResponse:
    """Show the link once; it is not kept and cannot be shown again."""
    hours = int(LIFETIME.total_seconds() // 3600)
    context = {"somebody": person, "address": address_of(key), "hours": hours}
    return render(request, "people/link.html", context)


def titles(person: Person) -> list[str]:
    """Return the person's roles in the reader's language."""
    known = {group.name for group in person.groups.all()}
    return [str(title) for role, title in TITLES.items() if role in known]
