"""Reading deliveries again after a reader was repaired: first what would change, then the change."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lionrock.core.errors import LionrockError
from lionrock.desk.events import paging
from lionrock.desk.events.services.replay import Changes
from lionrock.desk.feeds.forms import ReplayForm
from lionrock.desk.feeds.models import Blob
from lionrock.desk.feeds.selectors.health import feed_row
from lionrock.desk.feeds.selectors.replayable import MOST, Chosen, replayable
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role, allow
from lionrock.desk.people.who import person_of


class Preview(Protocol):
    """What tells what reading a delivery again would change."""

    def __call__(self, blob: Blob, *, now: datetime) -> Changes:
        """Return the changes; raise LionrockError where the bytes cannot be read."""


class Apply(Protocol):
    """What reads a delivery again and changes what differs."""

    def __call__(self, blob: Blob, *, now: datetime, by: Person | None) -> Changes:
        """Return what was changed; raise LionrockError where the bytes cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What reading one delivery again changes; ``failure`` where it could not be."""

    blob: Blob
    changes: Changes | None = None
    failure: str = ""


@require_safe
@allow(Role.APPROVER, Role.ADMINISTRATOR)
def replay(request: HttpRequest, feed: str) -> HttpResponseBase:
    """Ask which deliveries, and show what reading them again would change; nothing is changed."""
    now = timezone.now()
    row = feed_row(feed, now=now)
    if row is None or row.feed is None:
        raise Http404
    asked = bool(request.GET)
    form = ReplayForm(request.GET if asked else None)
    chosen: Chosen | None = None
    outcomes: list[Outcome] = []
    if asked and form.is_valid():
        chosen = _chosen(feed, form)
        outcomes = [_previewed(blob, now) for blob in chosen.blobs]
    fields: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        if outcome.changes is not None:
            counts.update(outcome.changes.counts)
            fields.update(outcome.changes.fields)
    return render(
        request,
        "feeds/replay.html",
        {
            "row": row,
            "form": form,
            "chosen": chosen,
            "outcomes": [one for one in outcomes if one.changes or one.failure],
            "same": sum(1 for one in outcomes if not one.changes and not one.failure),
            "read": sum(one.changes.read for one in outcomes if one.changes is not None),
            "counts": counts,
            "fields": fields.most_common(12),
            "most": MOST,
        },
        status=400 if asked and form.errors else 200,
    )


@require_POST
@allow(Role.APPROVER, Role.ADMINISTRATOR)
def apply(request: HttpRequest, feed: str) -> HttpResponseBase:
    """Read the deliveries that were shown again, and change what differs."""
    ids = tuple(
        number
        for text in request.POST.getlist("blob")[:MOST]
        if (number := paging.row_number(text)) is not None
    )
    chosen = replayable(feed=feed, ids=ids) if ids else Chosen(blobs=(), left_out=0)
    by = person_of(request)
    change: Apply = import_string(f"{settings.REPLAYER}.apply_to")
    changed = failed = 0
    for blob in chosen.blobs:
        try:
            changed += bool(change(blob, now=timezone.now(), by=by))
        except LionrockError:
            failed += 1
    messages.success(
        request,
        ngettext("%(n)d delivery was changed.", "%(n)d deliveries were changed.", changed)
        % {"n": changed},
    )
    if failed:
        messages.error(
            request,
            ngettext(
                "%(n)d delivery could not be read again.",
                "%(n)d deliveries could not be read again.",
                failed,
            )
            % {"n": failed},
        )
    return HttpResponseRedirect(reverse("feeds:feed", args=[feed]))


def _chosen(feed: str, form: ReplayForm) -> Chosen:
    said = form.cleaned_data
    since, until = said["since"], said["until"]
    midnight = datetime.min.time()
    return replayable(
        feed=feed,
        since=timezone.make_aware(datetime.combine(since, midnight)) if since else None,
        before=timezone.make_aware(datetime.combine(until + timedelta(days=1), midnight))
        if until and until.year < 9999
        else None,
        ids=(said["blob"],) if said["blob"] else (),
    )


def _previewed(blob: Blob, now: datetime) -> Outcome:
    preview: Preview = import_string(f"{settings.REPLAYER}.preview_of")
    try:
        return Outcome(blob=blob, changes=preview(blob, now=now))
    except LionrockError as error:
        return Outcome(blob=blob, failure=str(error))
