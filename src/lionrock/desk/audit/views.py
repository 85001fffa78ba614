"""The page of the audit log, newest first."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lionrock.desk.audit.models import Entry
from lionrock.desk.audit.words import words_for, words_for_detail
from lionrock.desk.people.roles import Role, allow

PER_PAGE = 50


@allow(Role.ADMINISTRATOR)
@never_cache
@require_safe
def log(request: HttpRequest) -> HttpResponseBase:
    """Show entries before a number, of one action or by one person when asked."""
    entries = Entry.objects.order_by("-number")
    action = request.GET.get("action", "")
    actor = request.GET.get("actor", "").strip()
    before = request.GET.get("before", "")
    if action:
        entries = entries.filter(action=action)
    if actor:
        entries = entries.filter(actor__icontains=actor)
    if before.isascii() and before.isdigit() and len(before) < 18:
        entries = entries.filter(number__lt=int(before))
    page = list(entries[: PER_PAGE + 1])
    rows = [(entry, words_for(entry.action), readable(entry.details)) for entry in page[:PER_PAGE]]
    seen = Entry.objects.order_by("action").values_list("action", flat=True).distinct()
    context = {
        "rows": rows,
        "older": page[PER_PAGE - 1].number if len(page) > PER_PAGE else None,
        "action": action,
        "actor": actor,
        "actions": [(name, words_for(name)) for name in seen],
    }
    return render(request, "audit/log.html", context)


def readable(details: dict[str, Any]) -> dict[str, str]:  # Any: JSON that an action recorded
    """Return the details that say something, lists and pairs joined."""
    return {
        words_for_detail(name): plainly(value)
        for name, value in details.items()
        if value not in ("", None, [], {})
    }


def plainly(value: Any) -> str:  # Any: JSON that an action recorded
    """Return the value as a person would write it down."""
    if isinstance(value, dict):
        return ", ".join(f"{words_for_detail(name)}: {one}" for name, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
