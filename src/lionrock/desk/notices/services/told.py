"""Writes on a notice and its episodes that its letter has left."""

from datetime import datetime, timedelta

from lionrock.desk.events.models import Episode
from lionrock.desk.notices.models import Notice, NoticeState
from lionrock.desk.notices.services.stale import changed


def mark_sent(notice: Notice, *, at: datetime) -> None:
    """Mark a locked notice sent, its episodes told, and begin to wait for an answer."""
    notice.state = NoticeState.SENT
    notice.sent_at = at
    # A partner is told once: what becomes of it is the partner's work.
    notice.escalate_at = None if notice.passes else at + timedelta(days=notice.escalate_days)
    changed(notice, "state", "sent_at", "escalate_at")
    Episode.objects.filter(pk__in=notice.items.values("episode_id")).update(told_at=at)
