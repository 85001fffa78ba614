"""What of the mail needs a person: unknown outcomes, answers to be understood, dead contacts."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lionrock.core.errors import NotOurs
from lionrock.desk.audit.services import record
from lionrock.desk.feeds.files import as_file
from lionrock.desk.feeds.models import Blob
from lionrock.desk.notices import services
from lionrock.desk.notices.forms import AnswerForm, DecisionForm
from lionrock.desk.notices.mail import pieces
from lionrock.desk.notices.models import Answer, AnswerKind, Letter, Notice
from lionrock.desk.notices.selectors.board import attention
from lionrock.desk.notices.services.answers import FEED
from lionrock.desk.notices.views.shared import DECIDERS, page, stale
from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.people.who import person_of


@require_safe
@allow(*TEAM)
def attention_page(request: HttpRequest) -> HttpResponseBase:
    """Show what of the mail needs a person."""
    found = attention()
    return page(
        request,
        "notices/attention.html",
        {
            "found": found,
            "unmatched": [(answer, pieces(answer.text)) for answer in found.unmatched],
            "disowned": [(answer, pieces(answer.text)) for answer in found.disowned],
            "proposed": [(answer, pieces(answer.text)) for answer in found.proposed],
            "answer_kinds": AnswerForm.base_fields["kind"].choices,  # type: ignore[attr-defined]  # a ChoiceField
        },
    )


@require_POST
@allow(*DECIDERS)
def settle_letter(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say what became of a letter whose outcome is unknown."""
    letter = get_object_or_404(Letter, pk=pk)
    form = DecisionForm(request.POST)
    outcomes = {outcome.value: outcome for outcome in services.Outcome}
    if not form.is_valid() or form.cleaned_data["do"] not in outcomes:
        messages.error(request, _("That could not be read, and nothing was changed. Choose again."))
        return _back(request, letter.notice_id)
    try:
        services.settle_unknown(
            letter_id=pk,
            seen_version=form.cleaned_data["version"],
            outcome=outcomes[form.cleaned_data["do"]],
            by=person_of(request),
            note=form.cleaned_data["note"],
            now=timezone.now(),
        )
    except services.Stale as meanwhile:
        return stale(request, meanwhile.notice)
    messages.success(request, _("Settled."))
    return _back(request, letter.notice_id)


@require_POST
@allow(*TEAM)
def settle_answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Attach a mail to a ticket, say what it means, or note that it was read."""
    answer = get_object_or_404(Answer, pk=pk)
    form = AnswerForm(request.POST)
    by, now = person_of(request), timezone.now()
    if not form.is_valid():
        messages.error(request, _("That could not be read, and nothing was changed. Choose again."))
        return _back(request, answer.notice_id)
    ticket, kind = form.cleaned_data["ticket"], form.cleaned_data["kind"]
    try:
        if form.cleaned_data["bounced"] and answer.notice_id is not None:
            services.accept_bounce(
                answer_id=pk, seen_version=form.cleaned_data["version"] or 0, by=by, now=now
            )
        elif ticket and answer.notice_id is None:
            answer = services.attach_answer(answer_id=pk, ticket=ticket, by=by, now=now)
        elif kind and answer.notice_id is not None:
            services.accept_answer(
                answer_id=pk,
                seen_version=form.cleaned_data["version"] or 0,
                by=by,
                kind=AnswerKind(kind),
                now=now,
            )
        else:
            services.see_answer(answer_id=pk, by=by, now=now)
    except services.Stale as meanwhile:
        return stale(request, meanwhile.notice)
    except NotOurs:
        messages.error(request, _("That could not be read, and nothing was changed. Choose again."))
        return _back(request, answer.notice_id)
    except Notice.DoesNotExist:
        messages.error(request, _("There is no ticket of that number."))
        return _back(request, None)
    messages.success(request, _("Done."))
    return _back(request, answer.notice_id)


@require_safe
@allow(*TEAM)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out a mail as it came, as a file that no browser opens by itself; the audit log keeps it."""
    answer = get_object_or_404(Answer.objects.select_related("notice"), pk=pk)
    blob = get_object_or_404(Blob, pk=answer.blob_id, feed=FEED)
    response = as_file(blob, name=f"answer-{answer.pk}.eml")
    record(
        by=person_of(request),
        action="answer.downloaded",
        subject=answer.notice.ticket if answer.notice else answer.sender,
        details={"sha256": blob.sha256},
        now=timezone.now(),
    )
    return response


def _back(request: HttpRequest, notice_id: int | None) -> HttpResponseBase:
    """Go back to the page the form stood on."""
    came_from = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(came_from, allowed_hosts=None):
        return redirect(came_from)
    if notice_id is not None:
        return redirect(reverse("notices:notice", args=[notice_id]))
    return redirect("notices:attention")
