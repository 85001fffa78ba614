"""Compares what a log says now with what it signed before."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from lionrock.net.ct.logs import Log
from lionrock.net.ct.states import Evidence, Lie, Lied, SignedState

_MOST_OFFERED: Final = 2**20


def compared(
    log: Log,
    held: SignedState | None,
    new: SignedState,
    *,
    begins: Callable[[SignedState, SignedState], bool],
) -> SignedState:
    """Return the state to go on with; raise Lied when the two are not one tree's.

    ``begins(one, other)`` finds out whether the tree of ``one`` is how that of ``other`` began. A
    smaller tree that was signed earlier comes from a cache that lags behind: where it is a
    beginning of the tree we know, we wait for a newer one.
    """
    if held is None:
        return new
    if new.size == held.size:
        if new.root != held.root:
            raise accused(log, Lie.FORKED, "two roots for one size", held=held, offered=new.note)
        return max(held, new, key=lambda state: state.at)
    if new.size < held.size:
        if new.at >= held.at:
            raise accused(
                log,
                Lie.SHRANK,
                f"the tree shrank from {held.size} to {new.size} entries",
                held=held,
                offered=new.note,
            )
        if not begins(new, held):
            raise accused(
                log,
                Lie.FORKED,
                "an earlier tree is not how this one began",
                held=held,
                offered=new.note,
            )
        return held
    if not begins(held, new):
        raise accused(
            log,
            Lie.FORKED,
            "the tree is not a longer one of the tree we know",
            held=held,
            offered=new.note,
        )
    return new


def accused(log: Log, lie: Lie, why: str, *, held: SignedState | None, offered: bytes) -> Lied:
    """Return what to raise, with what proves it."""
    return Lied(
        Evidence(
            lie=lie,
            log_id=log.id,
            url=log.url,
            why=why,
            held=held,
            offered=offered[:_MOST_OFFERED],
            at=datetime.now(UTC),
        )
    )
