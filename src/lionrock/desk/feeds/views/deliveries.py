"""Every delivery as it came: what became of it, its bytes for download, and reading it again."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lionrock.desk.audit.services import record
from lionrock.desk.events import paging
from lionrock.desk.events.models import Event, Passed
from lionrock.desk.events.selectors.rejects import Which, reasons, rejects
from lionrock.desk.feeds.files import as_file
from lionrock.desk.feeds.forms import DeliveriesForm
from lionrock.desk.feeds.models import Blob, BlobState
from lionrock.desk.feeds.selectors.deliveries import Place, deliveries
from lionrock.desk.feeds.selectors.health import feed_row
from lionrock.desk.feeds.services.blobs import Damaged, open_blob
from lionrock.desk.feeds.services.reading import try_again
from lionrock.desk.people.roles import TEAM, Role, allow, roles_of
from lionrock.desk.people.who import person_of
from lionrock.feeds import catalogue
from lionrock.feeds.mailing.signed import BEGINNING, Signature, signature_of

SHOWN: Final = 20
"""Events and rejects on a delivery's page; the rest stand in their lists."""


@require_safe
@allow(*TEAM)
def delivery_list(request: HttpRequest) -> HttpResponseBase:
    """Show deliveries, the latest first."""
    form = DeliveriesForm(
        request.GET, feeds=[(feed.id, feed.title) for feed in catalogue().values()]
    )
    place = paging.read(request.GET.get("after", ""))
    after = Place(at=place[0], id=place[1][0]) if place else None
    rows, more = deliveries(form.narrowed(), after=after)
    query = form.query()
    links = {"after_url": "", "first_url": "?" + urlencode(query) if after else ""}
    if more:
        last = paging.written(rows[-1].received_at, rows[-1].pk)
        links["after_url"] = "?" + urlencode({**query, "after": last})
    return render(
        request,
        "feeds/deliveries.html",
        {"form": form, "narrowed": bool(query), "deliveries": rows, **links},
    )


@require_safe
@allow(*TEAM)
def delivery(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one delivery: where it came from, what it became, what of it could not be read."""
    blob = get_object_or_404(Blob.objects.select_related("by"), pk=pk)
    which = Which(blob=blob.pk)
    some, more = rejects(which, size=SHOWN)
    events = Event.objects.filter(blob_id=blob.pk).order_by("line", "nth")[:SHOWN]
    row = feed_row(blob.feed, now=timezone.now())
    return render(
        request,
        "feeds/delivery.html",
        {
            "blob": blob,
            "row": row,
            "signature": _signature(blob),
            "headers": sorted(blob.headers.items()),
            "reasons": reasons(which) if some else None,
            "rejects": some,
            "more_rejects": more,
            "events": events,
            "passed": Passed.objects.filter(blob_id=blob.pk)
            .order_by()
            .values("line", "nth")
            .distinct()
            .count(),
            "more_events": blob.ours > SHOWN,
            **_may(request, blob),
        },
    )


def _signature(blob: Blob) -> Signature | None:
    if blob.erased_at is not None:
        return None
    try:
        with open_blob(blob) as stream:
            return signature_of(stream.read(BEGINNING))
    except Damaged:
        return None


@require_safe
@allow(*TEAM)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the bytes as they came, as a file that no browser opens by itself.

    Its name and a header carry the feed's label; the audit log keeps who took it.
    """
    blob = get_object_or_404(Blob, pk=pk)
    row = feed_row(blob.feed, now=timezone.now())
    tlp = row.tlp if row else ""
    response = as_file(blob, name=_file_name(blob, tlp))
    record(
        by=person_of(request),
        action="delivery.downloaded",
        subject=f"{blob.feed}: {blob.name}",
        details={"sha256": blob.sha256, "tlp": tlp},
        now=timezone.now(),
    )
    response["X-Lionrock-TLP"] = tlp
    return response


@require_POST
@allow(*TEAM)
def again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Have a delivery read again that could not be, or not to its end."""
    blob = get_object_or_404(Blob, pk=pk)
    if blob.state != BlobState.FAILED or blob.erased_at is not None:
        messages.warning(
            request,
            _("It was read to its end; what a repaired reader would change, a replay shows."),
        )
    else:
        try_again(blob_id=blob.pk, by=person_of(request), now=timezone.now())
        messages.success(request, _("It is read again as soon as a worker is free."))
    return HttpResponseRedirect(reverse("feeds:delivery", args=[blob.pk]))


def _may(request: HttpRequest, blob: Blob) -> dict[str, Any]:  # Any: a template's context
    roles = roles_of(request)
    return {
        "may_again": blob.state == BlobState.FAILED and blob.erased_at is None,
        "may_replay": bool(roles & {Role.APPROVER, Role.ADMINISTRATOR})
        and blob.state == BlobState.COMPLETE
        and blob.erased_at is None,
    }


def _file_name(blob: Blob, tlp: str) -> str:
    """Return a name that says feed, number and label, and ends harmlessly whatever the sender chose."""
    label = tlp.removeprefix("TLP:").replace("+", "-").lower()
    kept = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in blob.name)
    return f"{blob.feed}-{blob.pk}-{label}-{kept[-80:].lstrip('.')}.bin"
