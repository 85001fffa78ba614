"""A series of look-alike names on one page, decided together."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.people.who import person_of
from lionrock.desk.suspects import services
from lionrock.desk.suspects.forms import NoteForm, row_number
from lionrock.desk.suspects.models import Dismissal, Kind, Suspect
from lionrock.desk.suspects.selectors.found_series import series_of
from lionrock.desk.suspects.selectors.suspect import (
    SERIES_PAGE,
    count_in_series,
    series_decided,
    series_waiting,
)
from lionrock.desk.suspects.views.suspect import posted_trail, stale_page
from lionrock.desk.suspects.views.trail import Trail


@require_safe
@allow(*TEAM)
def series(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the waiting names of a suspect's series, each ticked, and one decision for all."""
    return _page(request, pk, data=request.GET)


@require_POST
@allow(*TEAM)
def decide(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Confirm or dismiss the ticked names, all of them or none, and go on."""
    now = timezone.now()
    trail = posted_trail(request, now)
    shown = get_object_or_404(Suspect, pk=pk)
    members = _members(request.POST.getlist("member"))
    note = NoteForm(request.POST)
    verdict = request.POST.get("verdict", "")
    if not members or not note.is_valid() or verdict not in {Kind.CONFIRM.value, *Dismissal.values}:
        carried = QueryDict(request.POST.get("trail", ""))
        return _page(request, pk, data=carried, status=400)
    is_confirmed = verdict == Kind.CONFIRM.value
    try:
        services.decide_series(
            members=members,
            by=person_of(request),
            kind=Kind.CONFIRM if is_confirmed else Kind.DISMISS,
            reason=None if is_confirmed else Dismissal(verdict),
            note=note.cleaned_data["note"],
            now=now,
        )
    except services.Stale as stale:
        return stale_page(request, stale.suspect, trail=trail)
    except Suspect.DoesNotExist:
        carried = QueryDict(request.POST.get("trail", ""))
        return _page(request, pk, data=carried, status=400)
    messages.success(
        request,
        ngettext("%(n)d name confirmed.", "%(n)d names confirmed.", len(members))
        % {"n": len(members)}
        if is_confirmed
        else ngettext("%(n)d name dismissed.", "%(n)d names dismissed.", len(members))
        % {"n": len(members)},
    )
    return HttpResponseRedirect(trail.after(shown))


def _page(request: HttpRequest, pk: int, *, data: QueryDict, status: int = 200) -> HttpResponseBase:
    found = get_object_or_404(Suspect, pk=pk)
    trail = Trail.of(request, data, now=timezone.now())
    members = series_waiting(found)
    return render(
        request,
        "suspects/series.html",
        {
            "suspect": found,
            "series": series_of(found),
            "members": members,
            "waiting": count_in_series(found) if len(members) == SERIES_PAGE else len(members),
            "decided": series_decided(found),
            "dismissals": Dismissal.choices,
            "trail": trail,
            "back_url": trail.url_of(found),
            "unread": status == 400,
        },
        status=status,
    )


def _members(values: Sequence[str]) -> list[services.Member]:
    """Read ``id:version`` of each ticked name; [] when one of them cannot be read."""
    members = []
    for value in values[:SERIES_PAGE]:
        number, _colon, version = value.partition(":")
        suspect_id, seen_version = row_number(number), row_number(version)
        if suspect_id is None or seen_version is None:
            return []
        members.append(services.Member(suspect_id=suspect_id, seen_version=seen_version))
    return members
