"""The pages of reports: what was made, what can be made, the topics of a quarter, and every file."""

import re
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lionrock.briefing.report.content import Contents, Form
from lionrock.briefing.report.html import policy
from lionrock.briefing.report.kept import article_read, read
from lionrock.briefing.report.made import TYPES, Format, made
from lionrock.core.alerts import LANGUAGES
from lionrock.core.errors import LionrockError
from lionrock.core.figures import Period
from lionrock.desk.audit.services import record
from lionrock.desk.figures.services.editions import is_over, today
from lionrock.desk.people.roles import TEAM, Role, allow, roles_of
from lionrock.desk.people.who import person_of
from lionrock.desk.reports.forms import TopicForm, initial_of
from lionrock.desk.reports.models import Report, Topic
from lionrock.desk.reports.selectors import kept
from lionrock.desk.reports.services.making import contents_of, make
from lionrock.desk.reports.services.topics import Faulty, WrittenMeanwhile, take_out, write_topic

MAKERS: Final = (Role.APPROVER, Role.ADMINISTRATOR)
"""Who may make a version that stands."""
_QUARTER: Final = re.compile(r"(20|19)\d\dQ[1-4]")
_FILE: Final = re.compile(
    r"watch-[0-9q]{6}-(?P<form>short|long)\.(?P<language>[a-zA-Z-]{2,7})\.(?P<format>html|pdf|docx)"
)
_DATA: Final = re.compile(r"watch-[0-9q]{6}-(?P<form>short|long)\.(json|[a-z0-9-]{1,80}\.csv)")


@require_safe
@allow(*TEAM)
def report_list(request: HttpRequest) -> HttpResponseBase:
    """List the quarters a report can be made of, with what was made."""
    now = timezone.now()
    choices = kept.choices(today(now))
    made_of: dict[str, list[Report]] = {period.key: [] for period in choices}
    for row in Report.objects.defer("contents").order_by("quarter", "-version"):
        made_of.setdefault(row.quarter, []).append(row)
    rows = [(key, found) for key, found in sorted(made_of.items(), reverse=True)]
    return render(request, "reports/list.html", {"rows": rows})


@require_safe
@allow(*TEAM)
def quarter(request: HttpRequest, quarter: str) -> HttpResponseBase:
    """Show one quarter: its topics, every version of its report, and how to make the next."""
    period = _period(quarter)
    versions = [(row, [_links(row, form) for form in Form]) for row in kept.reports(period.key)]
    return render(
        request,
        "reports/quarter.html",
        {
            "quarter": period,
            "over": is_over(period, timezone.now()),
            "topics": [(topic, kept.article_of(topic)) for topic in kept.topics(period.key)],
            "versions": versions,
            "languages": LANGUAGES,
            "language": _tag(),
            "may_make": bool(roles_of(request) & set(MAKERS)),
        },
    )


@require_POST
@allow(*MAKERS)
def make_report(request: HttpRequest, quarter: str) -> HttpResponseBase:
    """Make the next version of a quarter's report."""
    period = _period(quarter)
    before = kept.reports(period.key)
    try:
        row = make(quarter=period, by=person_of(request), now=timezone.now())
    except LionrockError as error:
        messages.error(request, str(error))
    else:
        if before and before[0].version == row.version:
            messages.info(request, _("Nothing changed since the last version, so none was made."))
        else:
            messages.success(request, _("Version %(n)s was made.") % {"n": row.version})
    return HttpResponseRedirect(reverse("reports:quarter", args=[period.key]))


@require_safe
@allow(*TEAM)
def preview(request: HttpRequest, quarter: str) -> HttpResponseBase:
    """Show the report as it would be made now; nothing is kept but figures of quarters that are over."""
    period = _period(quarter)
    form = Form.LONG if request.GET.get("form") == "long" else Form.SHORT
    language = request.GET.get("language", "")
    try:
        contents = contents_of(quarter=period, now=timezone.now())
        page = made(contents, form).written(
            language if language in LANGUAGES else _tag(), Format.HTML
        )
    except LionrockError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("reports:quarter", args=[period.key]))
    return _answer(page, TYPES[Format.HTML])


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*TEAM)
def new_topic(request: HttpRequest, quarter: str) -> HttpResponseBase:
    """Write a new topic of a quarter."""
    return _written(request, _period(quarter), None)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*TEAM)
def topic(request: HttpRequest, quarter: str, key: str) -> HttpResponseBase:
    """Change a topic; every version is below."""
    period = _period(quarter)
    return _written(request, period, get_object_or_404(Topic, quarter=period.key, key=key))


