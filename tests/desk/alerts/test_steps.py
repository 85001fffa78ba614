"""From draft to publication and after: who may do what, and what is kept of it."""

from datetime import timedelta

import pytest

from lionrock.core.alerts import Kind, Part, Risk
from lionrock.desk.alerts import services
from lionrock.desk.alerts.models import Alert, Approval, Mistake, State, Step, Version, Weight
from lionrock.desk.alerts.selectors.public import as_public
from lionrock.desk.audit.models import Entry as Recorded
from tests.desk.alerts.making import (
    FIGURE,
    NEWS,
    NOW,
    analyst,
    approved,
    approver,
    content,
    draft,
    later,
    published,
    said,
    submitted,
)

pytestmark = pytest.mark.django_db

LEAD = said(Part.LEAD, "We found 312 links.", "發現312條連結。", "发现312条链接。", FIGURE)


def refusal(error: pytest.ExceptionInfo[services.Refused]) -> str:
    return error.value.code


def test_an_alert_is_drafted_handed_in_approved_and_published() -> None:
    alert = draft()
    writer, decider = analyst(), approver()
    submitted(alert, writer)
    done = approved(alert, decider)
    assert done.state == State.APPROVED
    done = services.publish(alert_id=done.pk, seen_version=done.version, by=decider, now=NOW)

    assert done.state == State.PUBLISHED
    assert done.number == "LR-2026-0001"
    assert done.slug == "lr-2026-0001-phishing-alert-fake-harbour-water-bills"
    assert as_public(Alert.objects.get(pk=done.pk)).sentences == content().sentences
    actions = Recorded.objects.order_by("number").values_list("action", flat=True)
    assert [one for one in actions if one.startswith("alert.")] == [
        "alert.draft",
        "alert.submit",
        "alert.approve",
        "alert.publish",
    ]


def test_public_numbers_follow_each_other() -> None:
    assert [published().number, published().number] == ["LR-2026-0001", "LR-2026-0002"]


def test_nobody_approves_what_they_handed_in() -> None:
    alert = draft()
    decider = approver()
    submitted(alert, decider)

    with pytest.raises(services.Refused) as error:
        approved(alert, decider)
    assert refusal(error) == "own"
    assert not Approval.objects.exists()


@pytest.mark.parametrize("hand", ["wrote", "laid", "began"])
def test_nobody_approves_what_they_had_a_hand_in(hand: str) -> None:
    decider = approver()
    alert = draft(by=decider if hand == "began" else None)
    if hand == "wrote":
        services.change_sentence(
            alert_id=alert.pk, seen_version=1, index=0, sentence=LEAD, by=decider, now=NOW
        )
    if hand == "laid":
        services.add_fact(
            alert_id=alert.pk,
            seen_version=1,
            title="Known",
            text="Yes",
            url="",
            by=decider,
            now=NOW,
        )
    submitted(alert, analyst())

    with pytest.raises(services.Refused) as error:
        approved(alert, decider)
    assert refusal(error) == "own"


def test_who_approved_may_publish_but_who_wrote_may_not() -> None:
    alert = draft()
    writer = approver()
    submitted(alert, writer)
    alert = approved(alert, approver())

    with pytest.raises(services.Refused) as error:
        services.publish(alert_id=alert.pk, seen_version=alert.version, by=writer, now=NOW)
    assert refusal(error) == "own"


def test_an_analyst_approves_nothing() -> None:
    alert = draft()
    submitted(alert, analyst())

    with pytest.raises(services.Refused):
        approved(alert, analyst())


def test_the_highest_risk_needs_two_different_approvers() -> None:
    alert = draft(risk=Risk.EXTREME)
    submitted(alert, analyst())
    first = approver()
    assert approved(alert, first).state == State.SUBMITTED
    with pytest.raises(services.Refused) as error:
        approved(alert, first)
    assert refusal(error) == "approved-before"

    assert approved(alert, approver()).state == State.APPROVED


