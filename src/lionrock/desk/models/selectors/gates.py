"""Exams as they were kept, and the gate between two models."""

from collections.abc import Sequence

from lionrock.desk.models.models import Exam
from lionrock.names.gate import Gate, Measured, compare


def latest_exam(version: str, *, region: str, corpus: str = "") -> Exam | None:
    """Return a model's latest exam for a region, on one corpus where one is named."""
    exams = Exam.objects.select_related("by").filter(version=version, region=region)
    if corpus:
        exams = exams.filter(corpus=corpus)
    return exams.order_by("-at", "-id").first()


def gate_of(candidate: str, current: str, *, region: str) -> Gate | None:
    """Return the gate between two models; None until both were examined on the same names.

    The candidate's latest exam counts, and the current model's latest on the names of that one.
    """
    exam = latest_exam(candidate, region=region)
    own = exam and latest_exam(current, region=region, corpus=exam.corpus)
    if exam is None or own is None:
        return None
    return compare(candidate=rows_of(exam), current=rows_of(own))


def rows_of(exam: Exam) -> Sequence[Measured]:
    """Return an exam's rows as values."""
    return [Measured(**row) for row in exam.rows]
