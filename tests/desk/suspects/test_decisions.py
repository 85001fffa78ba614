"""Deciding: one suspect, a whole series, and what a colleague did meanwhile."""

import pytest

from lionrock.desk.audit.models import Entry
from lionrock.desk.audit.services import verify
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from lionrock.desk.suspects import services
from lionrock.desk.suspects.models import (
    Decision,
    Dismissal,
    Kind,
    PackProposal,
    ProposalState,
    State,
    Suspect,
    Tlp,
)
from lionrock.desk.suspects.selectors.proposals import accepted_proposals, open_proposals
from lionrock.desk.suspects.selectors.queue import team
from tests.desk.suspects.conftest import NOW, People, Storing


def test_a_confirmed_suspect_says_who_decided_and_when(ada: Person, store: Storing) -> None:
    suspect = store("hsbc-verify.top")
    decided = services.confirm(
        suspect_id=suspect.pk, seen_version=1, by=ada, note="seen the page", now=NOW
    )
    decided.refresh_from_db()
    assert (decided.state, decided.decided_by, decided.decided_at) == (State.CONFIRMED, ada, NOW)
    assert (decided.note, decided.version) == ("seen the page", 2)
    line = decided.decisions.get()
    assert (line.kind, line.before, line.after) == ("confirm", "waiting", "confirmed")


def test_a_decision_on_an_older_version_changes_nothing(
    ada: Person, person: People, store: Storing
) -> None:
    suspect = store("hsbc-verify.top")
    grace = person("Grace", Role.ANALYST)
    services.confirm(suspect_id=suspect.pk, seen_version=1, by=grace, now=NOW)
    with pytest.raises(services.Stale) as stale:
        services.dismiss(
            suspect_id=suspect.pk, seen_version=1, by=ada, reason=Dismissal.ACCIDENT, now=NOW
        )
    assert stale.value.suspect.decided_by == grace
    assert Suspect.objects.get(pk=suspect.pk).state == State.CONFIRMED
    assert Decision.objects.count() == 1


def test_what_is_decided_is_not_decided_again_until_it_is_taken_back(
    ada: Person, store: Storing
) -> None:
    suspect = store("hsbc-verify.top")
    services.confirm(suspect_id=suspect.pk, seen_version=1, by=ada, now=NOW)
    with pytest.raises(services.Stale):
        services.confirm(suspect_id=suspect.pk, seen_version=2, by=ada, now=NOW)


def test_undo_puts_a_suspect_back_and_keeps_its_history(ada: Person, store: Storing) -> None:
    suspect = store("hsbc-verify.top")
    services.dismiss(
        suspect_id=suspect.pk, seen_version=1, by=ada, reason=Dismissal.UNCLEAR, now=NOW
    )
    back = services.undo(suspect_id=suspect.pk, seen_version=2, by=ada, now=NOW)
    back.refresh_from_db()
    assert (back.state, back.dismissal, back.decided_by, back.decided_at) == (
        "waiting",
        "",
        None,
        None,
    )
    kinds = list(back.decisions.order_by("id").values_list("kind", "before", "after"))
    assert kinds == [
        ("dismiss", "waiting", "dismissed:unclear"),
        ("undo", "dismissed:unclear", "waiting"),
    ]


def test_only_a_decided_suspect_can_be_put_back(ada: Person, store: Storing) -> None:
    suspect = store("hsbc-verify.top")
    with pytest.raises(services.Stale):
        services.undo(suspect_id=suspect.pk, seen_version=1, by=ada, now=NOW)


def test_a_brands_own_name_is_proposed_for_the_pack_until_the_decision_is_undone(
    ada: Person, store: Storing
) -> None:
    suspect = store("www.hsbc-rewards.top")
    services.dismiss(
        suspect_id=suspect.pk, seen_version=1, by=ada, reason=Dismissal.BRAND_OWN, now=NOW
    )
    [proposal] = open_proposals()
    assert (proposal.brand, proposal.domain) == ("hsbc", "hsbc-rewards.top")
    services.undo(suspect_id=suspect.pk, seen_version=2, by=ada, now=NOW)
    assert PackProposal.objects.get().state == ProposalState.WITHDRAWN


def test_an_accepted_proposal_is_settled_once(ada: Person, person: People, store: Storing) -> None:
    suspect = store("hsbc-rewards.top")
    services.dismiss(
        suspect_id=suspect.pk, seen_version=1, by=ada, reason=Dismissal.BRAND_OWN, now=NOW
    )
    boss = person("Grace", Role.APPROVER)
    [proposal] = open_proposals()
    services.accept_proposal(proposal_id=proposal.pk, by=boss, now=NOW)
    with pytest.raises(services.Settled):
        services.reject_proposal(proposal_id=proposal.pk, by=boss, now=NOW)
    [accepted] = accepted_proposals()
    assert (accepted.brand, accepted.domain) == ("hsbc", "hsbc-rewards.top")


def test_a_rejected_proposal_leaves_the_decision_alone(ada: Person, store: Storing) -> None:
    suspect = store("hsbc-rewards.top")
    services.dismiss(
        suspect_id=suspect.pk, seen_version=1, by=ada, reason=Dismissal.BRAND_OWN, now=NOW
    )
    services.reject_proposal(proposal_id=open_proposals()[0].pk, by=ada, now=NOW)
    assert accepted_proposals() == []
    assert Suspect.objects.get(pk=suspect.pk).state == State.DISMISSED


