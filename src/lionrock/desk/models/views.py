"""The page of models: an administrator compares, switches, and goes back with one click."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lionrock.core.errors import LionrockError
from lionrock.desk.models import services
from lionrock.desk.models.models import Choice
from lionrock.desk.models.selectors.overview import overview
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role, allow
from lionrock.desk.people.who import person_of
from lionrock.names.scorer import shipped


@require_safe
@allow(Role.ADMINISTRATOR)
def models(request: HttpRequest) -> HttpResponseBase:
    """Show the model that judges, the others, and their exams side by side."""
    return render(request, "models/models.html", {"overview": overview()})


@require_POST
@allow(Role.ADMINISTRATOR)
def switch(request: HttpRequest) -> HttpResponseBase:
    """Let another model judge, when the exam lets it."""
    version, seen = request.POST.get("version", ""), request.POST.get("seen", "")

    def change(by: Person, now: datetime) -> Choice:
        return services.switch(version=version, seen=seen, by=by, now=now)

    return _apply(request, change)


@require_POST
@allow(Role.ADMINISTRATOR)
def back(request: HttpRequest) -> HttpResponseBase:
    """Let the model judge again that did before."""
    seen = request.POST.get("seen", "")

    def change(by: Person, now: datetime) -> Choice:
        return services.back(seen=seen, by=by, now=now)

    return _apply(request, change)


def _apply(request: HttpRequest, change: Callable[[Person, datetime], Choice]) -> HttpResponseBase:
    try:
        choice = change(person_of(request), timezone.now())
    except services.SwitchedMeanwhile:
        messages.error(request, _("Somebody switched meanwhile. Nothing was changed; look again."))
    except services.GateShut:
        messages.error(request, _("The exam does not let this model take over."))
    except LionrockError as error:
        messages.error(request, str(error))
    else:
        version = choice.version or shipped().version
        messages.success(
            request,
            _("From now on %(version)s judges. What waits can be judged again from the first page.")
            % {"version": version},
        )
    return HttpResponseRedirect(reverse("models:list"))
