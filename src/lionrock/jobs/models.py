"""Commands for the models that read names: list, add, examine, switch, go back, judge again."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from cyclopts import App

from lionrock.core.errors import GiveUp
from lionrock.jobs import django
from lionrock.jobs.exits import Exit

app = App(name="models", help="The models that read names: add, examine, switch, go back.")


@app.command(name="list")
def list_models() -> None:
    """List the models: version, whether it judges now, when it was examined, how the gate stands.

    For example:

        lionrock models list
    """
    _ready()
    from lionrock.desk.models.selectors.overview import overview  # noqa: PLC0415  # needs Django

    found = overview()
    for one in (found.current, *found.others):
        examined = f"{one.exam.at:%Y-%m-%d %H:%M}" if one.exam else "not examined"
        gate = "not compared" if one.gate is None else "open" if one.gate.open else "shut"
        standing = "judges" if one.is_current else f"gate {gate}"
        where = "" if one.is_here else "\tfiles missing"
        sys.stdout.write(f"{one.version}\t{standing}\t{examined}{where}\n")


@app.command
def add(folder: Path, /, *, note: str = "") -> None:
    """Add a model that was trained, beside those that are here; it judges nothing yet.

    For example:

        lionrock models add trial
        lionrock models add trial --note "with the decisions of March"

    Parameters
    ----------
    folder
        Where `lionrock names train --output` wrote it.
    note
        What is new about it, for the page.
    """
    _ready()
    from lionrock.desk.models import services  # noqa: PLC0415  # needs Django started

    kept = services.add_model(folder=folder, note=note, by=None, now=datetime.now(UTC))
    sys.stdout.write(f"{kept.version}\n")


@app.command
def examine(folder: Path, /, *, model: str = "", baseline: bool = True) -> int:
    """Examine models on names that no training saw, and keep the results for the gate.

    Without --model the one that judges and every other one are examined, unless they were on the
    same names. Ends with 1 when a target is missed.

    For example:

        lionrock models examine ../shared/data/names
        lionrock models examine ../shared/data/names --model ngrams-ab12 --no-baseline

    Parameters
    ----------
    folder
        Where the measured names are.
    model
        The version to examine, again if need be.
    baseline
        Whether to train the baseline for comparison; takes a minute for each model.
    """
    _ready()
    from lionrock.jobs import models_exam  # noqa: PLC0415  # slow to load

    passed = True
    for version, result, table in models_exam.examine(folder, model=model, baseline=baseline):
        sys.stdout.write(table + "\n")
        passed = passed and result
        sys.stderr.write(f"{version}: kept\n")
    return Exit.FINE if passed else Exit.FOUND


@app.command
def switch(version: str, /) -> int:
    """Let another model judge from now on, when its exam lets it.

    Ends with 1, and tells the rows that fail, when the gate is shut.

    For example:

        lionrock models switch ngrams-ab12
    """
    _ready()
    from lionrock.desk.models import services  # noqa: PLC0415  # needs Django started
    from lionrock.desk.models.current import current_version  # noqa: PLC0415  # as above

    try:
        services.switch(version=version, seen=current_version(), by=None, now=datetime.now(UTC))
    except services.GateShut as shut:
        faults = shut.gate.faults if shut.gate else ()
        for row in faults:
            sys.stdout.write(f"{row.fault}\t{row.what}\n")
        sys.stderr.write(
            f"lionrock: {shut}\n"
            if faults
            else f"lionrock: {version} judges already, or was not examined on the same names as the "
            "current model: lionrock models examine\n"
        )
        return Exit.FOUND
    except services.SwitchedMeanwhile as meanwhile:
        raise GiveUp("somebody switched meanwhile") from meanwhile
    sys.stderr.write(f"{version} judges from now on\n")
    return Exit.FINE


@app.command
def back() -> None:
    """Let the model judge again that did before the last switch.

    For example:

        lionrock models back
    """
    _ready()
    from lionrock.desk.models import services  # noqa: PLC0415  # needs Django started
    from lionrock.desk.models.current import current_version  # noqa: PLC0415  # as above

    try:
        services.back(seen=current_version(), by=None, now=datetime.now(UTC))
    except services.SwitchedMeanwhile as nowhere:
        raise GiveUp("there is no model to go back to") from nowhere
    sys.stderr.write(f"{current_version()} judges from now on\n")


@app.command(name="judge-again")
def judge_again() -> None:
    """Judge waiting suspects again that another model than the current one judged.

    What a person decided stays as it is.

    For example:

        lionrock models judge-again
    """
    _ready()
    from lionrock.desk.suspects.services.again import judge_again as again  # noqa: PLC0415  # as above

    judged = 0
    while True:
        done = again(by=None, now=datetime.now(UTC))
        judged += done.judged
        if not done.left:
            break
    sys.stderr.write(f"{judged:,} suspects were judged again by {done.version}\n")


def _ready() -> None:
    django.start()
    django.migrate()
