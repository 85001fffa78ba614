"""One notice: what its recipient gets, who that is and why, what came back, and what to do."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lionrock.core.errors import GiveUp
from lionrock.desk.notices import services
from lionrock.desk.notices.forms import AnswerForm, DecisionForm
from lionrock.desk.notices.mail import pieces, show, unpack
from lionrock.desk.notices.models import Letter, LetterState, Notice, NoticeState
from lionrock.desk.notices.selectors.board import by_urgency, items_of, ladder, passed_of
from lionrock.desk.notices.views.preview import preview_of
from lionrock.desk.notices.views.shared import DECIDERS, page, stale
from lionrock.desk.notices.words import why_in_words
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.people.who import person_of

Service = Callable[[Person, datetime, int, str], Notice]


@require_safe
@allow(*TEAM)
def notice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one notice."""
    return draw(request, pk)


def draw(
    request: HttpRequest, pk: int, *, refused: str = "", status: int = 200
) -> HttpResponseBase:
    """Draw a notice's page; ``refused`` says why what was asked for could not be done."""
    found = get_object_or_404(
        Notice.objects.select_related("constituent", "approved_by", "escalates"), pk=pk
    )
    now = timezone.now()
    answers = found.answers.select_related("by", "seen_by").order_by("received_at", "pk")
    items = items_of(found)
    passed, number_passed = passed_of(found) if found.passes else ((), 0)
    return page(
        request,
        "notices/notice.html",
        {
            "notice": found,
            "states": NoticeState,
            "letter": (letter_now := preview_of(found, now=now)),
            "preview": letter_now.shown,
            "whys": [why_in_words(why) for why in found.why],
            "letters": found.letters.defer("body").select_related("settled_by").order_by("pk"),
            "answers": [(answer, pieces(answer.text)) for answer in answers],
            "answer_kinds": AnswerForm.base_fields["kind"].choices,  # type: ignore[attr-defined]  # a ChoiceField
            "items": items,
            "passed": passed,
            "more_items": max(0, found.items.count() + number_passed - len(items) - len(passed)),
            "ladder": ladder(found),
            "may_hold": found.state in {NoticeState.WAITING, NoticeState.READY},
            "unsent": found.state in {NoticeState.WAITING, NoticeState.HELD, NoticeState.READY},
            "gone": found.state in {NoticeState.SENT, NoticeState.FAILED, NoticeState.ANSWERED},
            "next_url": _next_waiting(found),
            "refused": refused,
        },
        status=status,
    )


@require_POST
@allow(*DECIDERS)
def approve(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let it leave, and go on to the next that waits."""

    def service(by: Person, now: datetime, version: int, note: str) -> Notice:
        return services.approve(notice_id=pk, seen_version=version, by=by, note=note, now=now)

    return _decide(request, pk, service, _("Approved: it leaves as soon as it may."), onwards=True)


@require_POST
@allow(*TEAM)
def hold(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep it from leaving."""

    def service(by: Person, now: datetime, version: int, note: str) -> Notice:
        return services.hold(notice_id=pk, seen_version=version, by=by, note=note, now=now)

    return _decide(request, pk, service, _("Held back until somebody releases it."))


@require_POST
@allow(*DECIDERS)
def act(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Release, send again, cancel or close it, or give it an address."""
    to = request.POST.get("to", "").strip()

    def service(by: Person, now: datetime, version: int, note: str) -> Notice:
        match request.POST.get("do"):
            case "release":
                chosen = services.release
            case "cancel":
                chosen = services.cancel
            case "close":
                chosen = services.close
            case "unsealed":
                chosen = services.let_leave_unsealed
            case "resend":
                return services.resend(
                    notice_id=pk, seen_version=version, by=by, to=to, note=note, now=now
                )
            case "address":
                return services.set_address(
                    notice_id=pk, seen_version=version, by=by, to=to, now=now
                )
            case _:
                raise GiveUp(_("That could not be read, and nothing was changed."))
        return chosen(notice_id=pk, seen_version=version, by=by, note=note, now=now)

    return _decide(request, pk, service, _("Done."))


@require_safe
@allow(*TEAM)
def letter(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one letter as it left."""
    found = get_object_or_404(Letter.objects.select_related("notice__constituent"), pk=pk)
    return page(
        request,
        "notices/letter.html",
        {
            "letter": found,
            "preview": show(unpack(bytes(found.body))) if found.body else None,
            "unknown": found.state == LetterState.UNKNOWN,
        },
    )


def _decide(
    request: HttpRequest, pk: int, service: Service, said: str, *, onwards: bool = False
) -> HttpResponseBase:
    """Do what a form asks for; an unread or stale form changes nothing."""
    get_object_or_404(Notice, pk=pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        refused = _("That could not be read, and nothing was changed. Choose again.")
        return draw(request, pk, refused=refused, status=400)
    note = form.cleaned_data["note"]
    try:
        changed = service(person_of(request), timezone.now(), form.cleaned_data["version"], note)
    except services.Stale as meanwhile:
        return stale(request, meanwhile.notice, typed=note)
    except services.NoRecipient:
        refused = _("Nobody is known to send it to. Give it an address first.")
        return draw(request, pk, refused=refused, status=400)
    except GiveUp as why:
        return draw(request, pk, refused=str(why), status=400)
    messages.success(request, f"{changed.ticket}: {said}")
    return redirect((_next_waiting(changed) if onwards else "") or changed_url(changed))


def changed_url(notice: Notice) -> str:
    """Return the notice's page."""
    return reverse("notices:notice", args=[notice.pk])


def _next_waiting(notice: Notice) -> str:
    waiting = Notice.objects.filter(state=NoticeState.WAITING).exclude(pk=notice.pk)
    following = by_urgency(waiting, after=notice.pk).first() or by_urgency(waiting).first()
    return changed_url(following) if following else ""
