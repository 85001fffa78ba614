"""The queue's pages, as an analyst, a colleague and outsiders meet them."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import dns.zone
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lionrock.desk.audit.models import Entry
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from lionrock.desk.suspects import services
from lionrock.desk.suspects.models import Dismissal, PackProposal, State, Suspect, TeamSettings
from tests.desk.suspects.conftest import NOW, People, Storing, a_reading

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:  # Any: the test client's own response
    """Return a page's text."""
    body = b"".join(response) if response.streaming else response.content
    return str(body.decode())


def post(client: Client, page: str, suspect: Suspect, **data: str) -> Any:  # Any: as above
    """Send a form about a suspect."""
    return client.post(reverse(f"suspects:{page}", args=[suspect.pk]), data)


def signed_in(person: Person) -> Client:
    """Return a browser of somebody else."""
    client = Client()
    client.force_login(person)
    return client


def test_every_list_opens_when_there_is_nothing_yet(browser: Client) -> None:
    for page in ("front", "queue", "list", "readings", "proposals"):
        assert browser.get(reverse(f"suspects:{page}")).status_code == 200
    for state in ("confirmed", "dismissed", "nonsense"):
        assert browser.get(reverse("suspects:list"), {"state": state}).status_code == 200


def test_the_queue_shows_name_brand_and_reasons(browser: Client, store: Storing) -> None:
    store("hsbc-verify.top")
    page = text(browser.get(reverse("suspects:queue")))
    assert "<mark>hsbc</mark>-verify" in page
    assert "HSBC" in page
    assert "contains the brand name “hsbc” as a word of its own" in page


def test_what_came_just_now_waits_less_than_a_minute(browser: Client, store: Storing) -> None:
    store("hsbc-verify.top", now=timezone.now())

    assert "<dd>less than a minute</dd>" in text(browser.get(reverse("suspects:front")))


def test_brands_are_named_in_the_readers_language(browser: Client, store: Storing) -> None:
    suspect = store("hsbc-verify.top")
    browser.cookies["language"] = "zh-hant"
    page = text(browser.get(reverse("suspects:suspect", args=[suspect.pk])))
    assert "滙豐" in page


def test_the_brand_filter_offers_the_brands_that_are_imitated_and_the_chosen_one(
    browser: Client, store: Storing
) -> None:
    store("hsbc-verify.top")
    page = text(browser.get(reverse("suspects:queue"), {"brand": "payme"}))
    offered = re.findall(
        r'<option value="([^"]*)"( selected)?>', page.partition("filter-sector")[0]
    )
    assert offered == [("", ""), ("hsbc", ""), ("payme", " selected")]


def test_people_outside_the_team_are_sent_from_the_first_page_to_what_is_theirs(
    person: People,
) -> None:
    partner = signed_in(person("Pat", Role.PARTNER)).get("/", follow=True)
    assert partner.status_code == 200
    assert partner.redirect_chain == [(reverse("suspects:exports"), 302)]
    assert "Queue" not in text(partner)
    constituent = signed_in(person("Con", Role.CONSTITUENT)).get("/")
    assert constituent["Location"] == reverse("portal:front")


def test_a_suspects_page_shows_what_helps_to_decide(browser: Client, store: Storing) -> None:
    suspect = store("hsbc-verify.top")
    store("hsbc-verify.vip", registrable="hsbc-verify.vip")
    page = text(browser.get(reverse("suspects:suspect", args=[suspect.pk])))
    assert "hsbc.com.hk" in page
    assert "hsbc-verify[.]top" in page
    assert "hsbc-verify.vip" in page
    assert "contains the brand name “hsbc” as a word of its own" in page


def test_no_page_links_to_a_foreign_name(browser: Client, store: Storing) -> None:
    suspect = store("hsbc-verify.top")
    store("hsbc-verify2.top")
    for page in ("queue", "list"):
        assert not _foreign_links(text(browser.get(reverse(f"suspects:{page}"))))
    for page in ("suspect", "series"):
        address = reverse(f"suspects:{page}", args=[suspect.pk])
        assert not _foreign_links(text(browser.get(address)))


