"""The API's operations on names: submit them, list suspects, read, explain or decide about one."""

from typing import Final

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query

from lionrock.desk.models.current import current_triage
from lionrock.desk.people.tokens import Scope
from lionrock.desk.suspects.brands import current
from lionrock.desk.suspects.models import Suspect
from lionrock.desk.suspects.selectors.queue import Filters, Position, matching
from lionrock.desk.suspects.services import decide
from lionrock.names.close_reading import close_reading
from lionrock.names.explain import explain
from lionrock.web.api.bearer import Bearer, owner
from lionrock.web.api.problems import ALWAYS, Api, Problem, answer_problems
from lionrock.web.api.shapes import (
    AnyDecision,
    Confirm,
    Dismiss,
    ExplanationOut,
    Id,
    Names,
    Narrow,
    Rejected,
    Submitted,
    SuspectOut,
    Suspects,
    SuspectWhole,
    Undo,
    cursor_of,
    decision_of,
    explanation_of,
    judged_of,
    place_of,
    suspect_of,
)
from lionrock.web.judging import submit

DESCRIPTION: Final = """
Submit names, read suspects, decide about them. Every request carries a token
(`Authorization: Bearer lr_...`) that somebody of the team made under "My API tokens"; it acts in
that person's name, within their roles and its own scopes, 120 requests a minute. Errors are problem
details (RFC 9457, `application/problem+json`).
"""

api = Api(
    title="Lionrock",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,  # the reference is in docs/reference/api.md; a browser page would need a script
)
answer_problems(api)


@api.post(
    "/names",
    auth=Bearer(Scope.SUBMIT),
    response={200: Submitted, 413: Problem, 503: Problem, **ALWAYS},
    operation_id="submit_names",
    tags=["names"],
)
def submit_names(request: HttpRequest, body: Names) -> Submitted:
    """Judge up to 10,000 names and put the suspects among them into the queue.

    Returns the suspects, or every name with `everything`. What is no name comes back as a reject.
    Needs the scope `names:submit`.
    """
    done = submit(
        body.names,
        source=body.source or "api",
        by=owner(request),
        everything=body.everything,
        now=timezone.now(),
    )
    return Submitted(
        reading=done.reading,
        judged=done.judged,
        names=[judged_of(j, done.suspects.get(j.host)) for j in done.judgements],
        rejects=[Rejected(line=r.line, text=r.text, why=r.why) for r in done.rejects],
    )


@api.get(
    "/suspects",
    auth=Bearer(Scope.READ),
    response={200: Suspects, **ALWAYS},
    operation_id="list_suspects",
    tags=["suspects"],
)
def list_suspects(request: HttpRequest, narrow: Query[Narrow]) -> Suspects:
    """List suspects of one state, the highest score first.

    Hand `next` back as `cursor` for the page behind. Needs the scope `suspects:read`.
    """
    filters = Filters(
        state=narrow.state,
        brand=narrow.brand,
        sector=narrow.sector,
        source=narrow.source,
        tld=narrow.tld.lower(),
        search=narrow.search.lower(),
        min_score=narrow.min_score,
        max_score=narrow.max_score,
    )
    rows = matching(filters).order_by("-score", "id")
    if narrow.cursor:
        place = place_of(narrow.cursor)
        rows = rows.filter(score__lte=place.score).filter(
            Q(score__lt=place.score) | Q(id__gt=place.id)
        )
    found = list(rows[: narrow.limit + 1])
    page = found[: narrow.limit]
    last = Position(score=page[-1].score, id=page[-1].pk) if len(found) > narrow.limit else None
    return Suspects(
        suspects=[suspect_of(suspect) for suspect in page],
        next=cursor_of(last) if last else None,
    )


@api.get(
    "/suspects/{suspect_id}",
    auth=Bearer(Scope.READ),
    response={200: SuspectWhole, 404: Problem, **ALWAYS},
    operation_id="read_suspect",
    tags=["suspects"],
)
def read_suspect(request: HttpRequest, suspect_id: Path[Id]) -> SuspectWhole:
    """Read one suspect with its history and its brand's official domains.

    Needs the scope `suspects:read`.
    """
    suspect = Suspect.objects.get(pk=suspect_id)
    history = suspect.decisions.select_related("by").order_by("-at", "-id")
    return SuspectWhole(
        **suspect_of(suspect).model_dump(),
        official=list(current().official(suspect.brand)),
        history=[decision_of(decision) for decision in history],
    )


@api.get(
    "/suspects/{suspect_id}/explanation",
    auth=Bearer(Scope.READ),
    response={200: ExplanationOut, 404: Problem, 503: Problem, **ALWAYS},
    operation_id="explain_suspect",
    tags=["suspects"],
)
def explain_suspect(request: HttpRequest, suspect_id: Path[Id]) -> ExplanationOut:
    """Say which letters of a suspect made its score: at most three marks, the heaviest first.

    Computed when asked, by the model that judges now. Needs the scope `suspects:read`.
    """
    suspect = Suspect.objects.get(pk=suspect_id)
    return explanation_of(explain(suspect.host, close_reading(current_triage())))


@api.post(
    "/suspects/{suspect_id}/decision",
    auth=Bearer(Scope.DECIDE),
    response={200: SuspectOut, 404: Problem, 409: Problem, **ALWAYS},
    operation_id="decide_suspect",
    tags=["suspects"],
)
def decide_suspect(request: HttpRequest, suspect_id: Path[Id], body: AnyDecision) -> SuspectOut:
    """Confirm or dismiss a waiting suspect, or take a decision back.

    `seen_version` is the version you looked at: when somebody changed the suspect since, the answer
    is 409 and nothing changes. Needs the scope `suspects:decide`.
    """
    seen, by, now = body.seen_version, owner(request), timezone.now()
    match body:
        case Confirm():
            suspect = decide.confirm(
                suspect_id=suspect_id, seen_version=seen, by=by, note=body.note, now=now
            )
        case Dismiss():
            suspect = decide.dismiss(
                suspect_id=suspect_id,
                seen_version=seen,
                by=by,
                reason=body.reason,
                note=body.note,
                now=now,
            )
        case Undo():
            suspect = decide.undo(
                suspect_id=suspect_id, seen_version=seen, by=by, note=body.note, now=now
            )
    return suspect_of(suspect)
