"""A suspect's page, and the decisions taken on it: each leads to the next row of the list."""

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict

from django.forms import Form
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.people.who import person_of
from lionrock.desk.suspects import brands, services
from lionrock.desk.suspects.explained import explanations
from lionrock.desk.suspects.forms import AssignForm, CommentForm, DismissForm, VersionForm
from lionrock.desk.suspects.models import Dismissal, State, Suspect
from lionrock.desk.suspects.selectors.opinions import asks_models, opinions_of
from lionrock.desk.suspects.selectors.suspect import (
    count_in_series,
    history,
    last_change,
    series_decided,
    siblings,
)
from lionrock.desk.suspects.views.queue import done
from lionrock.desk.suspects.views.trail import Trail


@require_safe
@allow(*TEAM)
def suspect(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one suspect with everything that helps to decide."""
    return _page(request, pk, data=request.GET)


@require_POST
@allow(*TEAM)
def confirm(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Confirm, and go on."""
    form = VersionForm(request.POST)

    def service(by: Person, now: datetime) -> Suspect:
        return services.confirm(**_seen(pk, form), by=by, note=form.cleaned_data["note"], now=now)

    return _apply(request, pk, form, service, lead=_onwards)


@require_POST
@allow(*TEAM)
def dismiss(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Dismiss for a reason, and go on."""
    form = DismissForm(request.POST)

    def service(by: Person, now: datetime) -> Suspect:
        reason = Dismissal(form.cleaned_data["reason"])
        note = form.cleaned_data["note"]
        return services.dismiss(**_seen(pk, form), by=by, reason=reason, note=note, now=now)

    return _apply(request, pk, form, service, lead=_onwards)


@require_POST
@allow(*TEAM)
def undo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a decision back, and look at the suspect again."""
    form = VersionForm(request.POST)

    def service(by: Person, now: datetime) -> Suspect:
        return services.undo(**_seen(pk, form), by=by, note=form.cleaned_data["note"], now=now)

    return _apply(request, pk, form, service, lead=Trail.url_of)


@require_POST
@allow(*TEAM)
def assign(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say whose work the suspect is."""
    form = AssignForm(request.POST, people=team_people())

    def service(by: Person, now: datetime) -> Suspect:
        return services.assign(**_seen(pk, form), by=by, to=form.cleaned_data["to"], now=now)

    return _apply(request, pk, form, service, lead=Trail.url_of)


@require_POST
@allow(*TEAM)
def comment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Add a comment."""
    form = CommentForm(request.POST)

    def service(by: Person, now: datetime) -> Suspect:
        return services.comment(suspect_id=pk, by=by, note=form.cleaned_data["note"], now=now)

    return _apply(request, pk, form, service, lead=Trail.url_of)


def stale_page(request: HttpRequest, now_is: Suspect, *, trail: Trail) -> HttpResponseBase:
    """Say that a colleague was faster, what they did, and what was typed meanwhile; 409."""
    return render(
        request,
        "suspects/stale.html",
        {
            "suspect": now_is,
            "change": last_change(now_is),
            "url": trail.url_of(now_is),
            "list_url": trail.list_url,
            "typed": request.POST.get("note", ""),
        },
        status=409,
    )


def posted_trail(request: HttpRequest, now: datetime) -> Trail:
    """Return the trail that a form carried in its field ``trail``."""
    return Trail.of(request, QueryDict(request.POST.get("trail", "")), now=now)


def team_people() -> list[Person]:
    """Return everybody who may work on suspects."""
    roles = [role.value for role in TEAM]
    working = Person.objects.filter(is_active=True, groups__name__in=roles)
    return list(working.distinct().order_by("name", "email"))


class _Seen(TypedDict):
    suspect_id: int
    seen_version: int


def _seen(pk: int, form: Form) -> _Seen:
    """Return which suspect a form is about, and as of which version it was filled in."""
    return _Seen(suspect_id=pk, seen_version=form.cleaned_data["version"])


def _apply(
    request: HttpRequest,
    pk: int,
    form: Form,
    service: Callable[[Person, datetime], Suspect],
    *,
    lead: Callable[[Trail, Suspect], str],
) -> HttpResponseBase:
    """Do what a form asks for and go where ``lead`` says; an unread or stale form changes nothing."""
    if not form.is_valid():
        return _again(request, pk)
    now = timezone.now()
    trail = posted_trail(request, now)
    get_object_or_404(Suspect, pk=pk)
    try:
        changed = service(person_of(request), now)
    except services.Stale as stale:
        return stale_page(request, stale.suspect, trail=trail)
    return HttpResponseRedirect(lead(trail, changed))


def _onwards(trail: Trail, decided: Suspect) -> str:
    """Return the next row's page, which offers to take the decision back."""
    url = trail.after(decided)
    return f"{url}{'&' if '?' in url else '?'}done={decided.pk}"


def _again(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the page once more for a form that could not be read; nothing was changed."""
    return _page(request, pk, data=QueryDict(request.POST.get("trail", "")), status=400)


def _page(request: HttpRequest, pk: int, *, data: QueryDict, status: int = 200) -> HttpResponseBase:
    now = timezone.now()
    rows = Suspect.objects.select_related("decided_by", "assigned_to", "reading")
    found = get_object_or_404(rows, pk=pk)
    trail = Trail.of(request, data, now=now)
    before, after = trail.around(found)
    brand = brands.current().by_id.get(found.brand)
    official = brand.official if brand else ()
    waiting = count_in_series(found)
    return render(
        request,
        "suspects/suspect.html",
        {
            "suspect": found,
            "is_waiting": found.state == State.WAITING,
            "reasons": found.seen_reasons(),
            "explanation": explanations([found.host]).get(found.host),
            "brand": brand,
            "checked": [own for own in official if own.checked],
            "unchecked": [own for own in official if not own.checked],
            "siblings": siblings(found),
            "series_waiting": waiting,
            "series_others": waiting - (found.state == State.WAITING),
            "series_decided": [s for s in series_decided(found) if s.pk != found.pk],
            "asks_models": asks_models(),
            "said_of": opinions_of(found),
            "history": history(found),
            "people": team_people(),
            "dismissals": Dismissal.choices,
            "comment_form": CommentForm(auto_id="comment-%s", label_suffix=""),
            "trail": trail,
            "before_url": trail.url_of(before) if before else "",
            "after_url": trail.url_of(after) if after else "",
            "series_url": f"{reverse('suspects:series', args=[found.pk])}?{trail.query}",
            "done": done(request),
            "unread": status == 400,
        },
        status=status,
    )