def test_what_a_name_or_note_holds_is_shown_as_text(browser: Client, store: Storing) -> None:
    suspect = store("hsbc-verify.top", brand="<script>alert(1)</script>")
    post(browser, "comment", suspect, note="<img src=x onerror=alert(1)>")
    page = text(browser.get(reverse("suspects:suspect", args=[suspect.pk])))
    assert "<script>alert" not in page
    assert "<img" not in page


def test_confirming_leads_to_the_next_row_and_offers_to_take_it_back(
    browser: Client, store: Storing
) -> None:
    first, second = store("hsbc-alpha.top", score=0.9), store("hsbc-gamma.top", score=0.8)
    answer = post(browser, "confirm", first, version="1", note="", trail="scope=all")
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("suspects:suspect", args=[second.pk]))
    first.refresh_from_db()
    assert first.state == State.CONFIRMED
    page = text(browser.get(answer["Location"]))
    assert reverse("suspects:undo", args=[first.pk]) in page


def test_the_next_row_is_one_of_the_list_the_analyst_came_from(
    browser: Client, store: Storing
) -> None:
    first = store("hsbc-alpha.top", score=0.9)
    store("hsbc-gamma.vip", score=0.8)
    third = store("hsbc-delta.top", score=0.7)
    answer = post(browser, "confirm", first, version="1", trail="scope=all&tld=top")
    assert answer["Location"].startswith(reverse("suspects:suspect", args=[third.pk]))
    answer = post(browser, "confirm", third, version="1", trail="scope=all&tld=top")
    assert answer["Location"].startswith(reverse("suspects:list") + "?tld=top")


def test_after_one_of_a_series_comes_the_rest_of_it(browser: Client, store: Storing) -> None:
    first, second = (store(f"hsbc-verify{n}.top", score=0.9 - n / 10) for n in range(2))
    store("hsbc-alpha.top", score=0.5)
    answer = post(browser, "confirm", first, version="1", trail="scope=today")
    assert answer["Location"].startswith(reverse("suspects:suspect", args=[second.pk]))


def test_a_dismissal_needs_one_of_the_reasons(browser: Client, store: Storing) -> None:
    suspect = store("hsbc-alpha.top")
    assert post(browser, "dismiss", suspect, version="1", reason="because").status_code == 400
    assert post(browser, "dismiss", suspect, version="1").status_code == 400
    suspect.refresh_from_db()
    assert suspect.state == State.WAITING
    answer = post(browser, "dismiss", suspect, version="1", reason="accident", note="a surname")
    assert answer.status_code == 302
    suspect.refresh_from_db()
    assert (suspect.state, suspect.dismissal, suspect.note) == (
        "dismissed",
        "accident",
        "a surname",
    )


def test_who_was_slower_is_told_who_decided_what_and_keeps_their_note(
    browser: Client, person: People, store: Storing
) -> None:
    suspect = store("hsbc-alpha.top")
    grace = person("Grace", Role.ANALYST)
    services.confirm(suspect_id=suspect.pk, seen_version=1, by=grace, note="I opened it", now=NOW)
    answer = post(browser, "dismiss", suspect, version="1", reason="unclear", note="my long note")
    assert answer.status_code == 409
    page = text(answer)
    assert "Grace confirmed it at 2026-03-02 12:00:00" in page
    assert "I opened it" in page
    assert "my long note" in page
    suspect.refresh_from_db()
    assert (suspect.state, suspect.decided_by) == (State.CONFIRMED, grace)


def test_undo_assign_and_comment_return_to_the_suspect(
    browser: Client, ada: Person, store: Storing
) -> None:
    suspect = store("hsbc-alpha.top")
    here = reverse("suspects:suspect", args=[suspect.pk])
    post(browser, "confirm", suspect, version="1")
    for page, data in [
        ("undo", {"version": "2"}),
        ("assign", {"version": "3", "to": str(ada.pk)}),
        ("comment", {"note": "asked the bank"}),
        ("assign", {"version": "5", "to": ""}),
    ]:
        answer = post(browser, page, suspect, **data)
        assert answer.status_code == 302
        assert answer["Location"].startswith(here)
    page_text = text(browser.get(here))
    assert "asked the bank" in page_text
    suspect.refresh_from_db()
    assert (suspect.state, suspect.assigned_to, suspect.version) == ("waiting", None, 6)
    assert post(browser, "undo", suspect, version="1").status_code == 409
    assert post(browser, "assign", suspect, version="1", to="").status_code == 409


