"""Somebody else changed it first: nothing is written over what one has not seen."""

from lionrock.desk.constituents.models import Constituent


class Stale(Exception):
    """The constituent was changed since the page was drawn; ``constituent`` is how it stands now."""

    def __init__(self, constituent: Constituent) -> None:
        super().__init__(constituent.pk)
        self.constituent = constituent


def locked(*, constituent_id: int, seen_version: int | None = None) -> Constituent:
    """Return the constituent locked for writing; raise Stale unless ``seen_version`` still holds.

    ``None`` is for whoever adds to it whatever others changed meanwhile.
    """
    constituent = Constituent.objects.select_for_update().get(pk=constituent_id)
    if seen_version is not None and constituent.version != seen_version:
        raise Stale(constituent)
    return constituent
