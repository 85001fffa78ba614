"""What leaves the house from here: confirmed names in four formats, and decisions as labels."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from lionrock.desk.audit.services import record
from lionrock.desk.people.roles import Role, allow, roles_of
from lionrock.desk.people.who import person_of
from lionrock.desk.suspects import brands
from lionrock.desk.suspects.models import State, Suspect
from lionrock.desk.suspects.selectors.confirmed import confirmed_names, held_back_hosts
from lionrock.desk.suspects.selectors.labels import in_json, labels
from lionrock.desk.suspects.selectors.queue import team
from lionrock.desk.suspects.spared import spared_here
from lionrock.letters import csv, plain, rpz
from lionrock.letters import json as letters_json

EXPORTERS: Final = (Role.APPROVER, Role.ADMINISTRATOR, Role.PARTNER)
TEACHERS: Final = (Role.APPROVER, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write confirmed names: its file ending, what it is for, and what writes it."""

    ending: str
    title: Promise
    purpose: Promise
    content_type: str
    write: Callable[..., Iterator[bytes]]


FORMATS: Final = {
    "csv": Format(
        ending="csv",
        title=_("Table (CSV)"),
        purpose=_("For people: every field, opens in a spreadsheet."),
        content_type=csv.CONTENT_TYPE,
        write=csv.confirmed_csv,
    ),
    "plain": Format(
        ending="txt",
        title=_("Plain list"),
        purpose=_("For programs that block from a list: one name per line."),
        content_type=plain.CONTENT_TYPE,
        write=plain.plain,
    ),
    "rpz": Format(
        ending="zone",
        title=_("Response policy zone (RPZ)"),
        purpose=_("For resolvers: each name and everything under it does not exist."),
        content_type=rpz.CONTENT_TYPE,
        write=rpz.rpz,
    ),
    "json": Format(
        ending="json",
        title=_("JSON"),
        purpose=_("For other systems: every field, with the reasons' codes."),
        content_type=letters_json.CONTENT_TYPE,
        write=letters_json.confirmed_json,
    ),
}
PERIODS: Final = {"day": 1, "week": 7, "month": 30}


@require_safe
@allow(*EXPORTERS)
def exports(request: HttpRequest) -> HttpResponseBase:
    """Offer the formats, and say what block lists leave out."""
    held_back = held_back_hosts(spared_here())
    return render(
        request,
        "suspects/exports.html",
        {
            "formats": FORMATS,
            "confirmed": Suspect.objects.filter(state=State.CONFIRMED).count(),
            "held_back": held_back,
            "tlp": team().export_tlp,
            "may_teach": bool(roles_of(request) & set(TEACHERS)),
        },
    )


@require_safe
@allow(*EXPORTERS)
def export(request: HttpRequest, name: str) -> HttpResponseBase:
    """Hand out confirmed names in one format; the audit log keeps who took what."""
    chosen = FORMATS.get(name)
    if chosen is None:
        raise Http404
    now = timezone.now()
    since = _since(request, now)
    book = brands.current()
    tlp = team().export_tlp
    record(
        by=person_of(request),
        action="export.confirmed",
        subject=name,
        details={"tlp": tlp, "since": since.isoformat() if since else None},
        now=now,
    )
    body = chosen.write(
        confirmed_names(book=book, since=since), never=spared_here(), tlp=tlp, now=now
    )
    file = f"confirmed-{timezone.localtime(now):%Y%m%d-%H%M}.{chosen.ending}"
    return _download(body, content_type=chosen.content_type, file=file)


@require_safe
@allow(*TEACHERS)
def teach(request: HttpRequest) -> HttpResponseBase:
    """Hand out decisions as labels, one JSON object per line."""
    now = timezone.now()
    record(by=person_of(request), action="export.labels", subject="labels", details={}, now=now)
    secret = str(settings.SECRET_KEY).encode()
    body = (in_json(label) for label in labels(secret=secret))
    file = f"labels-{timezone.localtime(now):%Y%m%d-%H%M}.jsonl"
    return _download(body, content_type="application/jsonl", file=file)


def _since(request: HttpRequest, now: datetime) -> datetime | None:
    days = PERIODS.get(request.GET.get("period", ""))
    return now - timedelta(days=days) if days else None


def _download(body: Iterator[bytes], *, content_type: str, file: str) -> HttpResponseBase:
    response = StreamingHttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    response["Cache-Control"] = "no-store"
    return response