def test_work_is_assigned_only_to_people_of_the_team(
    browser: Client, person: People, store: Storing
) -> None:
    suspect = store("hsbc-alpha.top")
    outsider = person("Mallory", Role.PARTNER)
    answer = post(browser, "assign", suspect, version="1", to=str(outsider.pk))
    assert answer.status_code == 400
    assert post(browser, "comment", suspect, note="  ").status_code == 400


def test_a_series_is_decided_from_its_page(browser: Client, store: Storing) -> None:
    members = [store(f"hsbc-verify{number}.top", score=0.9) for number in range(3)]
    store("hsbc-alpha.top", score=0.5)
    page = text(browser.get(reverse("suspects:series", args=[members[0].pk])))
    assert page.count('name="member"') == 3
    ticked = [f"{members[0].pk}:1", f"{members[1].pk}:1"]
    address = reverse("suspects:decide-series", args=[members[0].pk])
    answer = browser.post(address, {"member": ticked, "verdict": "confirm", "trail": "scope=all"})
    assert answer["Location"].startswith(reverse("suspects:suspect", args=[members[2].pk]))
    states = list(Suspect.objects.order_by("id").values_list("state", flat=True))
    assert states == ["confirmed", "confirmed", "waiting", "waiting"]
    assert "2 names confirmed." in text(browser.get(answer["Location"]))
    again = browser.post(address, {"member": [f"{members[2].pk}:9"], "verdict": "accident"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"verdict": "confirm"},
        {"member": "1:1"},
        {"member": "x", "verdict": "confirm"},
        {"member": "9999999:1", "verdict": "confirm"},
        {"member": "1:1", "verdict": "burn"},
    ],
)
def test_a_series_form_that_cannot_be_read_changes_nothing(
    browser: Client, store: Storing, data: dict[str, str]
) -> None:
    suspect = store("hsbc-verify1.top")
    answer = browser.post(reverse("suspects:decide-series", args=[suspect.pk]), data)
    assert answer.status_code == 400
    suspect.refresh_from_db()
    assert suspect.version == 1


@pytest.mark.parametrize(
    "query",
    [
        "brand=nobody&sector=none&source=none&tld=.&age=9&least=x&most=7",
        "after=nan,1&q=%00",
        "after=1,99999999999999999999999",
        "before=0.5",
        "done=99999999999999999999999&age=1",
        "state=confirmed&after=yesterday,1",
        "state=dismissed&after=2026-01-01,1",
        "q=hxxps://HSBC[.]verify/path&tld=.香港",
    ],
)
def test_an_address_that_somebody_made_up_still_shows_a_list(browser: Client, query: str) -> None:
    for page in ("queue", "list"):
        assert browser.get(f"{reverse(f'suspects:{page}')}?{query}").status_code == 200


def test_a_defanged_name_is_found(browser: Client, store: Storing) -> None:
    store("hsbc-alpha.top")
    store("hsbc-gamma.top")
    page = text(browser.get(reverse("suspects:list"), {"q": "hxxps://HSBC-alpha[.]top/login"}))
    assert "-alpha" in page
    assert "-gamma" not in page


def test_what_is_not_there_is_not_found(browser: Client) -> None:
    for page in ("suspect", "series", "rejects"):
        assert browser.get(reverse(f"suspects:{page}", args=[7])).status_code == 404
    for page in ("confirm", "undo", "comment", "assign", "dismiss"):
        data = {"version": 1, "note": "x", "reason": "accident"}
        assert browser.post(reverse(f"suspects:{page}", args=[7]), data).status_code == 404


