"""Follows one log from any entry on: what comes is proven, in order, and resumed where the caller is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from lionrock.net.ct.leaves import Leaves, NameLines
from lionrock.net.ct.logs import Log
from lionrock.net.ct.states import SignedState
from lionrock.net.guard import Network, Resolve


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How politely a log is asked.

    ``contact`` is a mail address or page that our user agent names. At most ``at_once`` requests
    run at a time and ``per_second`` are begun a second; a log that has nothing new is asked again
    after ``poll`` seconds; entries that do not fill a tile wait at most ``patience`` seconds for
    others. One answer gets ``timeout`` seconds; what fails is tried ``attempts`` times with growing
    waits, or the wait that the log asks for when that is at most ``longest_wait`` seconds.
    """

    contact: str = ""
    at_once: int = 2
    per_second: float = 8.0
    poll: float = 10.0
    patience: float = 30.0
    timeout: float = 60.0
    attempts: int = 6
    longest_wait: float = 300.0


def follow(
    log: Log,
    *,
    start: int | None = None,
    held: SignedState | None = None,
    names_only: bool = False,
    manners: Manners = Manners(),  # frozen
    allow: Sequence[str | Network] = (),
    resolve: Resolve | None = None,
    stopped: Callable[[float], bool],
) -> Iterator[Leaves | NameLines]:
    """Yield what the log holds from entry ``start`` on, in order, without a gap, for as long as wanted.

    The caller keeps ``batch.next`` and ``batch.state`` once the batch is safe, and hands both in
    again as ``start`` and ``held`` next time: nothing is lost or repeated then, whatever died in
    between. ``start`` None begins at the log's present end. ``stopped(seconds)`` waits so long and
    says whether to end (``threading.Event.wait``); it is called often, with 0 between batches.
    ``names_only`` reads names tiles where the log offers them, unproven and without issuer and
    serial (tiled logs only; where there are none, data tiles are read).

    A batch without entries comes whenever the log was asked and had nothing to read yet, so that
    the caller sees a state at least every ``manners.poll`` seconds or so.

    Raises Lied when the log broke a promise; TryLater when it does not answer after all attempts;
    GiveUp when what it says cannot be used.
    """
    raise NotImplementedError
