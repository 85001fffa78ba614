"""What analysts teach the region pack: domains that turned out to be a brand's own."""

from datetime import datetime

from django.db import transaction

from lionrock.desk.audit.services import record
from lionrock.desk.people.models import Person
from lionrock.desk.suspects.models import PackProposal, ProposalState, Suspect


@transaction.atomic
def accept_proposal(*, proposal_id: int, by: Person, now: datetime) -> PackProposal:
    """Accept an open proposal: it joins the snippet for the region pack."""
    return _settle(proposal_id=proposal_id, state=ProposalState.ACCEPTED, by=by, now=now)


@transaction.atomic
def reject_proposal(*, proposal_id: int, by: Person, now: datetime) -> PackProposal:
    """Reject an open proposal; the suspect keeps the decision its analyst took."""
    return _settle(proposal_id=proposal_id, state=ProposalState.REJECTED, by=by, now=now)


def propose(*, suspect: Suspect, by: Person, now: datetime) -> PackProposal:
    """Propose the suspect's registrable domain as the brand's own; within the caller's transaction."""
    return PackProposal.objects.create(
        brand=suspect.brand, domain=suspect.registrable, suspect=suspect, proposed_by=by, at=now
    )


def withdraw_proposals(*, suspect: Suspect, by: Person, now: datetime) -> None:
    """Withdraw what is still open, for the decision behind it was taken back."""
    suspect.proposals.filter(state=ProposalState.OPEN).update(
        state=ProposalState.WITHDRAWN, decided_by=by, decided_at=now
    )


class Settled(Exception):
    """The proposal is no longer open; ``proposal`` is how it is now."""

    def __init__(self, proposal: PackProposal) -> None:
        super().__init__(f"{proposal.domain} is {proposal.state}")
        self.proposal = proposal


def _settle(*, proposal_id: int, state: ProposalState, by: Person, now: datetime) -> PackProposal:
    proposal = PackProposal.objects.select_for_update().get(pk=proposal_id)
    if proposal.state != ProposalState.OPEN:
        raise Settled(proposal)
    proposal.state = state
    proposal.decided_by = by
    proposal.decided_at = now
    proposal.save(update_fields=["state", "decided_by", "decided_at"])
    record(
        by=by,
        action=f"proposal.{state.value}",
        subject=proposal.domain,
        details={"brand": proposal.brand},
        now=now,
    )
    return proposal
