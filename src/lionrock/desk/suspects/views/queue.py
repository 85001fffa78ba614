"""The lists: today's queue, everything that waits, and what was decided."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.people.who import person_of
from lionrock.desk.suspects import brands
from lionrock.desk.suspects.explained import explanations
from lionrock.desk.suspects.forms import QueueForm, read_pages, row_number
from lionrock.desk.suspects.models import State, Suspect
from lionrock.desk.suspects.selectors.opinions import opinions_of_rows
from lionrock.desk.suspects.selectors.queue import (
    COUNTED,
    Page,
    count,
    decided_page,
    queue_page,
)
from lionrock.desk.suspects.views.trail import ALL, TODAY, Trail

_OF_LETTERS: Final = frozenset(
    {"model", "lure-kind", "made", "resembles", "ending", "tenant", "punycode"}
)


@require_safe
@allow(*TEAM)
def queue(request: HttpRequest) -> HttpResponseBase:
    """Show what the team works through today."""
    return _waiting(request, TODAY)


@require_safe
@allow(*TEAM)
def everything(request: HttpRequest) -> HttpResponseBase:
    """Show all suspects of a state: the waiting by score, the decided by time of decision."""
    state = request.GET.get("state", State.WAITING)
    if state in {State.CONFIRMED, State.DISMISSED}:
        return _decided(request, State(state))
    return _waiting(request, ALL)


def _waiting(request: HttpRequest, scope: str) -> HttpResponseBase:
    now = timezone.now()
    trail = Trail.of(request, request.GET, now=now, scope=scope)
    pages = read_pages(request.GET)
    page = queue_page(trail.filters, cut=trail.cut, after=pages.after, before=pages.before)
    if pages.before is not None and not page.rows:
        page = queue_page(trail.filters, cut=trail.cut)
    found = count(trail.filters, page=page, cut=trail.cut)
    return render(
        request,
        "suspects/queue.html",
        {
            "trail": trail,
            "form": trail.form,
            "narrowed": bool(trail.form.query()),
            "narrowed_more": bool(trail.form.query().keys() - {"q"}),
            "page": page,
            "found": min(found, COUNTED),
            "found_more": found > COUNTED,
            "explanations": explanations(_unmarked(page)),
            "done": done(request),
            "opinions": opinions_of_rows(row.suspect for row in page.rows),
            **_links(trail.form, page),
        },
    )


def _decided(request: HttpRequest, state: State) -> HttpResponseBase:
    now = timezone.now()
    form = QueueForm(request.GET, book=brands.current(), state=state)
    filters = form.filters(state=state, person=person_of(request), now=now)
    suspects, more = decided_page(filters, after=_after_decision(request.GET))
    last = suspects[-1] if suspects else None
    query = {"state": state.value, **form.query()}
    link = ""
    if more and last and last.decided_at:
        link = "?" + urlencode({**query, "after": f"{last.decided_at.isoformat()},{last.pk}"})
    return render(
        request,
        "suspects/decided.html",
        {
            "form": form,
            "narrowed": bool(form.query()),
            "narrowed_more": bool(form.query().keys() - {"q"}),
            "state": state,
            "suspects": suspects,
            "after_url": link,
            "first_url": "?" + urlencode(query) if "after" in request.GET else "",
        },
    )


def done(request: HttpRequest) -> Suspect | None:
    """Return the suspect this person decided just before, to offer taking it back."""
    number = row_number(request.GET.get("done", ""))
    if number is None:
        return None
    mine = Suspect.objects.filter(decided_by=person_of(request).pk)
    return mine.filter(pk=number).first()


def _unmarked(page: Page) -> list[str]:
    """Return the hosts of a page in which no look-alike was found, so that only letters can tell why."""
    return [
        row.suspect.host
        for row in page.rows
        if all(reason.code in _OF_LETTERS for reason in row.suspect.seen_reasons())
    ]


def _links(form: QueueForm, page: Page) -> dict[str, Any]:  # Any: a template's context
    links = {"before_url": "", "after_url": ""}
    if page.rows and page.has_before:
        links["before_url"] = _link(form, "before", page.rows[0].suspect)
    if page.rows and page.has_after:
        links["after_url"] = _link(form, "after", page.rows[-1].suspect)
    return links


def _link(form: QueueForm, side: str, suspect: Suspect) -> str:
    return "?" + urlencode({**form.query(), side: f"{suspect.score!r},{suspect.pk}"})


def _after_decision(data: QueryDict) -> tuple[datetime, int] | None:
    at, _comma, number = data.get("after", "").rpartition(",")
    try:
        when = parse_datetime(at)
    except ValueError:
        return None
    row = row_number(number)
    if when is None or timezone.is_naive(when) or row is None:
        return None
    return when, row
