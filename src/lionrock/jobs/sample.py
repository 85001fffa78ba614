"""The commands about the made-up sample of a first start: show it, forget it, keep the rest as real."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Final

from cyclopts import App, Parameter

from lionrock.core.errors import TryLater
from lionrock.jobs import django
from lionrock.jobs.exits import Exit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lionrock.desk.sample.selectors.plan import Kept

app = App(name="sample", help="The made-up sample of the first start: show it, forget it.")

NOTHING: Final = "Nothing here is made up.\n"


@app.command
def show() -> None:
    """Say what of the made-up sample is there, what of it would go, and what would stay and why.

    For example:

        lionrock sample show
    """
    _ready()
    from lionrock.desk.sample.selectors.plan import plan  # noqa: PLC0415  # needs Django started
    from lionrock.desk.sample.selectors.present import is_there  # noqa: PLC0415  # as above

    if not is_there():
        sys.stdout.write(NOTHING)
        return
    found = plan(now=datetime.now(UTC))
    sys.stdout.write(
        f"deliveries\t{len(found.blobs)}\nevents\t{found.events}\n"
        f"episodes\t{len(found.episodes)}\nnotices\t{len(found.notices)}\n"
        f"constituents\t{len(found.constituents)}\nnames\t{len(found.suspects)}\n"
        f"sources\t{len(found.feeds)}\n"
    )
    if found.left:
        sys.stdout.write(f"closed, since a letter left\t{len(found.left)}\n")
    _tell_kept(found.kept)


@app.command
def forget(*, yes: Annotated[bool, Parameter(negative=())] = False) -> int:
    """Remove the made-up sample and all that came of it, for good; what is real stays untouched.

    Says first what goes and asks once more. Constituents and names of which somebody made real work
    stay, and are told with the reason. Ends with 1 when nothing was removed since nobody agreed.

    For example:

        lionrock sample forget
        lionrock sample forget --yes

    Parameters
    ----------
    yes
        Do not ask.
    """
    show()
    from lionrock.desk.sample.selectors.plan import plan  # noqa: PLC0415  # needs Django started
    from lionrock.desk.sample.services.forget import forget  # noqa: PLC0415  # as above

    if not plan(now=datetime.now(UTC)):
        return Exit.FINE
    if not yes and not _agreed():
        sys.stderr.write("Nothing was removed.\n")
        return Exit.FOUND
    done = forget(by=None, now=datetime.now(UTC))
    sys.stdout.write(
        f"removed: {done.deliveries} deliveries with {done.events} events in {done.episodes} "
        f"episodes, {done.notices} notices, {done.constituents} constituents, {done.names} names, "
        f"{done.files} files\n"
    )
    return Exit.FINE


@app.command
def keep() -> None:
    """Call what is left of the sample real from now on: no page says any more that it is made up.

    For example:

        lionrock sample keep
    """
    _ready()
    from lionrock.desk.sample.services.forget import take_as_real  # noqa: PLC0415  # needs Django

    if take_as_real(by=None, now=datetime.now(UTC)):
        sys.stdout.write("Nothing is called made up any more.\n")
    else:
        sys.stdout.write(NOTHING)


def _tell_kept(kept: "Iterable[Kept]") -> None:
    from lionrock.desk.sample.words import why_kept  # noqa: PLC0415  # needs Django started

    for one in kept:
        sys.stdout.write(f"stays\t{one.name}\t{why_kept(one.why)}\n")


def _agreed() -> bool:
    sys.stderr.write("Remove all of this for good? Type yes: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() == "yes"


def _ready() -> None:
    """Start Django, and see that what was laid is written down."""
    django.start()
    if django.unapplied():
        raise TryLater("the database is not up to date; run: lionrock up")
    from lionrock.desk.sample.services.manifest import was_laid  # noqa: PLC0415  # needs Django

    was_laid()
