"""The commands about second opinions, and the duty that asks for them while there is a budget left."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cyclopts import App

from lionrock.core.errors import GiveUp, TryLater
from lionrock.jobs import django
from lionrock.jobs.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Callable

    from lionrock.desk.suspects.services.opinions import Told

app = App(name="opinions", help="Ask a large language model about the suspects on top.")

ENDED: Final = {
    "nothing-left": "every name on top was asked about",
    "most": "as many as you wanted",
    "calls": "the day's calls are spent",
    "tokens": "the day's tokens do not hold another question",
    "resting": "the server gives no answer and is left alone for a while",
    "later": "there is more to ask",
}
NOBODY: Final = "no language model is configured: set LIONROCK_LLM_URL and LIONROCK_LLM_MODEL"


@app.command
def ask(*, most: int = 0) -> int:
    """Ask for second opinions on the names on top, within the day's budget, as a worker does by itself.

    The names are sent to the configured server, and nothing else about them. What comes back is advice
    beside the score: nothing in the queue changes. Ends with 1 when questions stayed without an
    answer that could be read.

    For example:

        lionrock opinions ask
        lionrock opinions ask --most 20

    Parameters
    ----------
    most
        Names to ask about, at most; 0 for as many as the day's budget holds.
    """
    _ready()
    if most < 0:
        raise GiveUp("--most is 0 or more")
    told = None
    while told is None or told.ended == "later":
        told = ask_now(clock=lambda: datetime.now(UTC), most=most or None)
        if told is None:
            raise TryLater(NOBODY)
        sys.stdout.write(
            f"asked about {told.names} names, kept {told.opinions} opinions, "
            f"{told.failures} questions unanswered: {ENDED[told.ended]}\n"
        )
        if most:
            break
    if told.trouble:
        sys.stderr.write(f"the server: {told.trouble}\n")
    return Exit.FOUND if told.failures else Exit.FINE


@app.command
def show() -> None:
    """Say which model is asked, what each day cost, and how far the analysts agreed with each model.

    For example:

        lionrock opinions show
    """
    _ready()
    from lionrock.desk.suspects.asking import (  # noqa: PLC0415  # needs Django started
        day_of,
        endpoint_here,
        limits_here,
    )
    from lionrock.desk.suspects.selectors import opinions  # noqa: PLC0415  # as above

    endpoint, limits = endpoint_here(), limits_here()
    spent = opinions.spent_on(day_of(datetime.now(UTC)))
    sys.stdout.write(f"asked\t{f'{endpoint.model} at {endpoint.host}' if endpoint else 'nobody'}\n")
    sys.stdout.write(f"calls today\t{spent.calls} of {limits.calls}\n")
    sys.stdout.write(f"tokens today\t{spent.tokens} of {limits.tokens}\n")
    sys.stdout.write(
        "\nday\tmodel\tcalls\tfailures\tprompt tokens\tcompletion tokens\tnames\tanswered\tmissing\t"
        "unasked\ttrouble\n"
    )
    for row in opinions.model_days():
        sys.stdout.write(
            f"{row.day}\t{row.model}\t{row.calls}\t{row.failures}\t{row.prompt_tokens}\t"
            f"{row.completion_tokens}\t{row.names}\t{row.answered}\t{row.missing}\t{row.unasked}\t"
            f"{row.trouble}\n"
        )
    sys.stdout.write(
        "\nmodel\tquestion\tagreed\tdisagreed\tcannot tell\tunclear\tagreement\t95 %\n"
    )
    for one in opinions.agreements():
        share = one.share
        sys.stdout.write(
            f"{one.model}\t{one.prompt}\t{one.agreed}\t{one.disagreed}\t{one.cannot_tell}\t"
            f"{one.unclear}\t{share.value:.3f}\t{share.low:.3f} to {share.high:.3f}\n"
        )


def ask_now(*, clock: "Callable[[], datetime]", most: int | None = None) -> "Told | None":
    """Ask the configured model about the names on top; None where none is configured."""
    from lionrock.desk.suspects import brands  # noqa: PLC0415  # needs Django started
    from lionrock.desk.suspects.asking import (  # noqa: PLC0415  # as above
        day_of,
        endpoint_here,
        limits_here,
    )
    from lionrock.desk.suspects.services.opinions import ask_top  # noqa: PLC0415  # as above

    endpoint, limits = endpoint_here(), limits_here()
    if endpoint is None:
        return None
    from lionrock.net.model_endpoint.ask import ask_all  # noqa: PLC0415  # heavy
    from lionrock.net.model_endpoint.words import check  # noqa: PLC0415  # as above

    check(endpoint)  # before anything is reserved
    return ask_top(
        endpoint=endpoint,
        limits=limits,
        catalogue=brands.current().region.brands,
        ask=lambda questions, tries: ask_all(questions, endpoint=endpoint, tries=tries),
        by=None,
        day=day_of,
        clock=clock,
        most=most,
    )


def _ready() -> None:
    django.start()
    if django.unapplied():
        raise TryLater("the database is not up to date; run: lionrock up")