def test_taking_the_highest_risk_back_needs_two_approvers_as_well() -> None:
    alert = published(risk=Risk.EXTREME)
    writer = analyst()
    alert = services.reopen(alert_id=alert.pk, seen_version=alert.version, by=writer, now=later(1))
    alert = services.change_risk(
        alert_id=alert.pk,
        seen_version=alert.version,
        risk=Risk.LOW,
        reason="Over",
        by=writer,
        now=later(1),
    )
    alert = services.submit(
        alert_id=alert.pk, seen_version=alert.version, by=writer, news=NEWS, now=later(2)
    )

    assert approved(alert, approver(), now=later(3)).state == State.SUBMITTED
    assert approved(alert, approver(), now=later(4)).state == State.APPROVED


def test_a_risk_changes_only_with_a_reason_and_the_log_says_both() -> None:
    alert = draft()
    writer = analyst()
    with pytest.raises(services.Refused) as error:
        services.change_risk(
            alert_id=alert.pk, seen_version=1, risk=Risk.LOW, reason=" ", by=writer, now=NOW
        )
    assert refusal(error) == "no-reason"

    services.change_risk(
        alert_id=alert.pk, seen_version=1, risk=Risk.LOW, reason="Few paid.", by=writer, now=NOW
    )
    entry = Recorded.objects.order_by("-number")[0]
    assert (entry.details["before"], entry.details["after"]) == ("high", "low")
    assert entry.details["reason"] == "Few paid."


def test_every_version_is_kept() -> None:
    alert = draft()
    writer = analyst()
    services.change_sentence(
        alert_id=alert.pk, seen_version=1, index=0, sentence=LEAD, by=writer, now=NOW
    )
    services.remove_sentence(alert_id=alert.pk, seen_version=2, index=1, by=writer, now=NOW)

    versions = list(Version.objects.order_by("number"))
    assert [(one.number, one.what, one.by) for one in versions] == [
        (1, "drafted", None),
        (2, "sentence", writer),
        (3, "removed", writer),
    ]
    assert versions[0].read() == content()
    assert len(versions[2].read().sentences) == len(content().sentences) - 1


def test_a_change_that_changes_nothing_keeps_no_version() -> None:
    alert = draft()
    services.change_sentence(
        alert_id=alert.pk,
        seen_version=1,
        index=0,
        sentence=content().sentences[0],
        by=analyst(),
        now=NOW,
    )

    assert Version.objects.count() == 1


def test_a_sentence_moves_up_within_its_part_alone() -> None:
    alert = draft()
    writer = analyst()
    services.move_sentence(alert_id=alert.pk, seen_version=1, index=2, by=writer, now=NOW)
    steps = [one.text["en"] for one in Version.objects.get(number=2).read().of_part(Part.STEPS)]
    assert steps[1] == "A message says that a bill is overdue."

    with pytest.raises(services.Refused) as error:
        services.move_sentence(alert_id=alert.pk, seen_version=2, index=1, by=writer, now=NOW)
    assert refusal(error) == "first"


def test_who_saw_an_older_state_changes_nothing() -> None:
    alert = draft()
    services.remove_sentence(alert_id=alert.pk, seen_version=1, index=1, by=analyst(), now=NOW)

    with pytest.raises(services.Stale):
        services.submit(alert_id=alert.pk, seen_version=1, by=analyst(), now=NOW)


def test_what_is_handed_in_is_changed_by_nobody() -> None:
    alert = submitted(draft(), analyst())

    with pytest.raises(services.Stale):
        services.remove_sentence(
            alert_id=alert.pk, seen_version=alert.version, index=1, by=analyst(), now=NOW
        )


def test_what_is_unsupported_is_not_handed_in() -> None:
    alert = draft()
    wrong = said(Part.LEAD, "We found 313 links.", "發現313條連結。", "发现313条链接。", FIGURE)
    services.change_sentence(
        alert_id=alert.pk, seen_version=1, index=0, sentence=wrong, by=analyst(), now=NOW
    )

    with pytest.raises(services.Refused) as error:
        submitted(alert, analyst())
    assert refusal(error) == "flawed"


