"""Lays drafts before analysts: from what the product drafted, or begun by a person."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from lionrock.core.alerts import LANGUAGES, Kind, Risk
from lionrock.desk.alerts.content import Content, as_json
from lionrock.desk.alerts.models import Alert, Evidence, Version
from lionrock.desk.audit.services import record
from lionrock.desk.people.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """One piece of evidence as it is laid beside a draft; the columns are those of ``Evidence``."""

    ref: str
    title: str
    text: str
    data: dict[str, Any] = field(default_factory=dict)  # Any: JSON, different for every kind


@transaction.atomic
def open_draft(
    *,
    content: Content,
    evidence: Sequence[Laid] = (),
    origin: str,
    sheet: str = "",
    by: Person | None,
    now: datetime,
) -> Alert:
    """Keep a draft with what it rests on, for an analyst to evaluate; ``by`` is None for the product's."""
    content = content.in_order()
    alert = Alert.objects.create(
        kind=content.kind.value,
        risk=content.risk.value,
        title=dict(content.title),
        origin=origin,
        sheet=sheet,
        made_at=now,
        made_by=by,
    )
    Version.objects.create(
        alert=alert, number=1, content=as_json(content), at=now, by=by, what="drafted"
    )
    Evidence.objects.bulk_create(
        Evidence(
            alert=alert, ref=one.ref, title=one.title[:300], text=one.text, data=one.data, at=now
        )
        for one in evidence
    )
    record(
        by=by,
        action="alert.draft",
        subject=content.title["en"],
        details={"alert": alert.pk, "kind": content.kind.value, "from": origin},
        now=now,
    )
    return alert


def begin(*, kind: Kind, title: dict[str, str], by: Person, now: datetime) -> Alert:
    """Begin an empty draft, of what a person knows and nothing has counted yet."""
    empty = Content(
        kind=kind,
        title={language: title.get(language, "") for language in LANGUAGES},
        risk=Risk.MEDIUM,
        reason="",
    )
    return open_draft(content=empty, origin="", by=by, now=now)
