"""Holders that registries and routing name: a person picks whom to serve or tell."""

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lionrock.desk.constituents.models import AssetKind, ConstituentKind, Holding
from lionrock.desk.constituents.registries import Holder, Proposals, holders
from lionrock.desk.constituents.services.registering import take_over
from lionrock.desk.constituents.views.editing import EDITORS
from lionrock.desk.people.roles import allow
from lionrock.desk.people.who import person_of
from lionrock.desk.suspects.brands import current

SHOWN: Final = 200


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*EDITORS)
def registries(request: HttpRequest) -> HttpResponseBase:
    """List the region's holders who are no constituents yet; take the picked ones over."""
    proposals = holders(
        settings.LIONROCK_DATA / "tables",
        countries=current().region.countries,
        at=timezone.now().date(),
    )
    waiting = _not_here(proposals)
    if request.method == "POST":
        picked = set(request.POST.getlist("asn"))
        kind = request.POST.get("kind", "")
        if kind not in ConstituentKind.values:
            kind = ConstituentKind.ISP
        taken = take_over(
            holders=[holder for holder in waiting if str(holder.asn) in picked],
            kind=ConstituentKind(kind),
            by=person_of(request),
            now=timezone.now(),
        )
        said = ngettext(
            "%(n)d constituent was added. It has no contacts yet.",
            "%(n)d constituents were added. They have no contacts yet.",
            len(taken),
        )
        messages.success(request, said % {"n": len(taken)})
        return redirect("constituents:registries")
    words = request.GET.get("q", "").strip().lower()[:100]
    if words:
        waiting = [one for one in waiting if words in f"as{one.asn} {one.name}".lower()]
    return render(
        request,
        "constituents/registries.html",
        {
            "tables": proposals.tables,
            "holders": waiting[:SHOWN],
            "more": max(0, len(waiting) - SHOWN),
            "q": words,
            "kinds": ConstituentKind.choices,
            "isp": ConstituentKind.ISP.value,
        },
    )


def _not_here(proposals: Proposals) -> list[Holder]:
    known = set(Holding.objects.filter(kind=AssetKind.ASN).values_list("value", flat=True))
    return [holder for holder in proposals.holders if str(holder.asn) not in known]
