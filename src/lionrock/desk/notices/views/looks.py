"""One more look at what an episode is about, because a person asks for it."""

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from lionrock.core.errors import GiveUp
from lionrock.desk.events.models import Episode
from lionrock.desk.notices.services.looks import look_now
from lionrock.desk.notices.views.shared import DECIDERS
from lionrock.desk.people.roles import allow
from lionrock.desk.people.who import person_of


@require_POST
@allow(*DECIDERS)
def look(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Look once, now; what was seen stands on the episode's page."""
    episode = get_object_or_404(Episode, pk=pk)
    try:
        done = look_now(episode_id=pk, by=person_of(request), now=timezone.now())
    except GiveUp as why:
        messages.error(request, str(why))
    else:
        answer = done.get_answer_display()
        messages.success(request, _("We looked: %(answer)s") % {"answer": answer})
    return redirect("events:episode", pk=episode.pk)
