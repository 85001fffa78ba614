"""What an administrator does to streams; each act is on record with who did it."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lionrock.core.errors import GiveUp
from lionrock.core.streams import StreamKind
from lionrock.desk.audit.services import record
from lionrock.desk.feeds.services import secrets
from lionrock.desk.people.roles import Role, allow
from lionrock.desk.people.who import person_of
from lionrock.desk.streams.forms import AddForm, SecretForm
from lionrock.desk.streams.services import setting_up
from lionrock.desk.streams.views.pages import found, list_page


@require_POST
@allow(Role.ADMINISTRATOR)
def add(request: HttpRequest) -> HttpResponseBase:
    """Make a stream; it is not started."""
    form = AddForm(request.POST, auto_id="add-%s", label_suffix="")
    if not form.is_valid():
        return list_page(request, form=form, status=400)
    said = form.cleaned_data
    try:
        setting_up.add(
            name=said["name"],
            kind=StreamKind(said["kind"]),
            address=said["address"],
            account=said["account"],
            options=said["options"],
            by=person_of(request),
            now=timezone.now(),
        )
    except GiveUp as error:
        form.add_error(None, str(error))
        return list_page(request, form=form, status=400)
    messages.success(request, _("The stream is added. It is read once you start it."))
    return _back(said["name"])


@require_POST
@allow(Role.ADMINISTRATOR)
def start(request: HttpRequest, name: str) -> HttpResponseBase:
    """Have a stream read from now on."""
    found(name)
    return _done(
        request,
        name,
        lambda: setting_up.start(name=name, by=person_of(request), now=timezone.now()),
        _("The stream is started: a worker takes it up."),
    )


@require_POST
@allow(Role.ADMINISTRATOR)
def stop(request: HttpRequest, name: str) -> HttpResponseBase:
    """Have a stream read no longer."""
    found(name)
    return _done(
        request,
        name,
        lambda: setting_up.stop(name=name, by=person_of(request), now=timezone.now()),
        _("The stream is stopped. It keeps its place."),
    )


@require_POST
@allow(Role.ADMINISTRATOR)
def seen(request: HttpRequest, name: str) -> HttpResponseBase:
    """Say that the alarm was looked at; the stream is read again."""
    found(name)
    return _done(
        request,
        name,
        lambda: setting_up.silence(name=name, by=person_of(request), now=timezone.now()),
        _("The alarm is marked as seen; the stream is read again from where it stood."),
    )


@require_POST
@allow(Role.ADMINISTRATOR)
def skip(request: HttpRequest, name: str) -> HttpResponseBase:
    """Go on from the log's end; what lies between is a gap on record."""
    found(name)
    return _done(
        request,
        name,
        lambda: setting_up.skip(name=name, to=None, by=person_of(request), now=timezone.now()),
        _("The stream goes on from the log’s end. What was skipped stands among its gaps."),
    )


@require_POST
@allow(Role.ADMINISTRATOR)
def secret(request: HttpRequest, name: str) -> HttpResponseBase:
    """Keep or forget the password or key that a stream is read with."""
    row = found(name)
    form = SecretForm(request.POST)
    if row.stream.kind not in setting_up.SECRETIVE or not form.is_valid():
        messages.error(request, _("That is no password or key that this stream could use."))
        return _back(name)
    data, kept = Path(settings.LIONROCK_DATA), setting_up.secret_name(name)
    value = form.cleaned_data["secret"]
    with transaction.atomic():
        record(
            by=person_of(request),
            action="stream.secret" if value else "stream.secret-forgotten",
            subject=name,
            details={},
            now=timezone.now(),
        )
        if value:
            secrets.keep_secret(
                data=data, feed=kept, kind=secrets.Kind.PASSWORD, value=value.encode()
            )
        else:
            secrets.forget_secret(data=data, feed=kept, kind=secrets.Kind.PASSWORD)
    messages.success(request, _("The password or key is kept.") if value else _("It is forgotten."))
    return _back(name)


@require_POST
@allow(Role.ADMINISTRATOR)
def follow(request: HttpRequest) -> HttpResponseBase:
    """Follow a list of certificate logs, or no longer."""
    wanted = request.POST.get("follow") == "yes"
    address = request.POST.get("address", "")[:2000]
    try:
        setting_up.follow(address=address, wanted=wanted, by=person_of(request), now=timezone.now())
    except GiveUp as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("The list is looked at within ten minutes, and twice a day from then on.")
            if wanted
            else _("The list is no longer looked at."),
        )
    return HttpResponseRedirect(reverse("streams:list"))


def _done(
    request: HttpRequest, name: str, act: Callable[[], object], words: str
) -> HttpResponseBase:
    try:
        act()
    except GiveUp as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    if request.POST.get("back") == "list":
        return HttpResponseRedirect(reverse("streams:list"))
    return _back(name)


def _back(name: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("streams:stream", args=[name]))
