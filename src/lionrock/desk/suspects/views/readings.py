"""Which inputs were read, how each reading went, and what of it could not be read."""

from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.suspects.forms import row_number
from lionrock.desk.suspects.models import Reading
from lionrock.desk.suspects.selectors.opinions import asks_models
from lionrock.desk.suspects.selectors.readings import readings
from lionrock.desk.suspects.views.here import this_machine


@require_safe
@allow(*TEAM)
def reading_list(request: HttpRequest) -> HttpResponseBase:
    """Show readings, the latest first."""
    text = request.GET.get("before", "")
    before = row_number(text)
    rows, more = readings(machine=this_machine(), now=timezone.now(), before=before)
    return render(
        request,
        "suspects/readings.html",
        {
            "rows": rows,
            "older": rows[-1].reading.pk if more else None,
            "paged": before is not None,
            "asks_models": asks_models(),
        },
    )


@require_safe
@allow(*TEAM)
def rejects(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out what a reading could not read, as the scan wrote it: JSON lines."""
    reading = get_object_or_404(Reading, pk=pk)
    file = Path(reading.rejects_file)
    # The path was written by our own scan, never by a browser; it may have been tidied away since.
    if not reading.rejects_file or not file.is_file():
        raise Http404
    return FileResponse(
        file.open("rb"),
        as_attachment=True,
        filename=f"rejects-{reading.pk}{''.join(file.suffixes)}",
        content_type="application/jsonl",
    )
