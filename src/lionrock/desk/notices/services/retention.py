"""Removes the text of letters and answers, and what the catch-all took, once they were kept long enough.

That a letter was sent, when, to whom and with what receipt stays, and that an answer came, when, from
whom and what it said of the problem. A letter's text lists other people's machines, an answer's is
somebody's own words and often quotes the letter: both go with the events told of, earlier where
their label is a narrow one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from lionrock.desk.events.services.retention import SECRET, Ages
from lionrock.desk.notices.models import Answer, Caught, Letter, LetterState, Look

CHUNK: Final = 500
FORGOTTEN: Final = "forgotten"
"""``Answer.why`` of one whose text was removed."""
_DONE: Final = [
    LetterState.SENT,
    LetterState.REFUSED,
    LetterState.BOUNCED,
    LetterState.CANCELLED,
]
"""A letter that is to leave, leaves, or may have left keeps its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How many of each were removed."""

    letters: int
    answers: int
    caught: int
    looks: int


def forget(*, now: datetime) -> Forgotten:
    """Remove what was kept long enough; killed in between, the next run does the rest."""
    ages = Ages.current()
    old = now - timedelta(days=ages.events)
    secret = now - timedelta(days=min(ages.events, ages.secret))
    done = Letter.objects.filter(state__in=_DONE).exclude(body=b"")
    narrow = done.filter(notice__tlp__in=SECRET, next_at__lt=secret)
    answers = Answer.objects.exclude(text="")
    quoting = answers.filter(notice__tlp__in=SECRET, received_at__lt=secret)
    caught = Caught.objects.filter(letter__notice__tlp__in=SECRET, caught_at__lt=secret)
    return Forgotten(
        letters=_blank(narrow) + _blank(done.filter(next_at__lt=old)),
        answers=_unsay(quoting) + _unsay(answers.filter(received_at__lt=old)),
        caught=_remove(caught) + _remove(Caught.objects.filter(caught_at__lt=old)),
        looks=_remove(Look.objects.filter(at__lt=old)),
    )


def _blank(letters: QuerySet[Letter]) -> int:
    count = 0
    while ids := list(letters.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            count += Letter.objects.filter(pk__in=ids, state__in=_DONE).update(body=b"")
    return count


def _unsay(answers: QuerySet[Answer]) -> int:
    count = 0
    while ids := list(answers.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            count += Answer.objects.filter(pk__in=ids).update(text="", why=FORGOTTEN)
    return count


def _remove(rows: "QuerySet[Caught] | QuerySet[Look]") -> int:
    count = 0
    while ids := list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        with transaction.atomic():
            rows.model._base_manager.filter(pk__in=ids).delete()
        count += len(ids)
    return count
