"""How one's own constituent wants to be told, and whom to write to there."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lionrock.desk.constituents.forms import WishesForm
from lionrock.desk.constituents.models import Constituent
from lionrock.desk.constituents.selectors.constituent import in_order
from lionrock.desk.constituents.services.constituents import change_wishes
from lionrock.desk.constituents.services.stale import Stale
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role, allow
from lionrock.desk.people.who import person_of
from lionrock.desk.portal import own
from lionrock.desk.portal.forms import ProposalForm
from lionrock.desk.portal.proposals import propose_change


@require_safe
@allow(Role.CONSTITUENT)
def wishes(request: HttpRequest) -> HttpResponseBase:
    """Show each constituent's wishes, contacts and holdings."""
    return _draw(request)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.CONSTITUENT)
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change language, format, frequency and hour."""
    found = _own(person_of(request), pk)
    names = ("language", "format", "frequency", "digest_hour", "version")
    initial = {name: getattr(found, name) for name in names}
    form = WishesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            change_wishes(
                constituent_id=pk,
                seen_version=form.cleaned_data["version"] or 0,
                wishes=form.wishes(per_hour=found.per_hour),
                by=person_of(request),
                now=timezone.now(),
            )
        except Stale:
            form.add_error(None, _("Something changed since you opened the page. Try again."))
        else:
            messages.success(request, _("Saved."))
            return redirect("portal:wishes")
    return render(
        request,
        "portal/edit_wishes.html",
        {"constituent": found, "form": form},
        status=400 if form.errors else 200,
    )


@require_POST
@allow(Role.CONSTITUENT)
def propose(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Propose a change of contacts."""
    me = person_of(request)
    found = _own(me, pk)
    form = ProposalForm(request.POST, auto_id=f"propose-{pk}-%s")
    if not form.is_valid():
        return _draw(request, proposal=(pk, form), status=400)
    propose_change(constituent=found, text=form.cleaned_data["text"], by=me, now=timezone.now())
    messages.success(request, _("Thank you: somebody of the team will look at it."))
    return redirect("portal:wishes")


def _own(me: Person, pk: int) -> Constituent:
    return get_object_or_404(Constituent, pk=pk, people=me)


def _draw(
    request: HttpRequest,
    *,
    proposal: tuple[int, ProposalForm] | None = None,
    status: int = 200,
) -> HttpResponseBase:
    rows = []
    for one in own.constituents_of(person_of(request)):
        form = ProposalForm(auto_id=f"propose-{one.pk}-%s")
        if proposal is not None and proposal[0] == one.pk:
            form = proposal[1]
        rows.append((one, in_order(one), one.holdings.order_by("kind", "value")[:200], form))
    return render(request, "portal/wishes.html", {"rows": rows}, status=status)
