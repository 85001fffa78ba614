"""All feeds in one look, and one feed with everything an administrator may change about it."""

from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lionrock.core.errors import GiveUp
from lionrock.core.feeds import Carrier
from lionrock.desk.audit.services import record
from lionrock.desk.constituents.selectors.passing import rules_for
from lionrock.desk.events.selectors.rejects import Which, reasons
from lionrock.desk.feeds.forms import MuteForm, SettingsForm, UploadForm
from lionrock.desk.feeds.selectors.deliveries import Narrowed, deliveries
from lionrock.desk.feeds.selectors.health import FeedRow, feed_row, feed_rows
from lionrock.desk.feeds.services import secrets
from lionrock.desk.feeds.services.blobs import keep_blob
from lionrock.desk.feeds.services.collect import Surroundings, try_again
from lionrock.desk.feeds.services.collecting import collect_now, mute
from lionrock.desk.feeds.services.sources import set_up
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import TEAM, Role, allow, roles_of
from lionrock.desk.people.who import person_of

LARGEST: Final = 64 * 2**20
"""Bytes of a delivery handed over in the browser; a larger one goes into the drop folder."""
SHOWN: Final = 20
"""Deliveries on a feed's page; the rest stand in the list."""


@require_safe
@allow(*TEAM)
def feed_list(request: HttpRequest) -> HttpResponseBase:
    """Show every feed: those in use with how they fare, then those that could be."""
    rows = feed_rows(now=timezone.now())
    return render(
        request,
        "feeds/list.html",
        {
            "used": [row for row in rows if row.used],
            "available": [row for row in rows if not row.used],
        },
    )


@require_safe
@allow(*TEAM)
def feed(request: HttpRequest, feed: str) -> HttpResponseBase:
    """Show one feed: what it is, how it fares, its last deliveries, what could not be read."""
    return _page(request, _found(feed))


@require_POST
@allow(Role.ADMINISTRATOR)
def change(request: HttpRequest, feed: str) -> HttpResponseBase:
    """Change how the feed is run; the audit log says who did, never which secret."""
    row = _found(feed)
    form = SettingsForm(request.POST, row=row, has=_has(feed))
    if not form.is_valid():
        return _page(request, row, form=form, status=400)
    try:
        _set_up(feed, form, by=person_of(request))
    except GiveUp as error:
        form.add_error(None, str(error))
        return _page(request, row, form=form, status=400)
    messages.success(request, _("The settings are kept."))
    if form.cleaned_data.get("pgp"):
        _open_waiting(request, feed)
    return _back(feed)


@require_POST
@allow(*TEAM)
def collect(request: HttpRequest, feed: str) -> HttpResponseBase:
    """Have the feed collected as soon as a worker is free."""
    row = _found(feed)
    if not row.source.enabled:
        messages.error(request, _("The feed is switched off, so nothing was collected."))
        return _back(feed)
    collect_now(feed=feed, by=person_of(request), now=timezone.now())
    messages.success(request, _("It is collected as soon as a worker is free."))
    return _back(feed)


@require_POST
@allow(*TEAM)
def quiet(request: HttpRequest, feed: str) -> HttpResponseBase:
    """Mute the feed's alarm for some days, or let it ring again."""
    _found(feed)
    form = MuteForm(request.POST)
    if form.is_valid():
        days = form.cleaned_data["days"]
        mute(feed=feed, days=days, by=person_of(request), now=timezone.now())
        messages.success(
            request,
            _("The alarm stays quiet for some days.") if days else _("The alarm may ring again."),
        )
    return _back(feed)


@require_POST
@allow(*TEAM)
def upload(request: HttpRequest, feed: str) -> HttpResponseBase:
    """Keep a file handed over in the browser as a delivery; a worker reads it."""
    row = _found(feed)
    form = UploadForm(request.POST, request.FILES)
    if row.feed is None or not form.is_valid():
        return _page(request, row, upload=form, status=400)
    file = form.cleaned_data["file"]
    kept = keep_blob(
        feed=feed,
        content=file,
        name=file.name,
        carrier=Carrier.DROP,
        by=person_of(request),
        now=timezone.now(),
        limit=LARGEST,
    )
    if kept.fresh:
        messages.success(request, _("The delivery is kept and will be read."))
    else:
        messages.warning(request, _("The same bytes came before; nothing new is read."))
    return HttpResponseRedirect(reverse("feeds:delivery", args=[kept.blob.pk]))


upload.largest_body = LARGEST + 2**16  # type: ignore[attr-defined]  # read by web.limits


def _open_waiting(request: HttpRequest, feed: str) -> None:
    """Open the mails that no key opened so far, now that there is another key."""
    opened = try_again(
        feed=feed,
        around=Surroundings(data=Path(settings.LIONROCK_DATA)),
        clock=timezone.now,
    )
    if opened:
        messages.success(
            request,
            ngettext(
                "%(n)d mail that waited for a key was opened.",
                "%(n)d mails that waited for a key were opened.",
                opened,
            )
            % {"n": opened},
        )


@transaction.atomic
def _set_up(feed: str, form: SettingsForm, *, by: Person) -> None:
    """Write the form's settings and secret, both or neither."""
    said, now = form.cleaned_data, timezone.now()
    set_up(
        feed=feed,
        by=by,
        now=now,
        enabled=said["enabled"],
        carrier=said["carrier"],
        address=said["address"],
        account=said["account"],
        every_seconds=said["every"],
        tlp=said["tlp"],
        outside=said["outside"],
        options=form.options(),
    )
    folder = Path(settings.LIONROCK_DATA)
    for kind, value in form.secrets():
        action = "feed.secret" if value is not None else "feed.secret-forgotten"
        record(by=by, action=action, subject=feed, details={"kind": kind.value}, now=now)
        if value is None:
            secrets.forget_secret(data=folder, feed=feed, kind=kind)
        else:
            secrets.keep_secret(data=folder, feed=feed, kind=kind, value=value)


def _page(
    request: HttpRequest,
    row: FeedRow,
    *,
    form: SettingsForm | None = None,
    upload: UploadForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    roles = roles_of(request)
    blobs, more = deliveries(Narrowed(feed=row.id), size=SHOWN)
    shown = form
    if shown is None and Role.ADMINISTRATOR in roles and row.feed is not None:
        shown = SettingsForm(row=row, has=_has(row.id))
    return render(
        request,
        "feeds/feed.html",
        {
            "row": row,
            "form": shown,
            "upload": upload or UploadForm(auto_id="upload-%s", label_suffix=""),
            "deliveries": blobs,
            "more": more,
            "reasons": reasons(Which(feed=row.id)),
            "hearers": rules_for(row.id),
            "may_replay": bool(roles & {Role.APPROVER, Role.ADMINISTRATOR}),
            "largest": LARGEST // 2**20,
            "now": timezone.now(),
        },
        status=status,
    )


def _found(feed: str) -> FeedRow:
    row = feed_row(feed, now=timezone.now())
    if row is None:
        raise Http404
    return row


def _has(feed: str) -> set[secrets.Kind]:
    data = Path(settings.LIONROCK_DATA)
    return {kind for kind in secrets.Kind if secrets.has_secret(data=data, feed=feed, kind=kind)}


def _back(feed: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("feeds:feed", args=[feed]))
