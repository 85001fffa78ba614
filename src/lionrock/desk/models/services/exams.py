"""Keeps what an exam of a model found."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.models.models import Exam
from lionrock.desk.people.models import Person
from lionrock.names.gate import Measured


@transaction.atomic
def keep_exam(
    *,
    version: str,
    corpus: str,
    region: str,
    threshold: float,
    rows: Sequence[Measured],
    by: Person | None,
    now: datetime,
) -> Exam:
    """Keep an exam's rows; ``corpus`` is the SHA-256 over the names it was held on."""
    exam = Exam.objects.create(
        version=version,
        corpus=corpus,
        region=region,
        threshold=threshold,
        rows=[asdict(row) for row in rows],
        at=now,
        by=by,
    )
    record(
        by=by,
        action="model.examine",
        subject=version,
        details={
            "exam": exam.pk,
            "corpus": corpus,
            "rows": len(rows),
            "missed": [row.what for row in rows if row.kept is False],
        },
        now=now,
    )
    return exam
