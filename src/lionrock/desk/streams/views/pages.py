"""All streams in one look, and one stream with its history, gaps, rejects and alarms."""

import json
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lionrock.core.streams import StreamKind
from lionrock.desk.feeds.services.secrets import Kind, has_secret
from lionrock.desk.people.roles import TEAM, Role, allow, roles_of
from lionrock.desk.streams.forms import AddForm
from lionrock.desk.streams.models import StreamAlarm
from lionrock.desk.streams.selectors.rows import (
    StreamRow,
    alarms_of,
    gaps_of,
    history,
    log_lists,
    rejects_of,
    stream_row,
    stream_rows,
)
from lionrock.desk.streams.services.setting_up import LOG_LIST, SECRETIVE, secret_name
from lionrock.desk.suspects.forms import row_number


@require_safe
@allow(*TEAM)
def stream_list(request: HttpRequest) -> HttpResponseBase:
    """Show every stream with how it fares, those in trouble first."""
    return list_page(request)


@require_safe
@allow(*TEAM)
def stream(request: HttpRequest, name: str) -> HttpResponseBase:
    """Show one stream."""
    now = timezone.now()
    row = found(name)
    some, more = rejects_of(row.stream, size=10)
    return render(
        request,
        "streams/stream.html",
        {
            "row": row,
            "history": history(row.stream, now=now),
            "gaps": gaps_of(row.stream),
            "alarms": alarms_of(row.stream),
            "rejects": some,
            "more_rejects": more,
            "may_run": Role.ADMINISTRATOR in roles_of(request),
            "secretive": row.stream.kind in SECRETIVE,
            "has_secret": has_secret(
                data=Path(settings.LIONROCK_DATA), feed=secret_name(name), kind=Kind.PASSWORD
            ),
            "counts_entries": row.stream.kind == StreamKind.CT_LOG,
            "now": now,
        },
    )


@require_safe
@allow(*TEAM)
def rejects(request: HttpRequest, name: str) -> HttpResponseBase:
    """Show what of a stream could not be read, the latest first."""
    row = found(name)
    before = row_number(request.GET.get("before", ""))
    some, more = rejects_of(row.stream, before=before)
    return render(
        request,
        "streams/rejects.html",
        {
            "row": row,
            "rejects": some,
            "older": some[-1].pk if more else None,
            "paged": before is not None,
        },
    )


@require_safe
@allow(*TEAM)
def evidence(request: HttpRequest, name: str, pk: int) -> HttpResponseBase:
    """Hand out what a log signed and what it offered instead: proof for anybody who has its key."""
    alarm = get_object_or_404(StreamAlarm, pk=pk, stream__name=name)
    told = {"stream": name, "key": alarm.stream.options.get("key", ""), **alarm.evidence}
    return HttpResponse(
        json.dumps(told, indent=2),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="evidence-{pk}.json"'},
    )


def list_page(
    request: HttpRequest, *, form: AddForm | None = None, status: int = 200
) -> HttpResponseBase:
    """Draw the list, with the form that was filled in where one was."""
    rows = stream_rows(now=timezone.now())
    lists = log_lists()
    return render(
        request,
        "streams/list.html",
        {
            "wanted": [row for row in rows if row.stream.wanted or row.state != "stopped"],
            "stopped": [row for row in rows if not row.stream.wanted and row.state == "stopped"],
            "lists": lists,
            "offered": "" if any(each.address == LOG_LIST for each in lists) else LOG_LIST,
            "form": form or AddForm(auto_id="add-%s", label_suffix=""),
            "may_run": Role.ADMINISTRATOR in roles_of(request),
        },
        status=status,
    )


def found(name: str) -> StreamRow:
    """Return the stream of that name; raise Http404 when there is none."""
    row = stream_row(name, now=timezone.now())
    if row is None:
        raise Http404
    return row
