"""The analysts' pages: evidence beside each sentence, editing in place, one thing to do next."""

import re

import pytest
from django.test import Client

from lionrock.core.alerts import Risk
from lionrock.desk.alerts.models import Alert, Look, State, Weight
from lionrock.desk.alerts.services import note_mistake
from lionrock.desk.people.models import Person
from tests.desk.alerts.making import (
    FIGURE,
    NEWS,
    analyst,
    approved,
    approver,
    draft,
    later,
    published,
    submitted,
)

pytestmark = pytest.mark.django_db


def page(client: Client, person: Person, alert: Alert, query: str = "") -> str:
    client.force_login(person)
    response = client.get(f"/drafts/{alert.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def primary(text: str) -> list[str]:
    """Return the words of what stands out as the one thing to do, editing forms aside."""
    bar = re.search(r'<section class="next.*?</section>', text, re.DOTALL)
    found = re.findall(r'class="(?:button )?primary"[^>]*>([^<]+)<', bar.group() if bar else "")
    return [one.strip() for one in found]


def post(client: Client, alert: Alert, where: str, **fields: object) -> int:
    alert.refresh_from_db()
    values = {"version": alert.version, **fields}
    return client.post(f"/drafts/{alert.pk}/{where}/", values).status_code


def texts(en: str, hant: str, hans: str) -> dict[str, str]:
    return {"text-en": en, "text-zh-Hant": hant, "text-zh-Hans": hans}


def test_a_sentence_stands_beside_its_figure_with_chart_period_query_and_gap(
    client: Client,
) -> None:
    text = page(client, analyst(), draft())

    for words in (
        "312",
        "2026-W47",
        "events_by_type",
        "Example Feed was silent",
        "<svg",
        "2026-W46: 25",
    ):
        assert words in text
    assert "Since 16 November 2026 customers" in text
    assert "harbour-water.example" not in text


def test_there_is_one_thing_to_do_next_for_everybody(client: Client) -> None:
    alert = draft()
    writer, decider = analyst(), approver()
    assert primary(page(client, writer, alert)) == ["Hand in for approval"]
    submitted(alert, writer)
    assert primary(page(client, writer, alert)) == []
    assert primary(page(client, decider, alert)) == ["Approve"]
    approved(alert, decider)
    assert primary(page(client, decider, alert)) == ["Publish"]
    assert post(client, alert, "decide", do="publish") == 302
    assert primary(page(client, writer, alert)) == ["Write an update"]


def test_an_analyst_edits_in_place_and_what_is_unsupported_is_marked(client: Client) -> None:
    alert = draft()
    text = page(client, analyst(), alert, "?edit=0")
    assert '<textarea id="text-zh-Hant"' in text
    assert (
        post(
            client,
            alert,
            "change",
            do="sentence",
            index=0,
            part="lead",
            cites=[FIGURE],
            **texts("We found 313 links.", "發現313條連結。", "发现313条链接。"),
        )
        == 302
    )

    text = page(client, analyst(), alert)
    assert text.count("No evidence it cites holds the number 313.") == 3
    assert primary(text) == ["Go to the first"]


def test_every_part_of_a_draft_is_changed_by_a_form(client: Client) -> None:
    alert = draft()
    client.force_login(analyst())
    for where in ("title", "risk", "indicators", "links", "fact"):
        assert f'id="{where}"' in client.get(f"/drafts/{alert.pk}/?open={where}").content.decode()
    changes: list[dict[str, object]] = [
        {"do": "title", "kind": "malware", **texts("New", "新", "新")},
        {"do": "risk", "risk": "low", "reason": "Few."},
        {"do": "indicators", "indicators": "hxxps://pay[.]bad.example/x\n192.0.2[.]7\n" + "a" * 64},
        {"do": "links", "links": "https://cert.example/ | A | 甲 | 甲"},
        {"do": "fact", "title": "Call", "text": "40 paid", "url": ""},
        {"do": "add", "part": "signs", **texts("Look.", "看。", "看。")},
        {"do": "move", "index": 2},
        {"do": "remove", "index": 1},
    ]
    assert [post(client, alert, "change", **change) for change in changes] == [302] * len(changes)

    alert.refresh_from_db()
    content = alert.versions.get(number=alert.latest).read()
    assert [(one.kind, one.value) for one in content.indicators] == [
        ("url", "https://pay.bad.example/x"),
        ("ipv4", "192.0.2.7"),
        ("sha256", "a" * 64),
    ]
    assert (content.kind, content.risk, content.reason) == ("malware", Risk.LOW, "Few.")
    assert alert.latest == 8


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"do": "indicators", "indicators": "not a host at all"}, "Not a host, link"),
        ({"do": "risk", "risk": "low", "reason": ""}, "A risk needs a reason"),
        ({"do": "links", "links": "http://plain.example/ | A | B | C"}, "Write https"),
        ({"do": "sentence", "index": 99, "part": "lead"}, "no such sentence"),
        ({"do": "nonsense"}, "could not be read"),
        ({"do": "add", "part": "lead", "also": "trend:x y"}, "Write episode:12"),
    ],
)
def test_what_cannot_be_read_changes_nothing_and_says_why(
    change: dict[str, object], said: str, client: Client
) -> None:
    alert = draft()
    client.force_login(analyst())
    response = client.post(f"/drafts/{alert.pk}/change/", {"version": 1, **change})

    assert response.status_code == 400
    assert said in response.content.decode()
    alert.refresh_from_db()
    assert alert.latest == 1


