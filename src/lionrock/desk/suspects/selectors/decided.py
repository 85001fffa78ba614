"""Which names a person decided before, so that nobody is asked twice."""

from collections.abc import Sequence

from lionrock.desk.suspects.models import State, Suspect

_PER_QUERY = 500


def decided_before(hosts: Sequence[str]) -> set[str]:
    """Return those hosts that a person decided before."""
    decided: set[str] = set()
    for start in range(0, len(hosts), _PER_QUERY):
        some = Suspect.objects.filter(host__in=hosts[start : start + _PER_QUERY])
        decided.update(some.exclude(state=State.WAITING).values_list("host", flat=True))
    return decided
