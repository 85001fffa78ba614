"""Lets another model judge, and goes back to the one before; both hold for every process at once."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.models.current import current_version, model_of
from lionrock.desk.models.models import Change, Choice, Chosen
from lionrock.desk.models.selectors.gates import gate_of
from lionrock.desk.people.models import Person
from lionrock.names.gate import Gate
from lionrock.names.scorer import shipped


class GateShut(Exception):
    """The exam does not let this model take over; ``gate`` is None where there is none to compare."""

    def __init__(self, version: str, gate: Gate | None) -> None:
        super().__init__(f"the exam does not let {version} take over")
        self.gate = gate


class SwitchedMeanwhile(Exception):
    """Somebody switched since the caller looked."""


@transaction.atomic
def switch(*, version: str, seen: str, by: Person | None, now: datetime) -> Choice:
    """Let ``version`` judge from now on.

    ``seen`` is the version that judged when the caller looked. Raises SwitchedMeanwhile when another
    does now, GateShut when the exam does not let it, TryLater when its files are not here.
    """
    chosen = _held()
    instead = current_version()
    if instead != seen:
        raise SwitchedMeanwhile
    gate = gate_of(version, instead, region=settings.LIONROCK_REGION)
    if version == instead or gate is None or not gate.open:
        raise GateShut(version, gate)
    model_of(version)
    choice = Choice.objects.create(
        version="" if version == shipped().version else version,
        change=Change.SWITCH,
        instead=instead,
        back_to=chosen.choice,
        at=now,
        by=by,
    )
    return _stands(chosen, choice, version=version, by=by, now=now)


@transaction.atomic
def back(*, seen: str, by: Person | None, now: datetime) -> Choice:
    """Let the model judge again that did before the last switch; no exam is asked for.

    Raises SwitchedMeanwhile when ``seen`` does not judge any more, or when nobody ever switched.
    """
    chosen = _held()
    instead = current_version()
    leaving = chosen.choice
    if instead != seen or leaving is None or (not leaving.version and leaving.back_to is None):
        raise SwitchedMeanwhile
    goal = leaving.back_to
    version = goal.version if goal else ""
    choice = Choice.objects.create(
        version=version,
        change=Change.BACK,
        instead=instead,
        back_to=goal.back_to if goal else None,
        at=now,
        by=by,
    )
    back_at = version or shipped().version
    model_of(back_at)
    return _stands(chosen, choice, version=back_at, by=by, now=now)


def _held() -> Chosen:
    Chosen.objects.get_or_create(pk=1)
    return Chosen.objects.select_for_update().get(pk=1)


def _stands(
    chosen: Chosen, choice: Choice, *, version: str, by: Person | None, now: datetime
) -> Choice:
    chosen.choice = choice
    chosen.save(update_fields=["choice"])
    record(
        by=by,
        action=f"model.{choice.change}",
        subject=version,
        details={"before": choice.instead},
        now=now,
    )
    return choice
