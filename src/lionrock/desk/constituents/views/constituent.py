"""One constituent: what is open, what was told, what was fixed; and what is known of it."""

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lionrock.desk.constituents.chart import draw
from lionrock.desk.constituents.forms import (
    FixingForm,
    HoldingsForm,
    IdentityForm,
    InviteForm,
    TeamWishesForm,
)
from lionrock.desk.constituents.models import AssetKind, Constituent, Mode
from lionrock.desk.constituents.reading import Unfit
from lionrock.desk.constituents.selectors.constituent import in_order, standings
from lionrock.desk.constituents.services import constituents as services
from lionrock.desk.constituents.services import holdings
from lionrock.desk.constituents.services.stale import Stale
from lionrock.desk.constituents.views.editing import EDITORS, back, form_page, say_why, stale
from lionrock.desk.events.models import Episode
from lionrock.desk.notices.selectors.fixing import Curve, Since, time_to_fix
from lionrock.desk.people.roles import TEAM, Role, allow, roles_of
from lionrock.desk.people.who import person_of
from lionrock.desk.suspects.forms import row_number

SHOWN_HOLDINGS = 200
MEASURED_AT_ONCE = 2_000
"""Episodes of a constituent from which on the time to fix has a page of its own."""
MOST_MEASURED = 10_000
"""Episodes, the latest, that the time to fix is made of there."""


@require_safe
@allow(*TEAM)
def constituent(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show everything about one constituent."""
    return page(request, pk)


def page(
    request: HttpRequest,
    pk: int,
    *,
    holdings_form: HoldingsForm | None = None,
    invite_form: InviteForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    """Draw the page; a form that could not be taken is drawn again in its place."""
    found = get_object_or_404(Constituent.objects.select_related("upstream"), pk=pk)
    roles = roles_of(request)
    curve = curve_at_once(pk)
    held = found.holdings.order_by("kind", "value")
    return render(
        request,
        "constituents/constituent.html",
        {
            "constituent": found,
            "standings": standings(found),
            "curve": curve,
            "chart": None if curve is None else draw(curve),
            "chart_elsewhere": curve is None,
            "median": None if curve is None else as_days(curve.median),
            "holdings": held[:SHOWN_HOLDINGS],
            "more_holdings": max(0, held.count() - SHOWN_HOLDINGS),
            "contacts": in_order(found),
            "people": found.people.order_by("name", "email"),
            "downstream": found.downstream.filter(active=True).order_by("name")[:SHOWN_HOLDINGS],
            "rules": found.rules.all(),
            "may_edit": bool(roles & set(EDITORS)),
            "may_invite": Role.ADMINISTRATOR in roles,
            "holdings_form": holdings_form or HoldingsForm(),
            "invite_form": invite_form or InviteForm(),
        },
        status=status,
    )


@require_safe
@allow(*TEAM)
def fixing(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show how long fixing takes, of one kind of problem, since it was seen or since it was told."""
    found = get_object_or_404(Constituent, pk=pk)
    form = FixingForm(request.GET)
    form.is_valid()
    curve = time_to_fix(
        now=timezone.now(),
        constituent=pk,
        kind=form.cleaned_data.get("kind") or "",
        since=Since(form.cleaned_data.get("since") or Since.SEEN),
        most=MOST_MEASURED,
    )
    return render(
        request,
        "constituents/fixing.html",
        {
            "constituent": found,
            "form": form,
            "curve": curve,
            "chart": draw(curve),
            "median": as_days(curve.median),
            "partial": curve.episodes >= MOST_MEASURED,
        },
    )


def curve_at_once(pk: int) -> Curve | None:
    """Return a constituent's curve; None when it has so many episodes that it takes its time."""
    rows = Episode.objects.filter(constituent_id=pk).order_by().values("pk")
    if rows[: MEASURED_AT_ONCE + 1].count() > MEASURED_AT_ONCE:
        return None
    return time_to_fix(now=timezone.now(), constituent=pk)


def as_days(days: float | None) -> timedelta | None:
    """Return a number of days as a length of time."""
    return None if days is None else timedelta(days=days)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*EDITORS)
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change who it is."""
    found = get_object_or_404(Constituent, pk=pk)
    initial = {
        name: getattr(found, name)
        for name in (
            "name",
            "name_local",
            "kind",
            "sector",
            "critical",
            "ceiling",
            "note",
            "version",
        )
    }
    form = IdentityForm(request.POST or None, initial={**initial, "upstream": found.upstream_id})
    if request.method == "POST" and form.is_valid():
        try:
            services.change_identity(
                constituent_id=pk,
                seen_version=form.cleaned_data["version"] or 0,
                identity=form.identity(),
                by=person_of(request),
                now=timezone.now(),
            )
        except Unfit as unfit:
            say_why(form, unfit)
        except Stale as changed:
            return stale(request, changed.constituent)
        else:
            return back(request, pk, _("Saved."))
    return form_page(request, form, title=_("Who it is"), constituent=found)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*EDITORS)
def wishes(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change how it is told."""
    found = get_object_or_404(Constituent, pk=pk)
    initial = {
        name: getattr(found, name)
        for name in ("language", "format", "frequency", "digest_hour", "per_hour", "version")
    }
    form = TeamWishesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_wishes(
                constituent_id=pk,
                seen_version=form.cleaned_data["version"] or 0,
                wishes=form.wishes(per_hour=found.per_hour),
                by=person_of(request),
                now=timezone.now(),
            )
        except Stale as changed:
            return stale(request, changed.constituent)
        else:
            return back(request, pk, _("Saved."))
    return form_page(request, form, title=_("How it is told"), constituent=found)


