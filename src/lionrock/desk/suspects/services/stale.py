"""Keeps two people from overwriting each other: who saw an older state is told so."""

from lionrock.desk.suspects.models import State, Suspect


class Stale(Exception):
    """Somebody changed the suspect since the caller saw it; ``suspect`` is how it is now."""

    def __init__(self, suspect: Suspect) -> None:
        super().__init__(f"{suspect.host} changed meanwhile")
        self.suspect = suspect


def locked(*, suspect_id: int, seen_version: int, states: frozenset[State]) -> Suspect:
    """Return the suspect locked for this transaction.

    Raises Stale when its version is not the seen one or its state not among ``states``, and
    Suspect.DoesNotExist when there is none.
    """
    suspect = Suspect.objects.select_for_update().get(pk=suspect_id)
    if suspect.version != seen_version or suspect.state not in states:
        raise Stale(suspect)
    return suspect
