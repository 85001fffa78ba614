"""Where an episode stands, said by a person: fixed, not theirs, or open again."""

from datetime import datetime

from django.db import transaction

from lionrock.core.errors import LionrockError
from lionrock.desk.audit.services import record
from lionrock.desk.events.models import Episode, FixedBy, Standing
from lionrock.desk.people.models import Person


class Stale(LionrockError):
    """Somebody, or a recheck, changed where the episode stands since the page was drawn."""


@transaction.atomic
def stand(
    *,
    episode_id: int,
    seen_standing: Standing,
    standing: Standing,
    by: Person,
    note: str = "",
    now: datetime,
) -> Episode:
    """Say where an episode stands, and record who said so and why; raise Stale on other grounds.

    A person's word wins over scans that missed it: their count begins anew.
    """
    episode = Episode.objects.select_for_update().get(pk=episode_id)
    if episode.standing != seen_standing:
        raise Stale(f"the episode is “{episode.get_standing_display()}” by now")
    before = episode.standing
    episode.standing = standing
    episode.standing_since = now
    episode.fixed_by = FixedBy.PERSON if standing == Standing.FIXED else ""
    episode.misses = 0
    episode.save(update_fields=["standing", "standing_since", "fixed_by", "misses"])
    record(
        by=by,
        action=f"episode.{standing.value}",
        subject=subject_of(episode.pk),
        details={"before": before, "after": standing.value, "note": note},
        now=now,
    )
    return episode


def subject_of(episode_id: int) -> str:
    """Return what the audit log calls the episode."""
    return f"episode {episode_id}"
