"""What was proposed for the region pack."""

from typing import Final

from lionrock.desk.suspects.models import PackProposal, ProposalState
from lionrock.letters.pack import Accepted

SHOWN: Final = 200


def open_proposals() -> list[PackProposal]:
    """Return what waits for somebody to say yes or no, the oldest first."""
    found = PackProposal.objects.filter(state=ProposalState.OPEN)
    return list(found.select_related("proposed_by", "suspect").order_by("at", "id")[:SHOWN])


def settled_proposals() -> list[PackProposal]:
    """Return what was accepted, rejected or withdrawn, the latest first."""
    found = PackProposal.objects.exclude(state=ProposalState.OPEN)
    people = found.select_related("proposed_by", "decided_by", "suspect")
    return list(people.order_by("-decided_at", "-id")[:SHOWN])


def accepted_proposals() -> list[Accepted]:
    """Return every accepted proposal once."""
    found = PackProposal.objects.filter(state=ProposalState.ACCEPTED, decided_at__isnull=False)
    rows = found.order_by("brand", "domain", "decided_at").values_list(
        "brand", "domain", "decided_at"
    )
    first = {(brand, domain): at for brand, domain, at in reversed(rows)}
    return [
        Accepted(brand=brand, domain=domain, accepted=at.date())
        for (brand, domain), at in first.items()
        if at is not None
    ]
