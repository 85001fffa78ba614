"""Our own looks at an episode, and whether one more may be asked for."""

from dataclasses import dataclass

from lionrock.desk.events.models import Episode
from lionrock.desk.notices.models import Look, Probing
from lionrock.desk.notices.services.looks import candidates, target_of

SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The latest looks; ``may``: one connection more would tell something, and we are to look."""

    rows: tuple[Look, ...]
    may: bool


def looks_of(episode: Episode, *, asks: bool) -> Looks:
    """Return the latest looks at an episode; ``asks``: the reader may ask for one more."""
    on = asks and Probing.objects.filter(enabled=True).exists()
    told = on and target_of(episode) is not None
    rows = Look.objects.filter(episode_id=episode.pk).select_related("by").order_by("-at", "-pk")
    return Looks(rows=tuple(rows[:SHOWN]), may=told and candidates().filter(pk=episode.pk).exists())
