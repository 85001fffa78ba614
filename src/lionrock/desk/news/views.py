"""The pages of news: stories with what they match here, and the sources with how they fare."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lionrock.core.errors import GiveUp
from lionrock.desk.events.paging import row_number
from lionrock.desk.news.forms import NarrowForm
from lionrock.desk.news.models import Source
from lionrock.desk.news.selectors import stories as selectors
from lionrock.desk.news.services import following
from lionrock.desk.news.services.keeping import put_away
from lionrock.desk.people.roles import TEAM, Role, allow, roles_of
from lionrock.desk.people.who import person_of


@require_safe
@allow(*TEAM)
def story_list(request: HttpRequest) -> HttpResponseBase:
    """List stories, first of all those that name something of the region."""
    form = NarrowForm(request.GET)
    page = max(1, min(row_number(request.GET.get("page", "")) or 1, 1000))
    rows, more = selectors.stories(form.filters(), page=page)
    return render(
        request,
        "news/list.html",
        {
            "form": form,
            "rows": rows,
            "narrowed": bool(form.query()),
            "after_url": form.address(page=page + 1) if more else "",
            "first_url": form.address(page=1) if page > 1 else "",
            "followed": Source.objects.filter(wanted=True).count(),
            "failing": Source.objects.filter(wanted=True, failures__gt=0).count(),
        },
    )


@require_safe
@allow(*TEAM)
def story(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show a story: its items with their references, and what of the region they name."""
    found = selectors.story(story_id=pk)
    if found is None:
        raise Http404
    return render(request, "news/story.html", {"story": found, "items": selectors.items_of(found)})


@require_POST
@allow(*TEAM)
def away(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put a story away, or take it back."""
    aside = request.POST.get("away") == "yes"
    if put_away(story_id=pk, away=aside, by=person_of(request), now=timezone.now()) is None:
        raise Http404
    messages.success(
        request,
        _("Put away. It comes back when somebody writes more of it.")
        if aside
        else _("It stands in the list again."),
    )
    return HttpResponseRedirect(reverse("news:list"))


@require_safe
@allow(*TEAM)
def source_list(request: HttpRequest) -> HttpResponseBase:
    """List the sources: who is followed, on which terms, and how each fares."""
    return render(
        request,
        "news/sources.html",
        {"rows": selectors.sources(), "may_run": Role.ADMINISTRATOR in roles_of(request)},
    )


@require_safe
@allow(*TEAM)
def source(request: HttpRequest, name: str) -> HttpResponseBase:
    """Show a source, and what of it could not be read."""
    row = get_object_or_404(Source, name=name)
    return render(request, "news/source.html", {"row": row, "unread": selectors.unread_of(row)})


@require_POST
@allow(Role.ADMINISTRATOR)
def follow(request: HttpRequest, name: str) -> HttpResponseBase:
    """Begin to follow a source, or leave it."""
    wanted = request.POST.get("follow") == "yes"
    try:
        following.follow(name=name, wanted=wanted, by=person_of(request), now=timezone.now())
    except GiveUp:
        raise Http404 from None
    messages.success(request, _("It is followed.") if wanted else _("It is no longer followed."))
    return HttpResponseRedirect(reverse("news:sources"))
