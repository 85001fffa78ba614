"""Whom to write to at a constituent."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lionrock.desk.constituents.forms import ContactForm
from lionrock.desk.constituents.models import Constituent, Contact
from lionrock.desk.constituents.reading import Unfit
from lionrock.desk.constituents.services import contacts as services
from lionrock.desk.constituents.views.editing import EDITORS, back, form_page, say_why
from lionrock.desk.people.roles import allow
from lionrock.desk.people.who import person_of
from lionrock.desk.suspects.forms import row_number


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*EDITORS)
def add(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Add a contact at the end of the chain."""
    found = get_object_or_404(Constituent, pk=pk)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_contact(
                constituent_id=pk,
                card=form.card(),
                source="person",
                by=person_of(request),
                now=timezone.now(),
            )
        except Unfit as unfit:
            say_why(form, unfit)
        else:
            return back(request, pk, _("Added."), part="#contacts")
    return form_page(request, form, title=_("Add a contact"), constituent=found, button=_("Add"))


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*EDITORS)
def edit(request: HttpRequest, pk: int, contact: int) -> HttpResponseBase:
    """Change a contact."""
    found = get_object_or_404(Constituent, pk=pk)
    row = get_object_or_404(Contact, pk=contact, constituent=found)
    names = ("role", "email", "name", "phone", "language", "pgp_key")
    form = ContactForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_contact(
                constituent_id=pk,
                contact_id=contact,
                card=form.card(),
                by=person_of(request),
                now=timezone.now(),
            )
        except Unfit as unfit:
            say_why(form, unfit)
        else:
            return back(request, pk, _("Saved."), part="#contacts")
    return form_page(request, form, title=_("Change a contact"), constituent=found)


@require_POST
@allow(*EDITORS)
def act(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove a contact, put it further to the front, or take a dead one for alive."""
    found = get_object_or_404(Constituent, pk=pk)
    number = row_number(request.POST.get("contact", ""))
    get_object_or_404(Contact, pk=number, constituent=found)
    services_by_name = {
        "remove": services.remove_contact,
        "raise": services.raise_contact,
        "revive": services.revive_contact,
    }
    chosen = services_by_name.get(request.POST.get("do", ""))
    if chosen is not None and number is not None:
        chosen(constituent_id=pk, contact_id=number, by=person_of(request), now=timezone.now())
    return back(request, pk, part="#contacts")