def test_who_was_too_slow_sees_what_they_typed_and_what_changed(client: Client) -> None:
    alert = draft()
    client.force_login(analyst())
    assert post(client, alert, "change", do="risk", risk="low", reason="Few.") == 302
    response = client.post(
        f"/drafts/{alert.pk}/change/",
        {"version": 1, "seen": 1, "do": "risk", "risk": "extreme", "reason": "Many paid."},
    )

    text = response.content.decode()
    assert response.status_code == 409
    assert "Many paid." in text
    assert "<ins>Few</ins>" in text


def test_an_approver_is_told_that_it_is_their_own(client: Client) -> None:
    alert = draft()
    writer = approver()
    submitted(alert, writer)

    assert "You had a hand in it" in page(client, writer, alert)
    assert post(client, alert, "decide", do="approve") == 400
    alert.refresh_from_db()
    assert alert.state == State.SUBMITTED


def test_an_update_goes_through_the_same_pages(client: Client) -> None:
    alert = published()
    client.force_login(analyst())
    assert post(client, alert, "step", do="reopen") == 302
    assert post(client, alert, "change", do="risk", risk="low", reason="Over.") == 302
    assert post(client, alert, "step", do="submit", step="updated") == 400
    news = texts(NEWS["en"], NEWS["zh-Hant"], NEWS["zh-Hans"])
    assert post(client, alert, "step", do="submit", step="updated", **news) == 302
    client.force_login(approver())
    assert post(client, alert, "decide", do="approve") == 302
    assert post(client, alert, "decide", do="publish") == 302

    assert NEWS["en"] in client.get(f"/alerts/en/{alert.slug}/").content.decode()


def test_versions_are_compared_word_by_word(client: Client) -> None:
    alert = draft()
    client.force_login(analyst())
    post(client, alert, "change", do="risk", risk="low", reason="Few paid.")
    text = client.get(f"/drafts/{alert.pk}/versions/").content.decode()

    assert "<del>high</del>" in text
    assert "<ins>low</ins>" in text


def test_looking_at_the_page_is_counted(client: Client) -> None:
    alert = draft()
    page(client, analyst(), alert)

    assert Look.objects.filter(alert=alert).count() == 1
    alert.refresh_from_db()
    assert alert.first_look_at is not None


def test_lists_and_figures_show_what_happened(client: Client) -> None:
    alert = published()
    draft()
    note_mistake(
        alert_id=alert.pk, what="Wrong day", weight=Weight.WRONG, by=analyst(), now=later(9)
    )
    client.force_login(analyst())
    assert "Fake Harbour Water bills" in client.get("/drafts/").content.decode()
    assert str(alert.number) in client.get("/drafts/?state=published").content.decode()
    figures = client.get("/drafts/figures/").content.decode()
    assert "Wrong day" in figures
    assert client.get(f"/drafts/{alert.pk}/?view=languages").status_code == 200


def test_a_person_begins_an_alert(client: Client) -> None:
    client.force_login(analyst())
    there = client.post("/drafts/new/", {"kind": "anticipatory", "title": "Bank app down"})
    text = client.get(there.headers["Location"]).content.decode()

    assert "Bank app down" in text
    assert "There is no lead." in text
