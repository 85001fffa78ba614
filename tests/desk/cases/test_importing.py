"""Cases come from a file once each; what changes is kept, what is none is kept, nothing is lost."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lionrock.desk.audit.models import Entry
from lionrock.desk.cases.models import Case, CaseChange, CaseImport, CaseReject, CaseUrl
from lionrock.desk.cases.services.importing import (
    ImportMode,
    Report,
    import_cases,
    replay,
    set_aside,
)
from lionrock.desk.people.roles import Role
from tests.people.someone import someone

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
HEAD = "reference,opened,closed,category,channel,sector,brand,urls"


def brought(
    *rows: str, origin: str = "", mode: ImportMode = ImportMode.APPLY, minutes: int = 0
) -> Report:
    """Import a table of these rows."""
    return import_cases(
        "\n".join((HEAD, *rows)).encode(),
        name="cases.csv",
        origin=origin,
        by=None,
        now=NOW + timedelta(minutes=minutes),
        mode=mode,
    )


def sums(report: Report) -> Sequence[int]:
    return (report.added, report.changed, report.unchanged, report.repeated, len(report.refused))


ONE = "A-1,2026-07-05,,phishing,hotline,,Hang Seng Bank,http://a.example/ http://b.example/"
TWO = "A-2,2026-07-06,2026-07-09,botnet,mail,,,"


def test_the_same_file_twice_brings_every_case_once() -> None:
    assert sums(brought(ONE, TWO)) == (2, 0, 0, 0, 0)
    assert sums(brought(ONE, TWO)) == (0, 0, 2, 0, 0)
    assert list(Case.objects.order_by("reference").values_list("brand", "sector", "urls")) == [
        ("hang-seng", "bank", 2),
        ("", "", 0),
    ]
    assert CaseUrl.objects.count() == 2


def test_what_a_case_said_before_a_later_file_changed_it_is_kept() -> None:
    brought(ONE)
    closed = "A-1,2026-07-05,2026-07-08,phishing,hotline,,Hang Seng Bank,http://a.example/"
    assert sums(brought(closed, minutes=5)) == (0, 1, 0, 0, 0)
    change = CaseChange.objects.get()
    assert change.before == {
        "closed_at": None,
        "urls": 2,
        "listed": ["http://a.example/", "http://b.example/"],
    }
    assert [url.url for url in CaseUrl.objects.all()] == ["http://a.example/"]


def test_two_ticket_systems_may_use_the_same_reference() -> None:
    brought(ONE, origin="rt")
    assert sums(brought(ONE, origin="otrs")) == (1, 0, 0, 0, 0)


def test_a_row_said_twice_counts_once_and_one_that_contradicts_is_kept_as_a_reject() -> None:
    other = ONE.replace("phishing", "malware")
    assert sums(brought(ONE, ONE, other)) == (1, 0, 0, 1, 1)
    assert CaseReject.objects.get().why == "contradicts"
    assert sums(replay(by=None, now=NOW)) == (0, 0, 0, 0, 0)
    assert Case.objects.get().category == "phishing"


def test_a_reject_is_kept_once_however_often_its_file_comes() -> None:
    wrong = "A-3,2026-07-05,,telepathy,,,,"
    brought(ONE, wrong)
    brought(ONE, wrong, minutes=5)
    reject = CaseReject.objects.get()
    assert (reject.line, reject.reference, reject.why, reject.value) == (
        3,
        "A-3",
        "category",
        "telepathy",
    )
    assert reject.at == NOW
    assert CaseImport.objects.filter(rejected=1).count() == 2


def test_a_corrected_file_settles_the_reject() -> None:
    brought("A-3,2026-07-05,,telepathy,,,,")
    assert brought("A-3,2026-07-05,,other,,,,", minutes=5).settled == 1
    assert CaseReject.objects.get().state == "read"


def test_a_reject_becomes_a_case_once_its_word_is_known() -> None:
    brought("A-3,2026-07-05,,telepathy,,,,", origin="rt")
    reject = CaseReject.objects.get()
    # What the pack lacked when the row came: as if “telepathy” had become “other” since.
    CaseReject.objects.update(text=reject.text.replace("telepathy", "other"))
    assert sums(replay(by=None, now=NOW)) == (1, 0, 0, 0, 0)
    assert Case.objects.get().origin == "rt"
    assert CaseReject.objects.get().state == "read"
    assert sums(replay(by=None, now=NOW)) == (0, 0, 0, 0, 0)


def test_replaying_never_overwrites_a_case_that_came_otherwise() -> None:
    brought("A-3,2026-07-05,,telepathy,,,,")
    Case.objects.create(
        reference="A-3",
        opened_at=NOW,
        opened_on=NOW.date(),
        category="ddos",
        added_at=NOW,
        changed_at=NOW,
    )
    reject = CaseReject.objects.get()
    CaseReject.objects.update(text=reject.text.replace("telepathy", "other"))
    assert sums(replay(by=None, now=NOW)) == (0, 0, 0, 0, 1)
    assert (Case.objects.get().category, CaseReject.objects.get().why) == ("ddos", "contradicts")


def test_a_trial_says_what_would_happen_and_leaves_nothing() -> None:
    report = brought(ONE, TWO, "A-3,,,,,,,", mode=ImportMode.TRY)
    assert sums(report) == (2, 0, 0, 0, 1)
    assert not report.applied
    assert [each.objects.count() for each in (Case, CaseImport, CaseReject)] == [0, 0, 0]
    assert not Entry.objects.filter(action="case.imported").exists()


def test_imports_and_settled_rows_stand_in_the_audit_log() -> None:
    brought(ONE, "A-3,2026-07-05,,telepathy,,,,")
    person = someone(Role.APPROVER)
    row = CaseReject.objects.get()
    assert set_aside(reject_id=row.pk, note="a test of theirs", by=person, now=NOW)
    assert set_aside(reject_id=row.pk, note="again", by=person, now=NOW) is None
    entries = Entry.objects.filter(action__startswith="case.").order_by("number")
    assert list(entries.values_list("action", "subject")) == [
        ("case.imported", "cases.csv"),
        ("case.set-aside", "A-3"),
    ]
    assert entries[0].details["rejects"] == 1


@pytest.mark.any_database
def test_the_page_counts_narrows_and_shows_no_live_link(client: Client) -> None:
    brought(ONE, TWO, "A-3,2026-07-05,,telepathy,,,,")
    client.force_login(someone(Role.ANALYST))
    page = client.get(reverse("cases:list"), {"since": "2026-07-05", "until": "2026-07-05"})
    assert [(each.category, each.cases, each.urls) for each in page.context["page"].counts] == [
        ("phishing", 1, 2)
    ]
    assert [case.reference for case in page.context["page"].rows] == ["A-1"]
    assert page.context["rejects"] == 1
    one = client.get(reverse("cases:case", args=[Case.objects.get(reference="A-1").pk]))
    assert "hxxp://a[.]example/" in one.text
    assert "http://a.example" not in one.text
    narrowed = client.get(reverse("cases:list"), {"category": "botnet", "standing": "closed"})
    assert [case.reference for case in narrowed.context["page"].rows] == ["A-2"]
    assert len(narrowed.context["page"].counts) == 1


@pytest.mark.any_database
def test_an_approver_sets_a_row_aside_on_its_page_with_a_reason(client: Client) -> None:
    brought("A-3,2026-07-05,,telepathy,,,,")
    reject = CaseReject.objects.get()
    client.force_login(someone(Role.APPROVER))
    assert "telepathy" in client.get(reverse("cases:rejects")).text
    address = reverse("cases:aside", args=[reject.pk])
    client.post(address, {"note": ""})
    assert CaseReject.objects.get().state == "open"
    client.post(address, {"note": "a test of theirs"})
    client.post(reverse("cases:replay"))
    assert CaseReject.objects.get().state == "aside"
    assert "a test of theirs" in client.get(reverse("cases:rejects"), {"state": "aside"}).text


@pytest.mark.any_database
def test_pages_follow_each_other_without_a_gap(client: Client) -> None:
    brought(*(f"A-{n},2026-07-{n % 28 + 1:02},,other,,,," for n in range(120)))
    client.force_login(someone(Role.ANALYST))
    seen: list[str] = []
    address = reverse("cases:list")
    while address:
        page = client.get(address)
        seen += [case.reference for case in page.context["page"].rows]
        more = page.context["after_url"]
        address = reverse("cases:list") + more if more else ""
    assert len(seen) == len(set(seen)) == 120
