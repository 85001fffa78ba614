"""Follows one log from any entry on: what comes is proven, in order, and resumed where the caller is."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence

from lionrock.core.errors import GiveUp
from lionrock.net.ct.asking import POLITE, Asker, Manners, Stopped
from lionrock.net.ct.dynamic import DynamicLog
from lionrock.net.ct.leaves import Leaves, NameLines, no_leaves
from lionrock.net.ct.logs import Kind, Log
from lionrock.net.ct.states import SignedState
from lionrock.net.ct.tiled import TiledLog
from lionrock.net.guard import Network, Resolve

__all__ = ["Manners", "follow"]


def follow(
    log: Log,
    *,
    start: int | None = None,
    held: SignedState | None = None,
    names_only: bool = False,
    manners: Manners = POLITE,
    allow: Sequence[str | Network] = (),
    resolve: Resolve | None = None,
    stopped: Callable[[float], bool],
    clock: Callable[[], float] = time.monotonic,
) -> Generator[Leaves | NameLines, None, None]:
    """Yield what the log holds from entry ``start`` on, in order, without a gap, for as long as wanted.

    The caller keeps ``batch.next`` and ``batch.state`` once the batch is safe, and hands both in
    again as ``start`` and ``held`` next time: nothing is lost or repeated then, whatever died in
    between. ``start`` None begins at the log's present end. ``stopped(seconds)`` waits so long and
    says whether to end (``threading.Event.wait``); it is called often, with 0 between batches.
    ``names_only`` reads names tiles where the log offers them, unproven and without issuer and
    serial (tiled logs only; where there are none, data tiles are read).

    Close it (``contextlib.closing``) to hang up before its end.

    A batch without entries comes whenever the log was asked and had nothing to read yet, so that
    the caller sees a state at least every ``manners.poll`` seconds or so.

    Raises Lied when the log broke a promise; TryLater when it does not answer after all attempts
    (Busy, where it says how long to stay away);
    GiveUp when what it says cannot be used.
    """
    asker = Asker(
        log.url, manners=manners, stopped=stopped, allow=allow, resolve=resolve, clock=clock
    )
    source: TiledLog | DynamicLog
    if log.kind is Kind.TILES:
        source = TiledLog(log, asker, manners=manners, names_only=names_only, clock=clock)
    else:
        source = DynamicLog(log, asker, manners=manners)
    try:
        yield from _followed(log, source, start, held, manners, stopped, clock)
    except Stopped:
        return
    finally:
        source.close()


def _followed(
    log: Log,
    source: TiledLog | DynamicLog,
    start: int | None,
    held: SignedState | None,
    manners: Manners,
    stopped: Callable[[float], bool],
    clock: Callable[[], float],
) -> Iterator[Leaves | NameLines]:
    state, position = held, start
    while True:
        asked = clock()
        state = source.latest(state)
        if position is None:
            position = state.size
        if position > state.size:
            raise GiveUp(f"{log.url}: has {state.size} entries, so none numbered {position}")
        before = position
        for batch in source.read(position, state):
            position = batch.next
            yield batch
            if stopped(0):
                return
        if position == before:
            yield no_leaves(log_id=log.id, at=position, state=state)
        if stopped(max(0.0, manners.poll - (clock() - asked))):
            return
