"""Names for what events and episodes hold as numbers: constituents, and feeds to choose from."""

from collections.abc import Iterable

from lionrock.desk.constituents.models import Constituent
from lionrock.feeds import catalogue


def constituents_named(ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of these constituents; who is gone is left out."""
    wanted = {number for number in ids if number is not None}
    return dict(Constituent.objects.filter(pk__in=wanted).values_list("pk", "name"))


def all_constituents() -> list[tuple[int, str]]:
    """Return every constituent to choose from, by name."""
    return list(Constituent.objects.order_by("name").values_list("pk", "name"))


def all_feeds() -> list[tuple[str, str]]:
    """Return every feed to choose from, by title."""
    feeds = [(feed.id, feed.title) for feed in catalogue().values()]
    return sorted(feeds, key=lambda one: one[1].casefold())
