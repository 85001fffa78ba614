"""What models said: beside a row of the queue, on a suspect's page, and how often people agreed."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, F, Q, Sum

from lionrock.desk.suspects.models import Dismissal, State, Suspect
from lionrock.desk.suspects.opinions import Asking, ModelDay, Opinion, Says
from lionrock.desk.suspects.selectors.queue import Filters, Position, queue_page

MOST_ATTEMPTS: Final = 3
"""Questions about a name to which no answer could be read, after which it is left in peace."""
UNDER_WAY: Final = timedelta(minutes=20)
"""After so long a question that was never settled was a dead worker's."""
_AT_ONCE: Final = 200
_Z: Final = 1.959964
"""Of the normal distribution, for intervals that hold 95 of 100 times."""


def asks_models() -> bool:
    """Tell whether this installation asks a model at all."""
    return bool(settings.LIONROCK_LLM_URL)


def opinions_of_rows(suspects: Iterable[Suspect]) -> dict[int, Opinion] | None:
    """Return what the model in use says of some suspects, by their ids; None where none is asked.

    A suspect on which it failed for good has a row without words.
    """
    if not asks_models():
        return None
    rows = Opinion.objects.filter(
        suspect__in=[suspect.pk for suspect in suspects],
        model=settings.LIONROCK_LLM_MODEL,
    )
    over = Q(state=Asking.ANSWERED) | Q(state=Asking.UNANSWERED, attempts__gte=MOST_ATTEMPTS)
    said = {row.suspect_id: row for row in rows.filter(over).order_by("id")}
    answered = rows.filter(state=Asking.ANSWERED).order_by("answered_at", "id")
    return said | {row.suspect_id: row for row in answered}


def opinions_of(suspect: Suspect) -> list[Opinion]:
    """Return all that models said of a suspect, the latest first."""
    said = Opinion.objects.filter(suspect=suspect, state=Asking.ANSWERED)
    return list(said.order_by("-answered_at", "-id"))


def on_top(
    *, model: str, prompt: str, most: int, depth: int, without: tuple[str, ...] = (), now: datetime
) -> list[Suspect]:
    """Return the first ``most`` rows of the queue that the model has not answered about yet.

    Looks at the first ``depth`` rows, a series being one, as an analyst would work through them, and
    leaves out names whose source begins with one of ``without``.
    """
    found: list[Suspect] = []
    seen, after = 0, None
    while seen < depth and len(found) < most:
        page = queue_page(Filters(), after=after, size=min(_AT_ONCE, depth - seen))
        rows = [row.suspect for row in page.rows]
        done = settled([row.pk for row in rows], model=model, prompt=prompt, now=now)
        found += [row for row in rows if row.pk not in done and not row.source.startswith(without)]
        if not page.has_after or not rows:
            break
        seen += len(rows)
        after = Position(score=rows[-1].score, id=rows[-1].pk)
    return found[:most]


def settled(suspects: list[int], *, model: str, prompt: str, now: datetime) -> set[int]:
    """Return those suspects about which there is nothing to ask: answered, hopeless, or under way."""
    about = Opinion.objects.filter(suspect__in=suspects, model=model, prompt=prompt)
    over = Q(state=Asking.ANSWERED) | Q(attempts__gte=MOST_ATTEMPTS)
    under_way = Q(state=Asking.ASKED, asked_at__gt=now - UNDER_WAY)
    return set(about.filter(over | under_way).values_list("suspect_id", flat=True))


def attempts_before(suspects: Iterable[Suspect], *, model: str, prompt: str) -> dict[int, int]:
    """Return how often a model had failed on each suspect; those on whom it never did are left out."""
    about = Opinion.objects.filter(suspect__in=list(suspects), model=model, prompt=prompt)
    return dict(about.filter(attempts__gt=0).values_list("suspect_id", "attempts"))


# What it has cost -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What all models together cost on a day, with what is promised to questions under way."""

    calls: int
    tokens: int


