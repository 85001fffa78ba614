"""What is new or rising, and what people want told of it."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.people.who import person_of
from lionrock.desk.trends.models import Standing
from lionrock.desk.trends.selectors import rows
from lionrock.desk.trends.services import drafts, wishes

SPANS: Final = {"30": timedelta(days=30), "90": timedelta(days=90), "": None}
"""For how long a series can be watched or muted; without a span for ever."""


@require_safe
@allow(*TEAM)
def trend_list(request: HttpRequest) -> HttpResponseBase:
    """Show the last day's trends, earlier ones, and what is watched and muted."""
    return render(request, "trends/list.html", {"today": rows.today()})


@require_safe
@allow(*TEAM)
def trend(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one trend with its course, figures and members."""
    row = rows.row_of(pk)
    if row is None:
        raise Http404
    facts = rows.facts_of(row.trend)
    return render(request, "trends/trend.html", {"row": row, "facts": facts})


@require_POST
@allow(*TEAM)
def draft(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Draft an alert from a trend, or go to the draft there is."""
    row = rows.row_of(pk)
    if row is None:
        raise Http404
    made = drafts.draft(trend=row.trend, by=person_of(request), now=timezone.now())
    if made is None:
        messages.error(
            request,
            _("Counts alone make no draft of this trend: begin one and add what is known."),
        )
        return HttpResponseRedirect(reverse("trends:trend", args=[pk]))
    return HttpResponseRedirect(reverse("alerts:draft", args=[made.pk]))


@require_POST
@allow(*TEAM)
def wish(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Watch or mute a trend's series."""
    if rows.row_of(pk) is None:
        raise Http404
    standing, days = request.POST.get("standing", ""), request.POST.get("days", "")
    if standing not in Standing.values or days not in SPANS:
        messages.error(request, _("Choose what is wanted, and for how long."))
        return HttpResponseRedirect(reverse("trends:trend", args=[pk]))
    span, now = SPANS[days], timezone.now()
    wishes.wish(
        trend_id=pk,
        standing=Standing(standing),
        until=timezone.localdate(now) + span if span else None,
        note=request.POST.get("note", "").strip(),
        by=person_of(request),
        now=now,
    )
    messages.success(
        request,
        _("The series is muted: it is told no longer.")
        if standing == Standing.MUTED
        else _("The series is watched: it is told sooner."),
    )
    return HttpResponseRedirect(reverse("trends:list"))


@require_POST
@allow(*TEAM)
def take_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Watch or mute a series no longer."""
    wishes.take_back(wish_id=pk, by=person_of(request), now=timezone.now())
    messages.success(request, _("The series is told as any other."))
    return HttpResponseRedirect(reverse("trends:list"))
