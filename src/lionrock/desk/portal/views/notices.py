"""One's own notices, and answering them."""

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lionrock.core.errors import NotOurs
from lionrock.desk.notices import services
from lionrock.desk.notices.mail import pieces, show, unpack
from lionrock.desk.notices.models import AnswerKind, LetterState, Notice, NoticeState
from lionrock.desk.people.roles import Role, allow
from lionrock.desk.people.who import person_of
from lionrock.desk.portal import own
from lionrock.desk.portal.forms import AnswerForm
from lionrock.desk.suspects.forms import row_number

ANSWERABLE = frozenset(
    {NoticeState.SENT, NoticeState.ANSWERED, NoticeState.UNKNOWN, NoticeState.FAILED}
)
SHOWN = 500


@require_safe
@allow(Role.CONSTITUENT)
def notices(request: HttpRequest) -> HttpResponseBase:
    """List one's own notices, the latest first."""
    rows = own.notices_of(person_of(request))
    after = row_number(request.GET.get("after", ""))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: own.PAGE + 1])
    page = found[: own.PAGE]
    return render(
        request,
        "portal/notices.html",
        {
            "notices": page,
            "after_url": f"?after={page[-1].pk}" if len(found) > own.PAGE else "",
            "first_url": "?" if after else "",
        },
    )


@require_safe
@allow(Role.CONSTITUENT)
def notice(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show one of one's own notices; another's is not there."""
    return _draw(request, pk)


@require_POST
@allow(Role.CONSTITUENT)
def answer(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say: fixed, not ours, working on it."""
    me = person_of(request)
    get_object_or_404(own.notices_of(me), pk=pk)
    form = AnswerForm(request.POST)
    chosen = [row_number(number) for number in request.POST.getlist("episode")]
    if not form.is_valid() or None in chosen:
        said = _("That could not be read, and nothing was changed. Choose again.")
        return _draw(request, pk, refused=said, status=400)
    try:
        services.answer_in_portal(
            notice_id=pk,
            seen_version=form.cleaned_data["version"],
            by=me,
            kind=AnswerKind(form.cleaned_data["kind"]),
            text=form.cleaned_data["text"],
            episode_ids=[number for number in chosen if number is not None],
            now=timezone.now(),
        )
    except NotOurs as error:
        raise Http404 from error
    except services.Stale:
        said = _("Something changed since you opened the page. Look again, then answer.")
        return _draw(request, pk, refused=said, status=409)
    messages.success(request, _("Thank you: your answer was taken down."))
    return redirect("portal:notice", pk=pk)


def _draw(
    request: HttpRequest, pk: int, *, refused: str = "", status: int = 200
) -> HttpResponseBase:
    found: Notice = get_object_or_404(own.notices_of(person_of(request)), pk=pk)
    letters = found.letters.exclude(state=LetterState.CANCELLED).order_by("-pk")
    letter = letters.first()
    answers = found.answers.filter(kind__in=people_words()).order_by("received_at", "pk")
    return render(
        request,
        "portal/notice.html",
        {
            "notice": found,
            "preview": show(unpack(bytes(letter.body))) if letter else None,
            "episodes": own.told_episodes(found).order_by("-last_seen", "-pk")[:SHOWN],
            "answers": [(one, pieces(one.text)) for one in answers],
            "answerable": found.state in ANSWERABLE,
            "refused": refused,
            "typed": request.POST.get("text", ""),
        },
        status=status,
    )


def people_words() -> list[str]:
    """Return the kinds of answers that people gave; bounces and machines' replies are our matter."""
    return [
        AnswerKind.FIXED.value,
        AnswerKind.NOT_OURS.value,
        AnswerKind.WORKING.value,
        AnswerKind.HUMAN.value,
    ]
