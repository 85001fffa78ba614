"""Which model this installation asks, and how much a day of it may cost: the settings as values."""

from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from lionrock.desk.suspects.services.opinions import Limits
from lionrock.net.model_endpoint.words import Endpoint


def endpoint_here() -> Endpoint | None:
    """Return where a model is asked; None where none is."""
    if not settings.LIONROCK_LLM_URL:
        return None
    return Endpoint(
        url=settings.LIONROCK_LLM_URL,
        model=settings.LIONROCK_LLM_MODEL,
        key=settings.LIONROCK_LLM_KEY,
        seconds=float(max(1, settings.LIONROCK_LLM_SECONDS)),
        at_once=max(1, settings.LIONROCK_LLM_AT_ONCE),
        schemas=settings.LIONROCK_LLM_ANSWERS == "schema",
    )


def limits_here() -> Limits:
    """Return how much second opinions may cost in a day, and whose names may not leave for them."""
    return Limits(
        names=min(max(1, settings.LIONROCK_OPINION_NAMES), 50),
        calls=settings.LIONROCK_OPINION_CALLS,
        tokens=settings.LIONROCK_OPINION_TOKENS,
        without=settings.LIONROCK_OPINION_WITHOUT,
    )


def day_of(now: datetime) -> date:
    """Return the day that a budget is counted in: the region's."""
    return timezone.localtime(now).date()
