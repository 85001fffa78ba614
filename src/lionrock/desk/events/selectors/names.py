"""Names for what events and episodes hold as numbers: constituents, and feeds to choose from."""

from collections.abc import Iterable

from lionrock.desk.constituents.models import Constituent
from lionrock.desk.feeds.models import ANSWERS, Blob
from lionrock.feeds import catalogue


def constituents_named(ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of these constituents; who is gone is left out."""
    wanted = {number for number in ids if number is not None}
    return dict(Constituent.objects.filter(pk__in=wanted).values_list("pk", "name"))


def all_constituents() -> list[tuple[int, str]]:
    """Return every constituent to choose from, by name."""
    return list(Constituent.objects.order_by("name").values_list("pk", "name"))


def heard_feeds(*, chosen: str) -> list[tuple[str, str]]:
    """Return the feeds that ever delivered anything, and the one that is ``chosen``, by title.

    A feed that is gone since stands with its id, as long as its deliveries do.
    """
    known = catalogue()
    heard = set(Blob.objects.order_by().values_list("feed", flat=True).distinct()) - {ANSWERS}
    if chosen in known:
        heard.add(chosen)
    feeds = [(one, known[one].title if one in known else one) for one in heard]
    return sorted(feeds, key=lambda one: one[1].casefold())
