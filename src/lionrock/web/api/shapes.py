"""What the HTTP API takes and returns."""

import struct
from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Model
from ninja import Schema
from pydantic import Field

from lionrock.core.judgement import Judgement, Reason
from lionrock.core.reasons import WORDS
from lionrock.desk.suspects.models import Decision, Dismissal, State, Suspect
from lionrock.desk.suspects.selectors.queue import Position
from lionrock.names.explain import Explanation, in_english

NO_NUL = r"^[^\x00]*$"
CURSOR = r"^((0{16}|3[0-9a-f]{15})-[0-9]{1,18})?$"
"""Nothing, or the bits of a number from 0 to below 2, and an id."""
Text = Annotated[str, Field(max_length=200, pattern=NO_NUL)]
Note = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Name = Annotated[str, Field(max_length=2048)]
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]


class EpisodeBrief(Schema):
    """One problem on one asset, from first seen to last seen."""

    id: int
    asset_kind: str
    asset: str
    kind: str
    """Class and type of the Reference Security Incident Taxonomy."""
    severity: str
    family: str
    service: str
    port: int | None
    transport: str
    address: str
    host: str
    url: str
    tlp: str
    first_seen: datetime
    last_seen: datetime
    events: int
    standing: str
    """`open`, `unseen`, `fixed` or `not_ours`."""


def columns_of(
    row: Model, shape: type[Schema], *, but: Collection[str]
) -> dict[str, Any]:  # Any: columns
    """Return what of a shape's fields are columns of the same name: all ``but`` these."""
    return {name: getattr(row, name) for name in shape.model_fields if name not in but}


class Names(Schema):
    """Names to judge."""

    names: list[Name] = Field(min_length=1, max_length=10_000)
    source: Text = "api"
    everything: bool = Field(False, strict=True)
    """Also return what is no suspect."""


class ReasonOut(Schema):
    """One thing that speaks for a verdict; ``span`` counts in the name that stands beside it (a judged
    name as it was sent, a suspect's host), ``null`` is the whole of it."""

    code: str
    span: tuple[int, int] | None
    words: str


class Judged(Schema):
    """One judged name."""

    name: str
    registrable: str
    tenant_of: str | None
    score: float
    verdict: str
    brand: str | None
    reasons: list[ReasonOut]
    model_version: str
    suspect: int | None
    """The id under which it waits for a decision, or was decided."""


class Rejected(Schema):
    """A value that is no name; ``line`` is its place in the list, counted from 1."""

    line: int
    text: str
    why: str


class Submitted(Schema):
    """What became of submitted names."""

    reading: int
    judged: int
    names: list[Judged]
    rejects: list[Rejected]


class SuspectOut(Schema):
    """A suspect."""

    id: int
    host: str
    unicode: str
    registrable: str
    tenant_of: str | None
    score: float
    brand: str | None
    sector: str | None
    series: str
    reasons: list[ReasonOut]
    model_version: str
    source: str
    first_read_at: datetime
    state: State
    dismissal: Dismissal | None
    note: str
    decided_at: datetime | None
    version: int


class DecisionOut(Schema):
    """One line of a suspect's history."""

    at: datetime
    by: str
    kind: str
    before: str
    after: str
    note: str


class SuspectWhole(SuspectOut):
    """A suspect with its brand's official domains and its history, the latest line first."""

    official: list[str]
    history: list[DecisionOut]


class MarkOut(Schema):
    """A telling stretch of a host: ``weight`` is in log-odds, above 0 it raised the score."""

    span: tuple[int, int]
    text: str
    part: Literal["letters", "ending"]
    weight: float


class ExplanationOut(Schema):
    """Which letters made a score, by the model that judges now; it need not be the suspect's own."""

    host: str
    score: float
    marks: list[MarkOut]
    words: str
    model_version: str


class Suspects(Schema):
    """Some suspects; ``next`` is the cursor of the page behind, ``null`` on the last."""

    suspects: list[SuspectOut]
    next: str | None


