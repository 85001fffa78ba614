"""The series that were found among many names."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.suspects.forms import row_number
from lionrock.desk.suspects.selectors.found_series import PAGE, found_series


@require_safe
@allow(*TEAM)
def series_list(request: HttpRequest) -> HttpResponseBase:
    """List series, the highest score first, with how many of their names wait."""
    after = min(row_number(request.GET.get("after", "")) or 0, 1_000_000)
    rows, more = found_series(after=after)
    return render(
        request,
        "suspects/found_series.html",
        {"rows": rows, "after": after + PAGE if more else None, "is_first": not after},
    )