def spent_on(day: date) -> Spent:
    """Return what a day has cost so far."""
    sums = ModelDay.objects.filter(day=day).aggregate(
        calls=Sum(F("calls") + F("reserved_calls")),
        tokens=Sum(F("prompt_tokens") + F("completion_tokens") + F("reserved_tokens")),
    )
    return Spent(calls=sums["calls"] or 0, tokens=sums["tokens"] or 0)


def model_days(*, most: int = 30) -> list[ModelDay]:
    """Return the counters, the latest day first."""
    return list(ModelDay.objects.order_by("-day", "model")[:most])


def rests_until(model: str, *, now: datetime) -> datetime | None:
    """Return until when the model's server is left alone; None when it is not."""
    resting = ModelDay.objects.filter(model=model, rests_until__gt=now).order_by("-rests_until")
    return resting.values_list("rests_until", flat=True).first()


# How often people agreed ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of a whole, with the interval that holds the true share 95 of 100 times (Wilson, 1927)."""

    part: int
    whole: int
    value: float = field(init=False)
    low: float = field(init=False)
    high: float = field(init=False)

    def __post_init__(self) -> None:
        low, high = _wilson(self.part, self.whole)
        object.__setattr__(self, "value", self.part / self.whole if self.whole else 0.0)
        object.__setattr__(self, "low", low)
        object.__setattr__(self, "high", high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What became of suspects of which a model had said something, and which people then decided.

    ``agreed``: it named somebody imitated and they were confirmed, or it named nobody and they were
    dismissed. ``cannot_tell`` counts its words to that effect, ``unclear`` the people's own
    ("dismissed as unclear"); neither is counted for or against it. ``brand`` is how often, of the
    confirmed for which both name a brand of the catalogue, it is the same.
    """

    model: str
    prompt: str
    agreed: int
    disagreed: int
    cannot_tell: int
    unclear: int
    brand: Share

    @property
    def decided(self) -> int:
        """All that people decided of what it had said something of."""
        return self.agreed + self.disagreed + self.cannot_tell + self.unclear

    @property
    def share(self) -> Share:
        """How often they agreed where both said something."""
        return Share(part=self.agreed, whole=self.agreed + self.disagreed)


def agreements() -> list[Agreement]:
    """Return how far people agreed with each model, and with each wording of the question."""
    decided = Opinion.objects.filter(
        state=Asking.ANSWERED, suspect__state__in=[State.CONFIRMED, State.DISMISSED]
    )
    unclear = Q(suspect__state=State.DISMISSED, suspect__dismissal=Dismissal.UNCLEAR)
    told = ~unclear & ~Q(says=Says.CANNOT_TELL)
    imitates, confirmed = Q(says__in=[Says.BRAND, Says.OTHER]), Q(suspect__state=State.CONFIRMED)
    agreed = (imitates & confirmed) | (Q(says=Says.NOBODY) & ~confirmed)
    brands = Q(says=Says.BRAND) & confirmed & ~Q(suspect__brand="")
    rows = (
        decided.values("model", "prompt")
        .annotate(
            agreed=Count("id", filter=told & agreed),
            told=Count("id", filter=told),
            cannot_tell=Count("id", filter=Q(says=Says.CANNOT_TELL) & ~unclear),
            unclear=Count("id", filter=unclear),
            brands=Count("id", filter=brands),
            same=Count("id", filter=brands & Q(brand=F("suspect__brand"))),
        )
        .order_by("model", "prompt")
    )
    return [
        Agreement(
            model=row["model"],
            prompt=row["prompt"],
            agreed=row["agreed"],
            disagreed=row["told"] - row["agreed"],
            cannot_tell=row["cannot_tell"],
            unclear=row["unclear"],
            brand=Share(part=row["same"], whole=row["brands"]),
        )
        for row in rows
    ]


def _wilson(part: int, whole: int) -> tuple[float, float]:
    if whole == 0:
        return 0.0, 1.0
    share, spread = part / whole, _Z * _Z / whole
    middle = share + spread / 2
    reach = _Z * math.sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread))