def test_a_fact_of_the_analyst_supports_what_cites_it() -> None:
    alert = draft()
    writer = analyst()
    fact = services.add_fact(
        alert_id=alert.pk,
        seen_version=1,
        title="Call with the company",
        text="40 customers paid",
        url="",
        by=writer,
        now=NOW,
    )
    sentence = said(Part.TREND, "40 people paid.", "40人已付款。", "40人已付款。", fact.ref)
    services.add_sentence(alert_id=alert.pk, seen_version=2, sentence=sentence, by=writer, now=NOW)

    assert submitted(alert, writer).state == State.SUBMITTED


def test_approvals_end_when_the_draft_is_taken_back() -> None:
    alert = draft()
    writer, decider = analyst(), approver()
    submitted(alert, writer)
    alert = approved(alert, decider)
    alert = services.take_back(
        alert_id=alert.pk, seen_version=alert.version, by=writer, now=later(1)
    )
    alert = submitted(alert, writer, now=later(2))

    assert alert.state == State.SUBMITTED
    assert approved(alert, decider, now=later(3)).state == State.APPROVED


def test_a_draft_is_sent_back_with_words_alone() -> None:
    alert = submitted(draft(), analyst())
    with pytest.raises(services.Refused):
        services.send_back(
            alert_id=alert.pk, seen_version=alert.version, by=approver(), note="", now=NOW
        )
    done = services.send_back(
        alert_id=alert.pk, seen_version=alert.version, by=approver(), note="Shorter.", now=NOW
    )
    assert done.state == State.DRAFT


def corrected(alert: Alert, *, step: Step = Step.CORRECTED) -> Alert:
    """Change a published alert and publish that."""
    writer, decider = analyst(), approver()
    alert = services.reopen(alert_id=alert.pk, seen_version=alert.version, by=writer, now=later(10))
    alert = services.change_sentence(
        alert_id=alert.pk,
        seen_version=alert.version,
        index=0,
        sentence=LEAD,
        by=writer,
        now=later(11),
    )
    alert = services.submit(
        alert_id=alert.pk,
        seen_version=alert.version,
        by=writer,
        news=NEWS,
        step=step,
        now=later(12),
    )
    alert = approved(alert, decider, now=later(13))
    return services.publish(
        alert_id=alert.pk, seen_version=alert.version, by=decider, now=later(14)
    )


def test_an_update_keeps_number_and_address_and_adds_a_line_to_the_log() -> None:
    before = published()
    after = corrected(before, step=Step.UPDATED)
    public = as_public(after)

    assert (after.number, after.slug) == (before.number, before.slug)
    assert public.version == 2
    assert public.log == ((later(14), NEWS),)
    assert public.sentences[0] == LEAD
    assert (public.published, public.updated) == (NOW, later(14))


def test_until_an_update_is_published_readers_see_what_was_before() -> None:
    alert = published()
    writer = analyst()
    alert = services.reopen(alert_id=alert.pk, seen_version=alert.version, by=writer, now=later(1))
    services.change_sentence(
        alert_id=alert.pk,
        seen_version=alert.version,
        index=0,
        sentence=LEAD,
        by=writer,
        now=later(2),
    )

    assert as_public(Alert.objects.get(pk=alert.pk)).sentences == content().sentences


def test_an_update_says_what_changed_in_all_languages() -> None:
    alert = published()
    writer = analyst()
    alert = services.reopen(alert_id=alert.pk, seen_version=alert.version, by=writer, now=later(1))
    with pytest.raises(services.Refused) as error:
        services.submit(
            alert_id=alert.pk, seen_version=alert.version, by=writer, news=NEWS, now=NOW
        )
    assert refusal(error) == "unchanged"
    alert = services.change_sentence(
        alert_id=alert.pk,
        seen_version=alert.version,
        index=0,
        sentence=LEAD,
        by=writer,
        now=later(2),
    )
    with pytest.raises(services.Refused) as error:
        services.submit(
            alert_id=alert.pk, seen_version=alert.version, by=writer, news={"en": "More."}, now=NOW
        )
    assert refusal(error) == "news"


