"""Asks a model about the suspects on top, within the day's budget; what it says is kept beside them, as advice.

Three steps, each of which may be the last that a killed worker did: what a question may cost is
reserved and its names are taken, in one transaction; the question is asked, in none; what came of it is
settled, in one. So a day never costs more than it may, and no name is asked about twice at a time.
Nothing here writes to a suspect.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction
from django.db.models import F

from lionrock.core.opinion import Opinion as Said
from lionrock.core.region import Brand
from lionrock.desk.audit.services import record
from lionrock.desk.people.models import Person
from lionrock.desk.suspects.models import Suspect
from lionrock.desk.suspects.opinions import Asking, ModelDay, Opinion
from lionrock.desk.suspects.selectors.opinions import attempts_before, on_top, settled, spent_on
from lionrock.names.opinions import PROMPT, Answers, Asked, Batch, batch_of, heard
from lionrock.net.model_endpoint.words import (
    Answered,
    Endpoint,
    Outcome,
    Question,
    Trouble,
    Unanswered,
)

TRIES: Final = 3
"""Requests for one question, where the server is busy."""
ROUNDS_FOR: Final = timedelta(minutes=4)
"""After so long no further round begins: a duty is short, and comes again."""
FIRST_REST: Final = timedelta(minutes=5)
LONGEST_REST: Final = timedelta(hours=2)
"""How long a server that answers nothing at all is left alone, doubled each time."""
_AWAY: Final = frozenset({Trouble.UNREACHABLE, Trouble.BUSY, Trouble.REFUSED})
"""Troubles of the server, for which no name is to blame."""

Ask = Callable[[Sequence[Question[Answers]], int], list[Outcome[Answers]]]
"""Asks some questions, each at most so many times: ``lionrock.net.model_endpoint.ask.ask_all``."""
Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What may be asked: names in a question, questions and tokens in a day, and whose names not."""

    names: int
    calls: int
    tokens: int
    without: tuple[str, ...] = ()
    """Beginnings of sources whose names are never sent."""


class Ended(StrEnum):
    """Why asking came to its end."""

    NOTHING_LEFT = "nothing-left"
    """Every name on top was asked about."""
    MOST = "most"
    """As many names were asked about as somebody wanted."""
    CALLS = "calls"
    TOKENS = "tokens"
    """The day's budget is spent, or does not hold another question."""
    RESTING = "resting"
    """The server answered nothing, and is left alone for a while."""
    LATER = "later"
    """There is more to ask, with the next turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came of asking: names asked about, opinions kept, questions without a readable answer."""

    names: int
    opinions: int
    failures: int
    ended: Ended
    trouble: str = ""


def ask_top(
    *,
    endpoint: Endpoint,
    limits: Limits,
    catalogue: Sequence[Brand],
    ask: Ask,
    by: Person | None,
    day: Callable[[datetime], date],
    clock: Clock,
    most: int | None = None,
) -> Told:
    """Ask about the names on top, round after round, until the budget, the names or the time are over.

    ``most`` names at most, where given. The audit log keeps what left, and where to.
    """
    begun = clock()
    names = opinions = failures = 0
    trouble = ""
    while True:
        now = clock()
        wanted = endpoint.at_once * limits.names
        if most is not None:
            wanted = min(wanted, most - names)
        if wanted <= 0:
            ended = Ended.MOST
            break
        if now - begun > ROUNDS_FOR:
            ended = Ended.LATER
            break
        taken = take(
            endpoint=endpoint,
            limits=limits,
            catalogue=catalogue,
            most=wanted,
            day=day(now),
            now=now,
        )
        if isinstance(taken, Ended):
            ended = taken
            break
        outcomes = ask([_question(batch) for batch in taken.batches], taken.tries)
        done = settle(taken=taken, outcomes=outcomes, catalogue=catalogue, now=clock())
        names += sum(len(batch.asked) for batch in taken.batches)
        opinions += done.opinions
        failures += done.failures
        trouble = done.trouble
        if done.resting:
            ended = Ended.RESTING
            break
    if names:
        record(
            by=by,
            action="opinions.ask",
            subject=endpoint.model,
            details={
                "host": endpoint.host,
                "names": names,
                "opinions": opinions,
                "failures": failures,
            },
            now=clock(),
        )
    return Told(names=names, opinions=opinions, failures=failures, ended=ended, trouble=trouble)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Questions that are paid for: their names are nobody else's to ask about for now."""

    count: int
    """The row of ``ModelDay`` that holds the reservation."""
    model: str
    batches: tuple[Batch, ...]
    tries: int
    tokens: int