@require_POST
@allow(*EDITORS)
def set_mode(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let letters leave by themselves, or only when a person approved."""
    mode = Mode.AUTOMATIC if request.POST.get("mode") == Mode.AUTOMATIC else Mode.APPROVED

    def service(version: int) -> object:
        return services.set_mode(
            constituent_id=pk,
            seen_version=version,
            mode=mode,
            by=person_of(request),
            now=timezone.now(),
        )

    said = {
        Mode.AUTOMATIC: _("Its letters leave by themselves from now on."),
        Mode.APPROVED: _("From now on a person approves its letters."),
    }
    return _versioned(request, pk, service, said[mode])


@require_POST
@allow(*EDITORS)
def set_active(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Tell it, or no longer."""
    active = request.POST.get("active") == "yes"

    def service(version: int) -> object:
        return services.set_active(
            constituent_id=pk,
            seen_version=version,
            active=active,
            by=person_of(request),
            now=timezone.now(),
        )

    said = _("It is told again.") if active else _("It is no longer told.")
    return _versioned(request, pk, service, said)


@require_POST
@allow(*EDITORS)
def add_holdings(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Add networks, ASNs or domains."""
    get_object_or_404(Constituent, pk=pk)
    form = HoldingsForm(request.POST)
    if form.is_valid():
        try:
            fresh = holdings.add_holdings(
                constituent_id=pk,
                kind=AssetKind(form.cleaned_data["kind"]),
                written=form.cleaned_data["written"].replace(",", " ").split(),
                source="person",
                by=person_of(request),
                now=timezone.now(),
            )
        except Unfit as unfit:
            say_why(form, unfit)
        else:
            said = _("Added.") if fresh else _("It holds all of that already.")
            return back(request, pk, said, part="#holdings")
    return page(request, pk, holdings_form=form, status=400)


@require_POST
@allow(*EDITORS)
def remove_holding(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take an asset away."""
    get_object_or_404(Constituent, pk=pk)
    holding = row_number(request.POST.get("holding", ""))
    if holding is not None:
        holdings.remove_holding(
            constituent_id=pk, holding_id=holding, by=person_of(request), now=timezone.now()
        )
    return back(request, pk, part="#holdings")


def _versioned(
    request: HttpRequest, pk: int, service: Callable[[int], object], said: str
) -> HttpResponseBase:
    get_object_or_404(Constituent, pk=pk)
    try:
        service(row_number(request.POST.get("version", "")) or 0)
    except Stale as changed:
        return stale(request, changed.constituent)
    return back(request, pk, said)
