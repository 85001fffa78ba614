"""The list of episodes, one episode with everything around it, and what a person says of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_POST, require_safe

from lionrock.desk.events.forms import StandForm
from lionrock.desk.events.models import Episode, Standing
from lionrock.desk.events.selectors.episode import (
    aged,
    events_by_day,
    ladder_of,
    notices_of,
    others_of,
    said_of,
    sources_of,
)
from lionrock.desk.events.selectors.episodes import (
    DOWN,
    FACETS,
    episodes_page,
    survey_episodes,
)
from lionrock.desk.events.selectors.events import events_of
from lionrock.desk.events.selectors.names import constituents_named
from lionrock.desk.events.services.stand import Stale, stand
from lionrock.desk.events.shown import defanged
from lionrock.desk.events.timeline import timeline
from lionrock.desk.events.views.lists import (
    listing,
)
from lionrock.desk.notices.selectors.looks import looks_of
from lionrock.desk.people.roles import TEAM, Role, allow, roles_of
from lionrock.desk.people.who import person_of

EVENTS: Final = 25
_ASK: Final = {Role.APPROVER, Role.ADMINISTRATOR}
"""Who may ask for a look of ours."""
MANY: Final[dict[str, tuple[Promise, str]]] = {
    "cves": (_lazy("CVE ids"), ""),
    "addresses": (_lazy("Other addresses"), "address"),
    "hosts": (_lazy("Other host names"), "host"),
    "urls": (_lazy("Other URLs"), "url"),
    "others": (_lazy("Other ends"), "end"),
}
"""The fields of an episode that may hold several values, and how each is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """A field with several values; ``more`` of them are not kept."""

    title: str
    values: tuple[str, ...]
    more: int


@require_safe
@allow(*TEAM)
def episode_list(request: HttpRequest) -> HttpResponseBase:
    """Show episodes, the one seen last first, narrowed in any way."""
    shown = listing(
        request,
        standing=True,
        columns=FACETS,
        order=DOWN,
        page_of=episodes_page,
        survey_of=survey_episodes,
    )
    return render(request, "events/episodes.html", shown)


@require_safe
@allow(*TEAM)
def episode(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one episode: its course, its sources, the facts, who is told, what was said."""
    return _page(request, get_object_or_404(Episode, pk=pk))


@require_POST
@allow(*TEAM)
def say(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say that it is fixed, not theirs, or open after all."""
    found = get_object_or_404(Episode, pk=pk)
    form = StandForm(request.POST)
    if not form.is_valid():
        return _page(request, found, status=400)
    said = form.cleaned_data
    try:
        stand(
            episode_id=found.pk,
            seen_standing=Standing(said["seen"]),
            standing=Standing(said["standing"]),
            by=person_of(request),
            note=said["note"],
            now=timezone.now(),
        )
    except Stale:
        messages.error(
            request, _("Where it stands was changed meanwhile; look again. Nothing was changed.")
        )
        return _page(request, Episode.objects.get(pk=found.pk), status=409)
    messages.success(request, _("That is kept, with your name and note."))
    return HttpResponseRedirect(reverse("events:episode", args=[found.pk]))


def _page(request: HttpRequest, found: Episode, *, status: int = 200) -> HttpResponseBase:
    events, more = events_of(found, size=EVENTS)
    by_day = events_by_day(found) or {_day(found.last_seen): 1}
    marks = [(when, what) for when, what in _marks(found) if when is not None]
    return render(
        request,
        "events/episode.html",
        {
            "episode": found,
            "constituent": constituents_named([found.constituent_id]).get(
                found.constituent_id or 0
            ),
            "timeline": timeline(by_day, marks=marks),
            "sources": sources_of(found),
            "events": events,
            "more_events": more,
            "notices": notices_of(found),
            "aged": aged(found),
            "ladder": ladder_of(found),
            "said": said_of(found),
            "looks": looks_of(found, asks=bool(roles_of(request) & _ASK)),
            "others": others_of(found),
            "many": _many(found),
            "unread": status == 400,
        },
        status=status,
    )


def _marks(episode: Episode) -> list[tuple[date | None, str]]:
    """Return what else happened on the line of days."""
    marks: list[tuple[date | None, str]] = []
    if episode.told_at:
        marks.append((_day(episode.told_at), "told"))
    if episode.standing_since and episode.standing != Standing.OPEN:
        marks.append((_day(episode.standing_since), str(episode.standing)))
    return marks


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()


def _many(episode: Episode) -> list[Several]:
    """Return the fields with several values, each as it is safe to show."""
    many = episode.many if isinstance(episode.many, dict) else {}
    found = []
    for name, (title, kind) in MANY.items():
        values = many.get(name)
        if isinstance(values, list) and values:
            shown = tuple(defanged(kind, str(value)) for value in values)
            found.append(
                Several(title=str(title), values=shown, more=int(many.get(f"{name}_more") or 0))
            )
    return found