def take(
    *,
    endpoint: Endpoint,
    limits: Limits,
    catalogue: Sequence[Brand],
    most: int,
    day: date,
    now: datetime,
) -> Taken | Ended:
    """Take names for a round of questions and reserve what these may cost, or say why there is none."""
    model = endpoint.model
    # On top is what a day's calls reach: who works through less need not pay for more.
    depth = limits.calls * limits.names
    names = on_top(
        model=model, prompt=PROMPT, most=most, depth=depth, without=limits.without, now=now
    )
    if not names:
        return Ended.NOTHING_LEFT if depth else Ended.CALLS
    ModelDay.objects.get_or_create(day=day, model=model)
    with transaction.atomic():
        count = ModelDay.objects.select_for_update().get(day=day, model=model)
        if count.rests_until is not None and count.rests_until > now:
            return Ended.RESTING
        # Somebody may have asked about some of them since we looked.
        gone = settled([each.pk for each in names], model=model, prompt=PROMPT, now=now)
        names = [each for each in names if each.pk not in gone]
        if not names:
            return Ended.NOTHING_LEFT
        spent = spent_on(day)
        calls_left = limits.calls - spent.calls
        if calls_left <= 0:
            return Ended.CALLS
        before = attempts_before(names, model=model, prompt=PROMPT)
        groups = _groups(names, before, limits.names)[: min(endpoint.at_once, calls_left)]
        batches: list[Batch] = []
        tokens = 0
        for group in groups:
            batch = _batch(group, catalogue)
            costs = _question(batch).at_most
            if spent.tokens + tokens + costs > limits.tokens:
                break
            batches.append(batch)
            tokens += costs
        if not batches:
            return Ended.TOKENS
        tries = min(TRIES, calls_left // len(batches))
        count.reserved_calls += tries * len(batches)
        count.reserved_tokens += tokens
        count.save(update_fields=["reserved_calls", "reserved_tokens"])
        _claim([each for group in groups[: len(batches)] for each in group], model, now)
    return Taken(count=count.pk, model=model, batches=tuple(batches), tries=tries, tokens=tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a round brought; ``resting`` when the server gave no answer to any question of it."""

    opinions: int
    failures: int
    trouble: str
    resting: bool


@transaction.atomic
def settle(
    *,
    taken: Taken,
    outcomes: Sequence[Outcome[Answers]],
    catalogue: Sequence[Brand],
    now: datetime,
) -> Brought:
    """Keep what came of a round, count what it cost, and give back what it did not."""
    count = ModelDay.objects.select_for_update().get(pk=taken.count)
    failed = [outcome for outcome in outcomes if isinstance(outcome, Unanswered)]
    # A server that is too slow for one question may be so for a name's sake; for all, for its own.
    away = len(failed) == len(outcomes) and all(
        each.trouble in _AWAY or each.trouble is Trouble.SLOW for each in failed
    )
    opinions = 0
    for batch, outcome in zip(taken.batches, outcomes, strict=True):
        count.calls += outcome.used.calls
        count.prompt_tokens += outcome.used.prompt_tokens
        count.completion_tokens += outcome.used.completion_tokens
        if isinstance(outcome, Answered):
            found = heard(outcome.answer, batch, catalogue=catalogue)
            for host, said in found.opinions.items():
                opinions += _keep(host, said, model=taken.model, now=now)
            _blame(found.missing, model=taken.model)
            count.names += len(batch.asked)
            count.answered += len(found.opinions)
            count.missing += len(found.missing)
            count.unasked += min(found.unasked, 10**6)
            continue
        hosts = [each.host for each in batch.asked]
        count.failures += 1
        if away or outcome.trouble in _AWAY:
            _free(hosts, model=taken.model)
        else:
            count.names += len(hosts)
            _blame(hosts, model=taken.model)
    count.reserved_calls = max(0, count.reserved_calls - taken.tries * len(taken.batches))
    count.reserved_tokens = max(0, count.reserved_tokens - taken.tokens)
    count.trouble = f"{failed[-1].trouble}: {failed[-1].words}"[:300] if failed else ""
    count.stumbles = count.stumbles + 1 if away else 0
    count.rests_until = now + _rest(count.stumbles, failed) if away else None
    count.save()
    return Brought(opinions=opinions, failures=len(failed), trouble=count.trouble, resting=away)


def _groups(names: Sequence[Suspect], before: dict[int, int], size: int) -> list[list[Suspect]]:
    """Put names together for questions; one that a model failed on before is asked about alone.

    A single name can make a model lose its way, and would take its neighbours along.
    """
    fresh = [each for each in names if each.pk not in before]
    together = [fresh[start : start + size] for start in range(0, len(fresh), size)]
    return together + [[each] for each in names if each.pk in before]


def _batch(group: Sequence[Suspect], catalogue: Sequence[Brand]) -> Batch:
    return batch_of(
        [Asked(host=each.host) for each in group],
        catalogue=catalogue,
        hints=[each.brand for each in group if each.brand],
    )


def _question(batch: Batch) -> Question[Answers]:
    return Question(
        instructions=batch.instructions,
        data=batch.data,
        schema=batch.schema,
        most_tokens=batch.most_tokens,
    )


def _claim(names: Sequence[Suspect], model: str, now: datetime) -> None:
    Opinion.objects.bulk_create(
        [Opinion(suspect=each, model=model, prompt=PROMPT, asked_at=now) for each in names],
        update_conflicts=True,
        unique_fields=["suspect", "model", "prompt"],
        update_fields=["state", "asked_at"],
    )


def _keep(host: str, said: Said, *, model: str, now: datetime) -> int:
    asked = Opinion.objects.filter(suspect__host=host, model=model, prompt=PROMPT)
    return asked.update(
        state=Asking.ANSWERED,
        answered_at=now,
        says=said.says.value,
        brand=said.brand,
        other=said.other,
        lure=said.lure,
        why=said.why,
        sure=said.sure.value,
    )


def _blame(hosts: Sequence[str], *, model: str) -> None:
    """Count a question to which these names got no answer."""
    asked = Opinion.objects.filter(suspect__host__in=hosts, model=model, prompt=PROMPT)
    asked.update(state=Asking.UNANSWERED, attempts=F("attempts") + 1)


def _free(hosts: Sequence[str], *, model: str) -> None:
    """Let these names be asked about again, as if nobody had."""
    asked = Opinion.objects.filter(suspect__host__in=hosts, model=model, prompt=PROMPT)
    asked.filter(state=Asking.ASKED).update(state=Asking.UNANSWERED)


def _rest(stumbles: int, failed: Sequence[Unanswered]) -> timedelta:
    asked = max((each.wait or 0.0 for each in failed), default=0.0)
    doubled = FIRST_REST * (1 << min(stumbles - 1, 10))
    return min(max(doubled, timedelta(seconds=min(asked, 86_400.0))), LONGEST_REST)
