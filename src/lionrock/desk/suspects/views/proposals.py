"""What analysts propose for the region pack, and who says yes or no."""

from django.http import HttpRequest, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from lionrock.desk.people.roles import TEAM, Role, allow, roles_of
from lionrock.desk.people.who import person_of
from lionrock.desk.suspects import services
from lionrock.desk.suspects.models import PackProposal
from lionrock.desk.suspects.selectors.proposals import (
    accepted_proposals,
    open_proposals,
    settled_proposals,
)
from lionrock.letters.pack import CONTENT_TYPE, pack_snippet

SETTLERS = (Role.APPROVER, Role.ADMINISTRATOR)


@require_safe
@allow(*TEAM)
def proposals(request: HttpRequest) -> HttpResponseBase:
    """List open and settled proposals."""
    return _page(request)


@require_POST
@allow(*SETTLERS)
def accept(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Accept a proposal."""
    get_object_or_404(PackProposal, pk=pk)
    try:
        services.accept_proposal(proposal_id=pk, by=person_of(request), now=timezone.now())
    except services.Settled as settled:
        return _page(request, meanwhile=settled.proposal)
    return HttpResponseRedirect(reverse("suspects:proposals"))


@require_POST
@allow(*SETTLERS)
def reject(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Reject a proposal."""
    get_object_or_404(PackProposal, pk=pk)
    try:
        services.reject_proposal(proposal_id=pk, by=person_of(request), now=timezone.now())
    except services.Settled as settled:
        return _page(request, meanwhile=settled.proposal)
    return HttpResponseRedirect(reverse("suspects:proposals"))


@require_safe
@allow(*TEAM)
def snippet(request: HttpRequest) -> HttpResponseBase:
    """Hand out accepted proposals as TOML for the region pack."""
    response = StreamingHttpResponse(pack_snippet(accepted_proposals()), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="official.toml"'
    return response


def _page(request: HttpRequest, *, meanwhile: PackProposal | None = None) -> HttpResponseBase:
    return render(
        request,
        "suspects/proposals.html",
        {
            "open": open_proposals(),
            "settled": settled_proposals(),
            "may_settle": bool(roles_of(request) & set(SETTLERS)),
            "meanwhile": meanwhile,
        },
        status=409 if meanwhile else 200,
    )
