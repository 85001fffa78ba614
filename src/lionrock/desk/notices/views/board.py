"""The list of notices, and approving many at once."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lionrock.desk.constituents.models import Constituent
from lionrock.desk.notices import services
from lionrock.desk.notices.forms import ListForm
from lionrock.desk.notices.models import Notice, NoticeState
from lionrock.desk.notices.selectors.board import BULK, attention, in_bulk, notices_page, tabs
from lionrock.desk.notices.views.shared import DECIDERS, page
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.people.who import person_of
from lionrock.desk.suspects.forms import row_number


@require_safe
@allow(*TEAM)
def notices(request: HttpRequest) -> HttpResponseBase:
    """List notices of a state: first those that wait for a person."""
    form = ListForm(request.GET)
    filters = form.filters()
    after = row_number(request.GET.get("after", ""))
    found = notices_page(filters, after=after)
    query = form.query()
    link = urlencode({**query, "after": found.rows[-1].notice.pk}) if found.more else ""
    waiting = filters.state == NoticeState.WAITING
    return page(
        request,
        "notices/list.html",
        {
            "form": form,
            "filters": filters,
            "page": found,
            "tabs": tabs(),
            "waiting": waiting,
            "constituent": _constituent(filters.constituent),
            "bulk": in_bulk(filters) if waiting and found.rows else [],
            "bulk_most": BULK,
            "narrowed": bool(query.keys() & {"q", "kind", "severity", "constituent"}),
            "after_url": f"?{link}" if link else "",
            "first_url": "?" + urlencode(query) if after else "",
            "attention": attention().number,
        },
    )


def _constituent(pk: int | None) -> Constituent | None:
    return None if pk is None else Constituent.objects.filter(pk=pk).first()


@require_POST
@allow(*DECIDERS)
def approve_many(request: HttpRequest) -> HttpResponseBase:
    """Approve the chosen notices, or all that the list held; what changed meanwhile is left waiting."""
    chosen = request.POST.getlist("notice")
    if request.POST.get("all"):
        chosen = request.POST["all"].split(",")
    done = stale = nobody = 0
    for notice_id, version in _pairs(chosen[:BULK]):
        try:
            _approve(notice_id, version, by=person_of(request))
        except (services.Stale, Notice.DoesNotExist):
            stale += 1
        except services.NoRecipient:
            nobody += 1
        else:
            done += 1
    if done:
        text = ngettext("%(n)d notice was approved.", "%(n)d notices were approved.", done)
        messages.success(request, text % {"n": done})
    if stale:
        text = ngettext(
            "%(n)d changed meanwhile and was left as it is.",
            "%(n)d changed meanwhile and were left as they are.",
            stale,
        )
        messages.warning(request, text % {"n": stale})
    if nobody:
        text = ngettext(
            "%(n)d has nobody to go to: open it and give it an address.",
            "%(n)d have nobody to go to: open them and give them an address.",
            nobody,
        )
        messages.warning(request, text % {"n": nobody})
    if not chosen:
        messages.warning(request, _("None was chosen."))
    return redirect("notices:list")


def _approve(notice_id: int, version: int, *, by: Person) -> None:
    services.approve(notice_id=notice_id, seen_version=version, by=by, now=timezone.now())


def _pairs(chosen: list[str]) -> list[tuple[int, int]]:
    """Read ``12:1`` as a notice's id and the version that was seen; nonsense is passed over."""
    read = []
    for text in chosen:
        number, _colon, version = text.partition(":")
        pair = row_number(number), row_number(version)
        if pair[0] is not None and pair[1] is not None:
            read.append((pair[0], pair[1]))
    return read