class Narrow(Schema):
    """How to narrow the list."""

    state: State = State.WAITING
    brand: Text = ""
    sector: Text = ""
    source: Text = ""
    tld: Text = ""
    search: Text = ""
    min_score: float | None = Field(None, ge=0, le=1)
    max_score: float | None = Field(None, ge=0, le=1)
    limit: int = Field(100, ge=1, le=1000)
    cursor: str = Field("", pattern=CURSOR)


class Decided(Schema):
    """A decision about one suspect, made on its version ``seen_version``."""

    seen_version: int = Field(ge=1, le=2**31 - 1)
    note: Note = ""


class Confirm(Decided):
    """It imitates the brand."""

    decision: Literal["confirm"]


class Dismiss(Decided):
    """It does not, and why."""

    decision: Literal["dismiss"]
    reason: Dismissal


class Undo(Decided):
    """Put it back among the waiting."""

    decision: Literal["undo"]


AnyDecision = Annotated[Confirm | Dismiss | Undo, Field(discriminator="decision")]


def cursor_of(place: Position) -> str:
    """Return the place as text that callers hand back unread: the score's bits, and the id."""
    return f"{struct.pack('>d', place.score).hex()}-{place.id}"


def place_of(cursor: str) -> Position:
    """Return the place behind a cursor that matches ``CURSOR``."""
    score, _, number = cursor.partition("-")
    return Position(score=struct.unpack(">d", bytes.fromhex(score))[0], id=int(number))


def reason_of(reason: Reason, span: tuple[int, int] | None) -> ReasonOut:
    """Return a reason with its plain English words."""
    words = WORDS.get(reason.code, reason.code).replace("{about}", reason.about)
    return ReasonOut(code=reason.code, span=span, words=words)


def span_in_host(reason: Reason) -> tuple[int, int] | None:
    """Return where the reason's part stands in the host, or ``None`` for the whole of it."""
    return None if reason.start is None or reason.end is None else (reason.start, reason.end)


def judged_of(judgement: Judgement, suspect: int | None) -> Judged:
    """Return a judgement as it is sent."""
    return Judged(
        name=judgement.name,
        registrable=judgement.registrable,
        tenant_of=judgement.tenant_of,
        score=judgement.score,
        verdict=judgement.verdict.value,
        brand=judgement.brand,
        reasons=[reason_of(reason, judgement.span(reason)) for reason in judgement.reasons],
        model_version=judgement.model_version,
        suspect=suspect,
    )


def suspect_of(suspect: Suspect) -> SuspectOut:
    """Return a suspect as it is sent."""
    return SuspectOut(
        id=suspect.pk,
        host=suspect.host,
        unicode=suspect.unicode,
        registrable=suspect.registrable,
        tenant_of=suspect.tenant_of,
        score=suspect.score,
        brand=suspect.brand or None,
        sector=suspect.sector or None,
        series=suspect.series,
        reasons=[reason_of(reason, span_in_host(reason)) for reason in suspect.seen_reasons()],
        model_version=suspect.model_version,
        source=suspect.source,
        first_read_at=suspect.first_read_at,
        state=State(suspect.state),
        dismissal=Dismissal(suspect.dismissal) if suspect.dismissal else None,
        note=suspect.note,
        decided_at=suspect.decided_at,
        version=suspect.version,
    )


def decision_of(decision: Decision) -> DecisionOut:
    """Return a line of the history as it is sent."""
    return DecisionOut(
        at=decision.at,
        by=str(decision.by),
        kind=decision.kind,
        before=decision.before,
        after=decision.after,
        note=decision.note,
    )


def explanation_of(told: Explanation) -> ExplanationOut:
    """Return an explanation in the API's shape."""
    return ExplanationOut(
        host=told.host,
        score=told.score,
        marks=[
            MarkOut(
                span=(mark.start, mark.end),
                text=mark.text,
                part=mark.part.value,
                weight=mark.weight,
            )
            for mark in told.marks
        ],
        words=in_english(told),
        model_version=told.model_version,
    )
