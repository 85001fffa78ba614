"""Lets the current model judge what another one judged and nobody has decided."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from lionrock.core.errors import LionrockError
from lionrock.desk.people.roles import TEAM, allow
from lionrock.desk.people.who import person_of
from lionrock.desk.suspects.services.again import judge_again


@require_POST
@allow(*TEAM)
def again(request: HttpRequest) -> HttpResponseBase:
    """Judge as many again as a page may, and say how many are left."""
    try:
        done = judge_again(by=person_of(request), now=timezone.now())
    except LionrockError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("suspects:front"))
    messages.success(
        request,
        ngettext(
            "%(n)d suspect was judged again by %(version)s.",
            "%(n)d suspects were judged again by %(version)s.",
            done.judged,
        )
        % {"n": done.judged, "version": done.version},
    )
    if done.below:
        messages.info(
            request,
            ngettext(
                "%(n)d of them is no suspect to it; it waits further down the queue.",
                "%(n)d of them are no suspects to it; they wait further down the queue.",
                done.below,
            )
            % {"n": done.below},
        )
    if done.left:
        messages.warning(
            request,
            _("%(n)d are left: press again, or run “lionrock models judge-again”.")
            % {"n": done.left},
        )
    return HttpResponseRedirect(reverse("suspects:front"))
