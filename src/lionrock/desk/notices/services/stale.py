"""Keeps two people, or a person and a worker, from overwriting each other."""

from collections.abc import Collection

from lionrock.core.errors import GiveUp
from lionrock.desk.notices.models import Letter, Notice


class Stale(Exception):
    """Somebody changed the notice since the caller saw it; ``notice`` is how it is now."""

    def __init__(self, notice: Notice) -> None:
        super().__init__(f"{notice.ticket} changed meanwhile")
        self.notice = notice


class NoRecipient(GiveUp):
    """Nobody is known who could be told; a person gives an address first."""


def locked(*, notice_id: int, seen_version: int, states: Collection[str]) -> Notice:
    """Return the notice locked for this transaction.

    Raises Stale when its version is not the seen one or its state not among ``states``, and
    Notice.DoesNotExist when there is none.
    """
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    if notice.version != seen_version or notice.state not in states:
        raise Stale(notice)
    return notice


def changed(notice: Notice, *fields: str) -> None:
    """Save these fields of a locked notice under its next version."""
    notice.version += 1
    notice.save(update_fields=[*fields, "version"])


def cancel_letters(notice: Notice) -> int:
    """Cancel what of a locked notice has not begun to leave; return how many letters that were."""
    return Letter.objects.filter(notice=notice, state="ready").update(state="cancelled")