def test_rejects_can_be_downloaded_as_the_scan_wrote_them(browser: Client, tmp_path: Path) -> None:
    file = tmp_path / "rejects.jsonl"
    file.write_text('{"line": 1, "text": "x", "why": "has no dot"}\n')
    reading = a_reading()
    reading.rejects_file, reading.rejects = str(file), 1
    reading.save()
    address = reverse("suspects:rejects", args=[reading.pk])
    assert address in text(browser.get(reverse("suspects:readings")))
    assert json.loads(text(browser.get(address)))["why"] == "has no dot"
    file.unlink()
    assert browser.get(address).status_code == 404


def test_outsiders_see_nothing_of_the_queue(person: People, store: Storing) -> None:
    suspect = store("hsbc-alpha.top")
    for role in (Role.CONSTITUENT, Role.PARTNER):
        outsider = signed_in(person(role.value, role))
        for page in (
            "queue",
            "list",
            "readings",
            "proposals",
            "snippet",
            "team",
            "labels",
        ):
            assert outsider.get(reverse(f"suspects:{page}")).status_code == 403
        for page in ("suspect", "series"):
            assert outsider.get(reverse(f"suspects:{page}", args=[suspect.pk])).status_code == 403
        for page in ("confirm", "dismiss", "undo", "assign", "comment", "decide-series"):
            assert post(outsider, page, suspect, version="1").status_code == 403
    suspect.refresh_from_db()
    assert suspect.version == 1


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.ANALYST, 403),
        (Role.APPROVER, 200),
        (Role.ADMINISTRATOR, 200),
        (Role.PARTNER, 200),
        (Role.CONSTITUENT, 403),
    ],
)
def test_confirmed_names_leave_the_house_only_with_those_who_may_take_them(
    person: People, role: Role, status: int
) -> None:
    client = signed_in(person("Grace", role))
    assert client.get(reverse("suspects:exports")).status_code == status
    for name in ("csv", "plain", "rpz", "json"):
        assert client.get(reverse("suspects:export", args=[name])).status_code == status


def test_exports_hold_confirmed_names_their_label_and_nothing_that_would_do_harm(
    person: People, store: Storing
) -> None:
    grace = person("Grace", Role.APPROVER)
    client = signed_in(grace)
    for host in ("hsbc-alpha.top", "www.hsbc.com.hk", "pages.dev"):
        suspect = store(host)
        services.confirm(suspect_id=suspect.pk, seen_version=1, by=grace, now=NOW)
    store("hsbc-waiting.top")
    page = text(client.get(reverse("suspects:exports")))
    assert "www[.]hsbc[.]com[.]hk" in page
    assert "pages[.]dev" in page
    answer = client.get(reverse("suspects:export", args=["rpz"]))
    assert "attachment" in answer["Content-Disposition"]
    zone = dns.zone.from_text(text(answer), origin="rpz.lionrock.invalid.")
    assert {str(name) for name in zone.nodes} == {"@", "hsbc-alpha.top", "*.hsbc-alpha.top"}
    lines = text(client.get(reverse("suspects:export", args=["plain"]))).splitlines()
    assert (lines[0], lines[2:]) == ("# TLP:AMBER", ["hsbc-alpha.top"])
    data = json.loads(text(client.get(reverse("suspects:export", args=["json"]))))
    assert [name["blockable"] for name in data["names"]] == [True, False, False]
    table = text(client.get(reverse("suspects:export", args=["csv"]) + "?period=day"))
    assert table.count("\n") == 1
    assert Entry.objects.filter(action="export.confirmed").count() == 4
    assert client.get(reverse("suspects:export", args=["exe"])).status_code == 404


