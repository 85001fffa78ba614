"""Hands newly confirmed suspects to the road, asking the DNS where their names lead."""

from datetime import datetime

from lionrock.desk.notices.services.own import Delivered
from lionrock.desk.notices.services.own import deliver_confirmed as hand_over
from lionrock.net.dns import addresses_of


def deliver_confirmed(*, now: datetime) -> Delivered:
    """Hand over what was confirmed since, and call back what was undone; each decision once."""
    return hand_over(resolve=addresses_of, now=now)