def test_a_dropped_update_leaves_the_draft_as_what_is_public() -> None:
    alert = published()
    writer = analyst()
    alert = services.reopen(alert_id=alert.pk, seen_version=alert.version, by=writer, now=later(1))
    alert = services.change_sentence(
        alert_id=alert.pk,
        seen_version=alert.version,
        index=0,
        sentence=LEAD,
        by=writer,
        now=later(2),
    )
    alert = services.discard(alert_id=alert.pk, seen_version=alert.version, by=writer, now=later(3))

    assert alert.state == State.PUBLISHED
    assert alert.versions.get(number=alert.latest).read() == content()


def test_an_error_found_later_is_noted_and_put_right_by_a_correction() -> None:
    alert = published()
    services.note_mistake(
        alert_id=alert.pk, what="313, not 312", weight=Weight.WRONG, by=analyst(), now=later(5)
    )
    alert.refresh_from_db()
    corrected(alert)

    mistake = Mistake.objects.get()
    assert mistake.corrected is not None
    assert mistake.corrected.step == Step.CORRECTED


def test_an_update_that_corrects_nothing_leaves_errors_open() -> None:
    alert = published()
    services.note_mistake(
        alert_id=alert.pk, what="wrong", weight=Weight.WRONG, by=analyst(), now=later(5)
    )
    alert.refresh_from_db()
    corrected(alert, step=Step.UPDATED)

    assert Mistake.objects.get().corrected is None


def test_a_withdrawn_alert_keeps_its_address_and_says_why() -> None:
    alert = published()
    alert = services.withdraw(
        alert_id=alert.pk, seen_version=alert.version, by=approver(), text=NEWS, now=later(9)
    )
    public = as_public(alert)

    assert public.withdrawn
    assert public.log[-1] == (later(9), NEWS)
    assert public.slug == alert.slug
    with pytest.raises(services.Stale):
        services.reopen(alert_id=alert.pk, seen_version=alert.version, by=analyst(), now=later(10))


def test_what_was_never_published_is_not_withdrawn() -> None:
    alert = draft()
    with pytest.raises(services.Refused) as error:
        services.withdraw(alert_id=alert.pk, seen_version=1, by=approver(), text=NEWS, now=NOW)
    assert refusal(error) == "not-public"


def test_what_the_draft_took_is_written_down_with_its_approval() -> None:
    alert = draft()
    writer = analyst()
    services.look(alert=alert, by=writer, now=NOW)
    services.look(alert=alert, by=writer, now=NOW + timedelta(seconds=90))
    services.change_sentence(
        alert_id=alert.pk, seen_version=1, index=0, sentence=LEAD, by=writer, now=later(2)
    )
    submitted(alert, writer, now=later(3))
    alert = approved(alert, approver(), now=later(60))

    assert alert.active_seconds == 90
    assert alert.kept_sentences == pytest.approx(9 / 12)
    assert alert.kept_characters is not None
    assert 0.5 < alert.kept_characters < 1


def test_of_what_a_person_began_no_share_kept_is_told() -> None:
    alert = services.begin(
        kind=Kind.ANTICIPATORY, title={"en": "Bank app down"}, by=analyst(), now=NOW
    )
    assert alert.made_by is not None
    assert alert.versions.get().read().title["en"] == "Bank app down"


def test_time_counts_from_request_to_request_and_five_minutes_at_most() -> None:
    one, other = draft(), draft()
    writer = analyst()
    services.look(alert=one, by=writer, now=NOW)
    services.look(alert=other, by=writer, now=later(2))
    services.look(alert=one, by=analyst(), now=later(3))
    services.look(alert=one, by=writer, now=later(62))

    assert [look.seconds for look in one.looks.order_by("at")] == [120, 0, 0]
    assert [look.seconds for look in other.looks.all()] == [300]