def test_decisions_are_labels_without_names_of_people(person: People, store: Storing) -> None:
    grace = person("Grace", Role.APPROVER)
    alpha, gamma, delta = (store(f"hsbc-{word}.top") for word in ("alpha", "gamma", "delta"))
    services.confirm(suspect_id=alpha.pk, seen_version=1, by=grace, now=NOW)
    for suspect, reason in ((gamma, Dismissal.ACCIDENT), (delta, Dismissal.UNCLEAR)):
        services.dismiss(suspect_id=suspect.pk, seen_version=1, by=grace, reason=reason, now=NOW)
    undone = store("hsbc-undone.top")
    services.confirm(suspect_id=undone.pk, seen_version=1, by=grace, now=NOW)
    services.undo(suspect_id=undone.pk, seen_version=2, by=grace, now=NOW)
    body = text(signed_in(grace).get(reverse("suspects:labels")))
    lines = [json.loads(line) for line in body.splitlines()]
    assert [(line["name"], line["label"], line["reason"]) for line in lines] == [
        ("hsbc-alpha.top", "abuse", ""),
        ("hsbc-gamma.top", "benign", "accident"),
        ("hsbc-delta.top", "unclear", "unclear"),
    ]
    assert {line["at"] for line in lines} == {"2026-03-02T04:00:00+00:00"}
    assert {line["model_version"] for line in lines} == {"test-1"}
    assert len({line["by"] for line in lines}) == 1
    assert "Grace" not in body
    assert grace.email not in body


def test_a_proposal_is_settled_by_those_who_may_and_ends_in_text_for_the_pack(
    browser: Client, person: People, ada: Person, store: Storing
) -> None:
    for host in ("hsbc-rewards.top", "hsbc-club.top"):
        services.dismiss(
            suspect_id=store(host).pk, seen_version=1, by=ada, reason=Dismissal.BRAND_OWN, now=NOW
        )
    first, second = PackProposal.objects.order_by("id")
    accept = reverse("suspects:accept-proposal", args=[first.pk])
    reject = reverse("suspects:reject-proposal", args=[second.pk])
    assert "hsbc-rewards.top" in text(browser.get(reverse("suspects:proposals")))
    assert browser.post(accept).status_code == 403
    boss = signed_in(person("Grace", Role.APPROVER))
    assert boss.post(accept).status_code == 302
    assert boss.post(reject).status_code == 302
    assert boss.post(reject).status_code == 409
    assert boss.post(accept).status_code == 409
    snippet = tomllib.loads(text(boss.get(reverse("suspects:snippet"))))
    assert [entry["domain"] for entry in snippet["hsbc"]["official"]] == ["hsbc-rewards.top"]


def test_only_an_administrator_sets_how_much_a_day_holds(browser: Client, person: People) -> None:
    address = reverse("suspects:team")
    assert browser.get(address).status_code == 403
    boss = signed_in(person("Grace", Role.ADMINISTRATOR))
    assert boss.get(address).status_code == 200
    assert boss.post(address, {"daily_budget": 0, "export_tlp": "TLP:RED"}).status_code == 400
    assert not TeamSettings.objects.exists()
    assert boss.post(address, {"daily_budget": 30, "export_tlp": "TLP:GREEN"}).status_code == 302
    assert TeamSettings.objects.get().daily_budget == 30


def test_pages_carry_no_script_or_style_of_their_own(browser: Client, store: Storing) -> None:
    suspect = store("hsbc-alpha.top")
    pages = [reverse(f"suspects:{page}") for page in ("front", "queue", "readings", "proposals")]
    pages += [reverse(f"suspects:{page}", args=[suspect.pk]) for page in ("suspect", "series")]
    for page in pages:
        body = text(browser.get(page))
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", body)


def _foreign_links(page: str) -> list[str]:
    return [
        link
        for link in re.findall(r'(?:href|src)="([^"]*)"', page)
        if not link.startswith(("/", "?", "#"))
    ]


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "²", "", "x"])
def test_a_number_that_is_none_is_no_fault(number: str, ada: Person, store: Storing) -> None:
    suspect = store("hsbc-verify1.top")
    client = signed_in(ada)
    answers = [
        client.get(reverse("suspects:queue"), {"done": number, "after": f"0.5,{number}"}),
        client.get(
            reverse("suspects:list"), {"state": "confirmed", "after": f"2026-11-20,{number}"}
        ),
        client.get(reverse("suspects:readings"), {"before": number}),
        client.post(
            reverse("suspects:decide-series", args=[suspect.pk]),
            {"member": [f"{number}:1"], "verdict": "confirm"},
        ),
    ]
    assert all(answer.status_code < 500 for answer in answers)
    suspect.refresh_from_db()
    assert suspect.state == State.WAITING