@require_POST
@allow(*TEAM)
def topic_out(request: HttpRequest, quarter: str, key: str) -> HttpResponseBase:
    """Leave a topic out of the report."""
    period = _period(quarter)
    row = get_object_or_404(Topic, quarter=period.key, key=key)
    take_out(topic_id=row.pk, by=person_of(request), now=timezone.now())
    messages.success(request, _("The topic is left out. Its versions stay."))
    return HttpResponseRedirect(reverse("reports:quarter", args=[period.key]))


@require_safe
@allow(*TEAM)
def download(request: HttpRequest, quarter: str, version: int, name: str) -> HttpResponseBase:
    """Send one file of a report as it was made: any form, language and format, and its data."""
    row = kept.report(_period(quarter).key, version)
    if row is None:
        raise Http404
    contents = read(row.contents)
    try:
        found = _file(contents, name)
    except LionrockError as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    if found is None:
        raise Http404
    body, content_type = found
    record(
        by=person_of(request),
        action="report.downloaded",
        subject=f"report {row.quarter}",
        details={"version": row.version, "file": name},
        now=timezone.now(),
    )
    return _answer(body, content_type, name=name)


def _file(contents: Contents, name: str) -> tuple[bytes, str] | None:
    if match := _FILE.fullmatch(name):
        report = made(contents, Form(match["form"]))
        format = Format(match["format"])
        if match["language"] not in LANGUAGES or report.name(match["language"], format) != name:
            return None
        return report.written(match["language"], format), TYPES[format]
    if match := _DATA.fullmatch(name):
        data = dict(made(contents, Form(match["form"])).data())
        kind = "application/json" if name.endswith(".json") else "text/csv; charset=utf-8"
        return (data[name], kind) if name in data else None
    return None


def _written(request: HttpRequest, period: Period, row: Topic | None) -> HttpResponseBase:
    article = kept.article_of(row) if row else None
    initial = initial_of(article, place=row.place, version=row.version) if row and article else {}
    form = TopicForm(request.POST or None, initial=initial, known=row is not None)
    if request.method == "POST" and form.is_valid():
        written = form.article()
        if row is not None and written.key != row.key:
            raise Http404
        try:
            write_topic(
                quarter=period.key,
                article=written,
                place=form.cleaned_data["place"],
                seen=form.cleaned_data["seen"],
                by=person_of(request),
                now=timezone.now(),
            )
        except Faulty as error:
            for fault in error.faults:
                form.add_error(None, fault)
        except WrittenMeanwhile:
            form.add_error(
                None,
                _(
                    "Somebody wrote another version meanwhile. Copy your text, and open the topic again."
                ),
            )
        else:
            messages.success(request, _("The topic was kept."))
            return HttpResponseRedirect(reverse("reports:quarter", args=[period.key]))
    versions = [(one, article_read(one.article)) for one in kept.versions(row)] if row else []
    return render(
        request,
        "reports/topic.html",
        {
            "quarter": period,
            "topic": row,
            "form": form,
            "versions": versions,
            "value": f"{{{period.key}.total}}",
            "change": f"{{{period.key}.total / {period.previous().key}.total}}",
        },
    )


def _links(row: Report, form: Form) -> tuple[Form, list[tuple[str, list[tuple[str, str]]]], str]:
    """Return the files of a version in a form: by language, format and name; and the data's name."""
    stem = f"watch-{row.quarter.lower()}-{form.value}"
    files = [
        (
            language,
            [(format.value.upper(), f"{stem}.{language}.{format.value}") for format in Format],
        )
        for language in LANGUAGES
    ]
    return form, files, f"{stem}.json"


def _answer(body: bytes, content_type: str, *, name: str = "") -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    if content_type == TYPES[Format.HTML]:
        # The page carries its own style sheet, which the console's policy would not let it use.
        response._csp_exempt = True  # type: ignore[attr-defined]  # how django-csp is told
        response["Content-Security-Policy"] = policy() + "; frame-ancestors 'none'"
    if name:
        shown = (
            "inline" if content_type.startswith(("text/html", "application/pdf")) else "attachment"
        )
        response["Content-Disposition"] = f'{shown}; filename="{name}"'
    return response


def _period(key: str) -> Period:
    if not _QUARTER.fullmatch(key):
        raise Http404
    return Period.of(key)


def _tag() -> str:
    """Return the reader's language as reports spell it."""
    spelled = {language.lower(): language for language in LANGUAGES}
    return spelled.get((get_language() or "").lower(), LANGUAGES[0])
