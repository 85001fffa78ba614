"""Tells which waiting suspects the current model has not judged."""

from django.db.models import Q

from lionrock.desk.suspects.models import State


def judged_by_another(version: str) -> Q:
    """Return the condition of waiting suspects that another model than ``version`` judged."""
    # Two ranges instead of "not equal": an index answers ranges.
    other = Q(model_version__lt=version) | Q(model_version__gt=version)
    return Q(state=State.WAITING) & other
