"""The lists of alerts, beginning a new one, and the figures of the work on them."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from lionrock.core.alerts import Kind
from lionrock.desk.alerts import services
from lionrock.desk.alerts.forms import BeginForm
from lionrock.desk.alerts.models import Mistake, State
from lionrock.desk.alerts.selectors import board, figures
from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.people.who import person_of


@require_safe
@allow(*TEAM)
def alert_list(request: HttpRequest) -> HttpResponseBase:
    """Show the alerts of one state; without a word, what waits for somebody."""
    asked = request.GET.get("state", "")
    before = request.GET.get("before", "")
    tabs = board.tabs()
    state = State(asked) if asked in State.values else _most_pressing(tabs)
    known = before.isascii() and before.isdigit() and len(before) < 18
    rows, more = board.page(state, before=int(before) if known else None)
    return render(
        request,
        "alerts/list.html",
        {
            "tabs": tabs,
            "state": state,
            "rows": rows,
            "older": rows[-1].pk if more else None,
            "form": BeginForm(label_suffix=""),
        },
    )


@require_http_methods(["POST"])
@allow(*TEAM)
def begin(request: HttpRequest) -> HttpResponseBase:
    """Begin a draft of what a person knows."""
    form = BeginForm(request.POST, label_suffix="")
    if not form.is_valid():
        return HttpResponseRedirect(reverse("alerts:list"))
    alert = services.begin(
        kind=Kind(form.cleaned_data["kind"]),
        title={"en": " ".join(form.cleaned_data["title"].split())},
        by=person_of(request),
        now=timezone.now(),
    )
    return HttpResponseRedirect(reverse("alerts:draft", args=[alert.pk]))


@require_safe
@allow(*TEAM)
def work_figures(request: HttpRequest) -> HttpResponseBase:
    """Show alerts per analyst-hour, the share of drafts kept, and errors found after publication."""
    now = timezone.now()
    return render(
        request,
        "alerts/figures.html",
        {
            "months": figures.months(now=now, zone=ZoneInfo(settings.TIME_ZONE)),
            "readers": figures.readers(),
            "mistakes": Mistake.objects.select_related("alert", "found_by", "corrected").order_by(
                "-found_at"
            )[:50],
        },
    )


def _most_pressing(tabs: list[board.Tab]) -> State:
    waiting = (State.SUBMITTED, State.DRAFT, State.APPROVED, State.PUBLISHED)
    counts = {tab.state: tab.count for tab in tabs}
    return next((state for state in waiting if counts[state]), State.DRAFT)
