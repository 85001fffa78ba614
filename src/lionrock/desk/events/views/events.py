"""The list of events, and one event with all that its source said."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from lionrock.desk.events.models import Episode, Event
from lionrock.desk.events.selectors.events import (
    DOWN,
    FACETS,
    events_page,
    survey_events,
)
from lionrock.desk.events.selectors.names import constituents_named
from lionrock.desk.events.selectors.original import original_of
from lionrock.desk.events.selectors.pages import EXPORTED
from lionrock.desk.events.views.exports import FORMATS
from lionrock.desk.events.views.lists import (
    listing,
)
from lionrock.desk.feeds.models import Blob
from lionrock.desk.people.roles import TEAM, allow


@require_safe
@allow(*TEAM)
def event_list(request: HttpRequest) -> HttpResponseBase:
    """Show events, the latest first, narrowed in any way."""
    shown = listing(
        request,
        standing=False,
        columns=FACETS,
        order=DOWN,
        page_of=events_page,
        survey_of=survey_events,
    )
    return render(
        request,
        "events/events.html",
        {
            **shown,
            "formats": FORMATS,
            "limit": EXPORTED,
            "query": request.GET.urlencode(),
        },
    )


@require_safe
@allow(*TEAM)
def event(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one event: every field, why it is in scope, the line it was made of, the other end."""
    found = get_object_or_404(Event, pk=pk)
    blob = Blob.objects.filter(pk=found.blob_id).first()
    return render(
        request,
        "events/event.html",
        {
            "event": found,
            "episode": Episode.objects.filter(pk=found.episode_id).first(),
            "blob": blob,
            "constituent": constituents_named([found.constituent_id]).get(
                found.constituent_id or 0
            ),
            "details": _details(found),
            "own": _own(found),
            "original": original_of(found, blob) if blob else None,
        },
    )


def _details(event: Event) -> list[tuple[str, list[str]]]:
    """Return what else the source said: each field with its values."""
    said = event.details if isinstance(event.details, dict) else {}
    return [
        (str(name), [str(v) for v in value] if isinstance(value, list) else [str(value)])
        for name, value in sorted(said.items())
        if not name.startswith("@")
    ]


def _own(event: Event) -> dict[str, str]:
    """Return what of ``core.events.Event`` has no column: kept among the details under an ``@``."""
    said = event.details if isinstance(event.details, dict) else {}
    return {name: str(said.get(f"@{name}", "")) for name in ("seen", "other_part", "until")}
