"""What every form about constituents shares: who may send it, and how it is drawn again."""

from typing import Any, Final

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from lionrock.desk.constituents.models import Constituent
from lionrock.desk.constituents.reading import Unfit, Why
from lionrock.desk.constituents.words import in_words
from lionrock.desk.people.roles import Role

EDITORS: Final = (Role.APPROVER, Role.ADMINISTRATOR)
"""Where letters go is decided by those who may let them go."""

_FIELD_OF: Final = {
    Why.EMAIL: "email",
    Why.NAME: "name",
    Why.KEY: "pgp_key",
    Why.SECRET_KEY: "pgp_key",
    Why.KEY_EXPIRED: "pgp_key",
    Why.KEY_REVOKED: "pgp_key",
    Why.CONTRADICTS: "upstream",
}


def form_page(
    request: HttpRequest,
    form: Form,
    *,
    title: str | Promise,
    constituent: Constituent | None = None,
    lead: str | Promise = "",
    button: str | Promise = "",
    **context: Any,  # Any: a template's context
) -> HttpResponseBase:
    """Draw a page that is one form."""
    return render(
        request,
        "constituents/form.html",
        {
            "form": form,
            "title": title,
            "lead": lead,
            "constituent": constituent,
            "button": button or _("Save"),
            **context,
        },
        status=400 if form.is_bound else 200,
    )


def say_why(form: Form, unfit: Unfit) -> None:
    """Write beside the right field why its value cannot be taken."""
    field = _FIELD_OF.get(unfit.why)
    form.add_error(field if field in form.fields else None, in_words(unfit))


def stale(request: HttpRequest, constituent: Constituent) -> HttpResponseBase:
    """Say that somebody changed the constituent meanwhile; 409."""
    return render(request, "constituents/stale.html", {"constituent": constituent}, status=409)


def back(request: HttpRequest, pk: int, said: str = "", *, part: str = "") -> HttpResponseBase:
    """Go back to the constituent's page, saying what was done."""
    if said:
        messages.success(request, said)
    return HttpResponseRedirect(reverse("constituents:constituent", args=[pk]) + part)
