"""The pages of cases: the list with its counts, one case, and the rows that could not be read."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lionrock.desk.cases.forms import AsideForm, ListForm
from lionrock.desk.cases.models import RejectState
from lionrock.desk.cases.selectors import listing
from lionrock.desk.cases.services.importing import replay as read_again
from lionrock.desk.cases.services.importing import set_aside
from lionrock.desk.events.paging import row_number
from lionrock.desk.people.roles import TEAM, Role, allow, roles_of
from lionrock.desk.people.who import person_of

SETTLERS = (Role.APPROVER, Role.ADMINISTRATOR)
"""Who may say that a row will never be a case."""
URLS_SHOWN = 200


@require_safe
@allow(*TEAM)
def case_list(request: HttpRequest) -> HttpResponseBase:
    """List cases, the latest first, with how many there are of each category."""
    form = ListForm(request.GET)
    after = _place(request.GET.get("after", ""))
    page = listing.cases_page(form.filters(), after=after)
    query = form.query()
    others = {name: value for name, value in query.items() if name != "category"}
    return render(
        request,
        "cases/list.html",
        {
            "form": form,
            "page": page,
            "narrowed": bool(query),
            "narrowed_more": bool(query.keys() - {"q"}),
            "of_category": "?" + urlencode({**others, "category": ""}),
            "after_url": "?" + urlencode({**query, "after": f"{page.after[0]},{page.after[1]}"})
            if page.after
            else "",
            "first_url": "?" + urlencode(query) if after else "",
            "rejects": listing.reject_counts()[RejectState.OPEN],
            "imports": listing.imports(),
        },
    )


@require_safe
@allow(*TEAM)
def case(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one case with what imports changed of it."""
    found = listing.found(case_id=pk)
    if found is None:
        raise Http404
    return render(
        request,
        "cases/case.html",
        {
            "case": found,
            "listed": found.listed.order_by("url")[:URLS_SHOWN],
            "changes": found.changes.select_related("imported").order_by("-id"),
        },
    )


@require_safe
@allow(*TEAM)
def reject_list(request: HttpRequest) -> HttpResponseBase:
    """List the rows that could not be read, the latest first."""
    state = request.GET.get("state", "")
    state = state if state in RejectState.values else RejectState.OPEN.value
    before = row_number(request.GET.get("before", ""))
    rows, more = listing.rejects(state=state, before=before)
    counts = listing.reject_counts()
    return render(
        request,
        "cases/rejects.html",
        {
            "rows": rows,
            "state": state,
            "states": [(each, counts[each.value]) for each in RejectState],
            "older_url": "?" + urlencode({"state": state, "before": rows[-1].pk}) if more else "",
            "first_url": "?" + urlencode({"state": state}) if before is not None else "",
            "may_settle": bool(roles_of(request) & set(SETTLERS)),
        },
    )


@require_POST
@allow(*SETTLERS)
def aside(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Set a row aside that will never be a case."""
    form = AsideForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say in a sentence why it will never be a case."))
    elif set_aside(
        reject_id=pk, note=form.cleaned_data["note"], by=person_of(request), now=timezone.now()
    ):
        messages.success(request, _("The row is set aside, with your reason."))
    else:
        messages.error(request, _("Somebody settled it meanwhile. Nothing was changed."))
    return HttpResponseRedirect(reverse("cases:rejects"))


@require_POST
@allow(*TEAM)
def replay(request: HttpRequest) -> HttpResponseBase:
    """Read all open rejects again."""
    report = read_again(by=person_of(request), now=timezone.now())
    messages.info(
        request,
        _("%(added)d of %(rows)d rows were read after all.")
        % {"added": report.added, "rows": report.rows},
    )
    return HttpResponseRedirect(reverse("cases:rejects"))


def _place(text: str) -> tuple[date, int] | None:
    """Return the place that stands in an address; nonsense is None, the list's beginning."""
    day, _comma, number = text.partition(",")
    pk = row_number(number)
    try:
        return (date.fromisoformat(day), pk) if pk is not None and len(day) == 10 else None
    except ValueError:
        return None
