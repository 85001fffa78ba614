"""A constituent's own people see their own, and nothing else, on pages and by token."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lionrock.core.tlp import Tlp
from lionrock.desk.constituents.models import Constituent
from lionrock.desk.events.models import Episode, FixedBy, Standing
from lionrock.desk.notices.models import Answer, Notice, NoticeState
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from lionrock.desk.people.tokens import Scope, make_token
from tests.desk.constituents import made
from tests.people.someone import NOW, someone

pytestmark = pytest.mark.django_db


@pytest.fixture
def alpha() -> Constituent:
    return made.constituent()


@pytest.fixture
def beta() -> Constituent:
    return made.constituent("Beta", network="198.51.100.0/24", email="noc@beta.example")


@pytest.fixture
def me(alpha: Constituent, client: Client) -> Person:
    person = someone(Role.CONSTITUENT)
    alpha.people.add(person)
    client.force_login(person)
    return person


def token(owner: Person, *scopes: Scope) -> dict[str, str]:
    secret = make_token(
        owner=owner, name="x", scopes=scopes, lifetime=timedelta(days=36500), now=NOW
    )[1]
    return {"authorization": f"Bearer {secret}"}


def text_of(client: Client, name: str, *args: object) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_what_is_open_stands_the_worst_first(
    client: Client, me: Person, alpha: Constituent
) -> None:
    for number in range(12):
        made.episode(alpha, f"192.0.2.{number}")
    old = made.episode(alpha, "192.0.2.200", severity="critical")
    old.last_seen -= timedelta(days=5)
    old.save()
    page = text_of(client, "portal:front")

    assert page.index("192.0.2.200") < page.index("192.0.2.11")


def test_signing_in_leads_to_ones_own_pages(client: Client, me: Person) -> None:
    assert client.get("/")["Location"] == reverse("portal:front")


def test_pages_show_ones_own_and_never_anothers(
    client: Client, me: Person, alpha: Constituent, beta: Constituent
) -> None:
    mine = made.notice(alpha, made.episode(alpha), state=NoticeState.SENT)
    others = made.notice(beta, made.episode(beta, "198.51.100.9"), state=NoticeState.SENT)
    made.letter(mine)

    for name in ("front", "episodes", "notices", "wishes"):
        page = text_of(client, f"portal:{name}")
        assert "198.51.100" not in page
        assert "Beta" not in page
        assert others.ticket not in page
    assert "192.0.2.7" in text_of(client, "portal:notice", mine.pk)


def test_anothers_ids_are_not_there(
    client: Client, me: Person, alpha: Constituent, beta: Constituent
) -> None:
    others = made.notice(beta, made.episode(beta, "198.51.100.9"), state=NoticeState.SENT)
    said = {"version": 1, "kind": "fixed"}

    assert client.get(reverse("portal:notice", args=[others.pk])).status_code == 404
    assert client.post(reverse("portal:answer", args=[others.pk]), said).status_code == 404
    assert client.get(reverse("portal:edit-wishes", args=[beta.pk])).status_code == 404
    assert client.post(reverse("portal:propose", args=[beta.pk]), {"text": "x"}).status_code == 404
    assert Answer.objects.count() == 0
    assert Episode.objects.get().standing == Standing.OPEN


def test_an_answer_cannot_name_anothers_episode(
    client: Client, me: Person, alpha: Constituent, beta: Constituent
) -> None:
    mine = made.notice(alpha, made.episode(alpha), state=NoticeState.SENT)
    theirs = made.episode(beta, "198.51.100.9")

    response = client.post(
        reverse("portal:answer", args=[mine.pk]),
        {"version": 1, "kind": "fixed", "episode": [theirs.pk]},
    )

    assert response.status_code == 404
    assert set(Episode.objects.values_list("standing", flat=True)) == {Standing.OPEN}


@pytest.mark.parametrize(
    "state", [NoticeState.WAITING, NoticeState.HELD, NoticeState.READY, NoticeState.CLOSED]
)
def test_what_has_not_left_is_not_shown(
    state: NoticeState, client: Client, me: Person, alpha: Constituent
) -> None:
    unsent = made.notice(alpha, made.episode(alpha), state=state)
    Notice.objects.update(sent_at=None)

    assert unsent.ticket not in text_of(client, "portal:notices")
    assert client.get(reverse("portal:notice", args=[unsent.pk])).status_code == 404


def test_a_report_too_confidential_to_show_waits_for_its_letter(
    client: Client, me: Person, alpha: Constituent
) -> None:
    made.episode(alpha, "192.0.2.8")
    Episode.objects.update(tlp=Tlp.AMBER_STRICT, told_at=None)

    assert "192.0.2.8" not in text_of(client, "portal:episodes")
    Episode.objects.update(told_at=made.NOW)
    assert "192.0.2.8" in text_of(client, "portal:episodes").replace("<wbr>", "")


def test_an_answer_counts_at_once_for_the_chosen_systems_alone(
    client: Client, me: Person, alpha: Constituent
) -> None:
    one, other = made.episode(alpha, "192.0.2.7"), made.episode(alpha, "192.0.2.8")
    mine = made.notice(alpha, one, other, state=NoticeState.SENT)

    response = client.post(
        reverse("portal:answer", args=[mine.pk]),
        {"version": 1, "kind": "fixed", "episode": [one.pk], "text": "closed"},
    )

    assert response.status_code == 302
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.standing, one.fixed_by) == (Standing.FIXED, FixedBy.WORD)
    assert other.standing == Standing.OPEN
    assert Notice.objects.get().state == NoticeState.ANSWERED


def test_an_answer_without_a_choice_holds_for_all(
    client: Client, me: Person, alpha: Constituent
) -> None:
    episodes = [made.episode(alpha, f"192.0.2.{n}") for n in (7, 8)]
    mine = made.notice(alpha, *episodes, state=NoticeState.SENT)

    client.post(reverse("portal:answer", args=[mine.pk]), {"version": 1, "kind": "not_ours"})

    assert set(Episode.objects.values_list("standing", flat=True)) == {Standing.NOT_OURS}


@pytest.mark.parametrize("kind", ["bounce", "", "nonsense"])
def test_only_three_answers_can_be_given(
    kind: str, client: Client, me: Person, alpha: Constituent
) -> None:
    mine = made.notice(alpha, made.episode(alpha), state=NoticeState.SENT)

    response = client.post(reverse("portal:answer", args=[mine.pk]), {"version": 1, "kind": kind})

    assert response.status_code == 400
    assert Answer.objects.count() == 0


def test_a_page_that_is_out_of_date_answers_nothing(
    client: Client, me: Person, alpha: Constituent
) -> None:
    mine = made.notice(alpha, made.episode(alpha), state=NoticeState.SENT)
    Notice.objects.update(version=4)

    response = client.post(
        reverse("portal:answer", args=[mine.pk]), {"version": 1, "kind": "fixed", "text": "kept"}
    )

    assert response.status_code == 409
    assert "kept" in response.content.decode()
    assert Answer.objects.count() == 0


def test_wishes_are_ones_own_to_choose_but_contacts_are_only_proposed(
    client: Client, me: Person, alpha: Constituent
) -> None:
    client.post(
        reverse("portal:edit-wishes", args=[alpha.pk]),
        {
            "language": "zh-hant",
            "format": "xarf",
            "frequency": "weekly",
            "digest_hour": "7",
            "version": alpha.version,
        },
    )
    client.post(reverse("portal:propose", args=[alpha.pk]), {"text": "New: soc@alpha.example"})

    alpha.refresh_from_db()
    assert (alpha.language, alpha.format, alpha.frequency) == ("zh-hant", "xarf", "weekly")
    assert (alpha.digest_hour, alpha.per_hour) == (7, 20)
    assert alpha.contacts.count() == 1
    client.force_login(someone(Role.ANALYST))
    assert "New: soc@alpha.example" in text_of(client, "notices:attention")


def test_who_lost_the_tie_sees_nothing_any_more(
    client: Client, me: Person, alpha: Constituent
) -> None:
    mine = made.notice(alpha, made.episode(alpha), state=NoticeState.SENT)
    alpha.people.clear()

    assert client.get(reverse("portal:notice", args=[mine.pk])).status_code == 404
    assert "192.0.2.7" not in text_of(client, "portal:front")
    answer = client.get("/api/v1/mine/episodes", headers=token(me, Scope.OWN_READ))
    assert answer.json() == {"episodes": [], "next": None}


def test_a_token_fetches_ones_own_episodes_page_by_page(
    client: Client, me: Person, alpha: Constituent, beta: Constituent
) -> None:
    for n in range(5):
        made.episode(alpha, f"192.0.2.{n}")
    made.episode(beta, "198.51.100.9")
    head = token(me, Scope.OWN_READ)

    first = client.get("/api/v1/mine/episodes?limit=3", headers=head).json()
    second = client.get(
        "/api/v1/mine/episodes", {"limit": 3, "cursor": first["next"]}, headers=head
    ).json()

    fetched = [one["asset"] for one in (*first["episodes"], *second["episodes"])]
    assert sorted(fetched) == [f"192.0.2.{n}" for n in range(5)]
    assert second["next"] is None
    bad = client.get("/api/v1/mine/episodes?cursor=nonsense", headers=head)
    assert bad.status_code == 422


def test_a_token_answers_ones_own_notice_and_not_anothers(
    client: Client, me: Person, alpha: Constituent, beta: Constituent
) -> None:
    mine = made.notice(alpha, made.episode(alpha), state=NoticeState.SENT)
    others = made.notice(beta, made.episode(beta, "198.51.100.9"), state=NoticeState.SENT)
    head = token(me, Scope.OWN_READ, Scope.OWN_ANSWER)

    def say(ticket: str, version: int = 1) -> int:
        return client.post(
            f"/api/v1/mine/notices/{ticket}/answer",
            json.dumps({"kind": "working", "seen_version": version}),
            content_type="application/json",
            headers=head,
        ).status_code

    listed = client.get("/api/v1/mine/notices", headers=head).json()["notices"]
    assert [one["ticket"] for one in listed] == [mine.ticket]
    assert say(others.ticket) == 404
    assert say(mine.ticket, version=9) == 409
    assert say(mine.ticket) == 200
    assert Answer.objects.get().notice == mine


def test_a_token_can_be_made_only_for_what_ones_roles_allow(client: Client, me: Person) -> None:
    page = text_of(client, "people:tokens")

    assert 'value="mine:read"' in page
    assert 'value="names:submit"' not in page
