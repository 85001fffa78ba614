"""The analyst's page: sentences beside what they rest on, edited in place, and what comes next."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from lionrock.core.alerts import LANGUAGES, Part
from lionrock.desk.alerts import words
from lionrock.desk.alerts.kept import changes, kept
from lionrock.desk.alerts.models import Alert, Kind, Risk, State, Step, Weight
from lionrock.desk.alerts.selectors.draft import Desk, desk
from lionrock.desk.alerts.selectors.time import seconds_until
from lionrock.desk.alerts.services.looks import look
from lionrock.desk.alerts.views.shared import DECIDERS
from lionrock.desk.people.roles import TEAM, allow, roles_of
from lionrock.desk.people.who import person_of
from lionrock.letters.alert_harmless import shown

OPENED = (
    "title",
    "risk",
    "indicators",
    "links",
    "fact",
    "mistake",
    "withdraw",
    "discard",
    "send-back",
)
"""What can be opened for editing on the page, beside its sentences."""


@require_safe
@allow(*TEAM)
def draft(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show an alert as it is worked on."""
    return draw(request, pk)


def draw(
    request: HttpRequest, pk: int, *, refused: str = "", status: int = 200
) -> HttpResponseBase:
    """Draw the page; ``refused`` says why what was asked for was not done."""
    alert = get_object_or_404(
        Alert.objects.select_related("public", "made_by", "submitted_by"), pk=pk
    )
    now = timezone.now()
    person = person_of(request)
    look(alert=alert, by=person, now=now)
    shown_desk = desk(alert, reader=person)
    return render(
        request,
        "alerts/draft.html",
        {
            "desk": shown_desk,
            "alert": alert,
            "content": shown_desk.content,
            "editable": alert.state == State.DRAFT,
            "may_decide": bool(roles_of(request) & set(DECIDERS)),
            "seconds": seconds_until(alert, now=now),
            "entries": alert.entries.select_related("by").order_by("-number"),
            "mistakes": alert.mistakes.select_related("found_by").order_by("-found_at"),
            "indicator_lines": "\n".join(shown(one) for one in shown_desk.content.indicators),
            "refused": refused,
            **_opened(request, shown_desk),
            **_choices(),
        },
        status=status,
    )


@require_safe
@allow(*TEAM)
def versions(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show every version of an alert, and where two of them differ."""
    alert = get_object_or_404(Alert.objects.select_related("public"), pk=pk)
    look(alert=alert, by=person_of(request), now=timezone.now())
    every = list(alert.versions.select_related("by").order_by("-number").defer("content"))
    newer = _number(request.GET.get("newer", ""), alert.latest)
    older = _number(request.GET.get("older", ""), max(newer - 1, 1))
    pair = {one.number: one for one in alert.versions.filter(number__in=[older, newer])}
    differ = len(pair) == 2
    before, after = (pair[older].read(), pair[newer].read()) if differ else (None, None)
    return render(
        request,
        "alerts/versions.html",
        {
            "alert": alert,
            "versions": every,
            "older": older,
            "newer": newer,
            "changes": list(changes(before, after)) if before and after else [],
            "kept": kept(before, after) if before and after else None,
        },
    )


def _opened(request: HttpRequest, shown_desk: Desk) -> dict[str, Any]:  # Any: a context
    """Return which piece of the page is open for editing: a sentence, a new one, or another part."""
    asked = request.GET
    index = _number(asked.get("edit", ""), -1)
    line = shown_desk.lines[index] if 0 <= index < len(shown_desk.lines) else None
    added = asked.get("add", "")
    open_part = asked.get("open", "")
    return {
        "editing": line.index if line else None,
        "adding": Part(added) if added in set(Part) else None,
        "opened": open_part if open_part in OPENED else "",
        "view": "languages" if asked.get("view") == "languages" else "evidence",
    }


def _choices() -> dict[str, Any]:  # Any: as above
    return {
        "languages": LANGUAGES,
        "parts": [(part.value, words.PARTS[part]) for part in Part],
        "kinds": Kind.choices,
        "risks": Risk.choices,
        "weights": Weight.choices,
        "steps": [(Step.UPDATED, Step.UPDATED.label), (Step.CORRECTED, Step.CORRECTED.label)],
    }


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else otherwise
