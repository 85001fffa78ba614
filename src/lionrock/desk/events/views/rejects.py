"""What could not be read: by reason, line by line, as the source wrote it."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lionrock.desk.events import paging
from lionrock.desk.events.selectors.names import heard_feeds
from lionrock.desk.events.selectors.rejects import Place, Which, reasons, rejects
from lionrock.desk.feeds.models import Blob
from lionrock.desk.people.roles import TEAM, allow


@require_safe
@allow(*TEAM)
def reject_list(request: HttpRequest) -> HttpResponseBase:
    """Show rejects of all feeds, of one, or of one delivery, with how often each reason holds."""
    feed = request.GET.get("feed", "")
    feeds = heard_feeds(chosen=feed)
    which = Which(
        feed=feed if feed in dict(feeds) else "",
        blob=paging.row_number(request.GET.get("blob", "")),
        why=request.GET.get("why", "")[:300].replace("\0", ""),
    )
    after = _place(request.GET.get("after", ""))
    rows, more = rejects(which, after=after)
    narrow = {
        name: str(value)
        for name, value in (("feed", which.feed), ("blob", which.blob))
        if value not in ("", None)
    }
    query = {**narrow, **({"why": which.why} if which.why else {})}
    after_url = ""
    if more:
        last = rows[-1]
        place = paging.written(last.at, last.pk, last.line, last.nth)
        after_url = "?" + urlencode({**query, "after": place})
    return render(
        request,
        "events/rejects.html",
        {
            "feeds": feeds,
            "which": which,
            "blob": Blob.objects.filter(pk=which.blob).first() if which.blob else None,
            "rejects": rows,
            "reasons": reasons(which),
            "link": "?" + urlencode(narrow),
            "after_url": after_url,
            "first_url": "?" + urlencode(query) if after else "",
        },
    )


def _place(text: str) -> Place | None:
    found = paging.read(text, numbers=3)
    if found is None:
        return None
    at, (number, line, nth) = found
    return Place(at=at, id=number, line=line, nth=nth)
