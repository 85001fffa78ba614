"""Events that leave the house as files: the list as it is narrowed, in three formats."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lionrock.desk.audit.services import record
from lionrock.desk.events.selectors.events import each_event
from lionrock.desk.events.selectors.exported import reported
from lionrock.desk.events.views.lists import narrow_form
from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.people.who import person_of
from lionrock.letters import reported_csv, reported_json, reported_stix
from lionrock.letters.reported import ReportedEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write events."""

    title: Promise | str
    content_type: str
    limit: int
    """Events of one file at most, the latest."""
    write: Callable[[Iterator[ReportedEvent], datetime], Iterator[bytes]]


FORMATS: Final = {
    "csv": Format(
        title=_("Table (CSV)"),
        content_type=reported_csv.CONTENT_TYPE,
        limit=100_000,
        write=lambda events, _now: reported_csv.reported_csv(events),
    ),
    "json": Format(
        title="JSON",
        content_type=reported_json.CONTENT_TYPE,
        limit=100_000,
        write=lambda events, now: reported_json.reported_json(events, now=now),
    ),
    "stix": Format(
        title="STIX 2.1",
        content_type=reported_stix.CONTENT_TYPE,
        limit=20_000,
        write=lambda events, now: reported_stix.reported_stix(events, now=now),
    ),
}


@require_safe
@allow(*TEAM)
def export(request: HttpRequest, name: str) -> HttpResponseBase:
    """Hand out the list as narrowed, the latest first; the audit log keeps who took what."""
    chosen = FORMATS.get(name)
    if chosen is None:
        raise Http404
    now = timezone.now()
    form = narrow_form(request, standing=False)
    filters = form.filters(now=now)
    record(
        by=person_of(request),
        action="export.events",
        subject=name,
        details={"filters": form.query(), "limit": chosen.limit},
        now=now,
    )
    events = reported(each_event(filters, limit=chosen.limit))
    response = StreamingHttpResponse(chosen.write(events, now), content_type=chosen.content_type)
    file = f"events-{timezone.localtime(now):%Y%m%d-%H%M}.{'json' if name == 'stix' else name}"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    response["Cache-Control"] = "no-store"
    return response