def test_assigning_says_whose_work_it_was_and_becomes(
    ada: Person, person: People, store: Storing
) -> None:
    suspect = store("hsbc-verify.top")
    grace = person("Grace", Role.ANALYST)
    services.assign(suspect_id=suspect.pk, seen_version=1, by=ada, to=grace, now=NOW)
    services.assign(suspect_id=suspect.pk, seen_version=2, by=ada, to=None, now=NOW)
    lines = list(suspect.decisions.order_by("id").values_list("before", "after"))
    assert lines == [("", "Grace"), ("Grace", "")]
    with pytest.raises(services.Stale):
        services.assign(suspect_id=suspect.pk, seen_version=2, by=ada, to=ada, now=NOW)


def test_a_comment_overwrites_nothing_but_asks_the_next_one_to_read_it(
    ada: Person, person: People, store: Storing
) -> None:
    suspect = store("hsbc-verify.top")
    grace = person("Grace", Role.ANALYST)
    services.comment(suspect_id=suspect.pk, by=grace, note="the bank says it is theirs", now=NOW)
    services.comment(suspect_id=suspect.pk, by=ada, note="asked again", now=NOW)
    with pytest.raises(services.Stale):
        services.confirm(suspect_id=suspect.pk, seen_version=1, by=ada, now=NOW)
    assert suspect.decisions.filter(kind=Kind.COMMENT).count() == 2


def test_a_series_is_decided_at_once(ada: Person, store: Storing) -> None:
    members = [store(f"hsbc-verify{number}.top") for number in range(3)]
    services.decide_series(
        members=[services.Member(suspect_id=s.pk, seen_version=s.version) for s in members],
        by=ada,
        kind=Kind.DISMISS,
        reason=Dismissal.LEGITIMATE,
        now=NOW,
    )
    assert set(Suspect.objects.values_list("state", "dismissal")) == {("dismissed", "legitimate")}
    assert Entry.objects.filter(action="series.dismiss").count() == 1


def test_a_series_is_not_decided_at_all_when_a_colleague_decided_one_of_it(
    ada: Person, person: People, store: Storing
) -> None:
    members = [store(f"hsbc-verify{number}.top") for number in range(3)]
    grace = person("Grace", Role.ANALYST)
    services.confirm(suspect_id=members[2].pk, seen_version=1, by=grace, now=NOW)
    with pytest.raises(services.Stale) as stale:
        services.decide_series(
            members=[services.Member(suspect_id=s.pk, seen_version=1) for s in members],
            by=ada,
            kind=Kind.CONFIRM,
            now=NOW,
        )
    assert stale.value.suspect == members[2]
    assert Suspect.objects.filter(state=State.WAITING).count() == 2


@pytest.mark.parametrize(
    ("kind", "reason"),
    [(Kind.CONFIRM, Dismissal.ACCIDENT), (Kind.DISMISS, None), (Kind.UNDO, None)],
)
@pytest.mark.django_db
def test_a_series_is_confirmed_or_dismissed_for_a_reason_and_nothing_else(
    ada: Person, kind: Kind, reason: Dismissal | None
) -> None:
    with pytest.raises(ValueError, match="a series is confirmed"):
        services.decide_series(members=[], by=ada, kind=kind, reason=reason, now=NOW)


def test_a_series_with_a_name_that_is_not_there_is_refused(ada: Person, store: Storing) -> None:
    suspect = store("hsbc-verify1.top")
    members = [
        services.Member(suspect_id=suspect.pk, seen_version=1),
        services.Member(suspect_id=suspect.pk + 999, seen_version=1),
    ]
    with pytest.raises(Suspect.DoesNotExist):
        services.decide_series(members=members, by=ada, kind=Kind.CONFIRM, now=NOW)
    assert Suspect.objects.get().state == State.WAITING


def test_the_team_sets_its_budget_and_its_label(ada: Person) -> None:
    assert team().daily_budget == 100
    services.set_team(daily_budget=30, export_tlp=Tlp.GREEN, by=ada, now=NOW)
    services.set_team(daily_budget=40, export_tlp=Tlp.GREEN, by=ada, now=NOW)
    assert (team().daily_budget, team().export_tlp) == (40, "TLP:GREEN")


def test_everything_people_do_stands_in_the_audit_log(ada: Person, store: Storing) -> None:
    suspect = store("hsbc-verify.top")
    services.comment(suspect_id=suspect.pk, by=ada, note="hm", now=NOW)
    services.assign(suspect_id=suspect.pk, seen_version=2, by=ada, to=ada, now=NOW)
    services.dismiss(
        suspect_id=suspect.pk, seen_version=3, by=ada, reason=Dismissal.BRAND_OWN, now=NOW
    )
    services.accept_proposal(proposal_id=open_proposals()[0].pk, by=ada, now=NOW)
    services.undo(suspect_id=suspect.pk, seen_version=4, by=ada, now=NOW)
    services.confirm(suspect_id=suspect.pk, seen_version=5, by=ada, now=NOW)
    services.set_team(daily_budget=30, export_tlp=Tlp.GREEN, by=ada, now=NOW)
    actions = list(Entry.objects.order_by("number").values_list("action", flat=True))
    assert actions == [
        "reading.begin",
        "suspect.comment",
        "suspect.assign",
        "suspect.dismiss",
        "proposal.accepted",
        "suspect.undo",
        "suspect.confirm",
        "team.set",
    ]
    assert verify() is None
