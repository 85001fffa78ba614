"""The pages of reports, as the team meets them."""

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lionrock.core.figures import Period
from lionrock.desk.audit.models import Entry
from lionrock.desk.people.roles import Role
from lionrock.desk.reports.models import Report, Topic
from lionrock.desk.reports.services.making import make
from lionrock.jobs.cli import run
from lionrock.jobs.exits import Exit
from tests.desk.reports.conftest import NOW, keep_five_quarters
from tests.people.someone import someone

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

TOPIC = {
    "key": "lures",
    "place": "1",
    "seen": "0",
    "sources": "msrc: Advisory of the vendor https://vendor.example/a",
    **{f"title_{tag}": "Lures" for tag in ("en", "zh-hant", "zh-hans")},
    **{
        f"text_{tag}": "Seen: {2026Q3.total}, [CVE-2026-1][msrc]."
        for tag in ("en", "zh-hant", "zh-hans")
    },
}


@pytest.fixture
def approver(client: Client) -> Client:
    """A browser in which an approver is signed in."""
    client.force_login(someone(Role.APPROVER))
    return client


def text(client: Client, name: str, *args: object, **data: str) -> str:
    response = client.get(reverse(f"reports:{name}", args=args), data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_an_approver_makes_a_version_and_downloads_it_in_every_form(approver: Client) -> None:
    keep_five_quarters()
    assert "none yet" in text(approver, "list")
    done = approver.post(reverse("reports:make", args=["2026Q3"]), follow=True).content.decode()
    assert "Version 1 was made." in done
    assert "watch-2026q3-long.zh-Hans.docx" in done
    again = approver.post(reverse("reports:make", args=["2026Q3"]), follow=True).content.decode()
    assert "Nothing changed since the last version" in again

    page = approver.get(reverse("reports:file", args=["2026Q3", 1, "watch-2026q3-short.en.html"]))
    policy = page["Content-Security-Policy"]
    assert "style-src 'sha256-" in policy
    assert "frame-ancestors 'none'" in policy
    assert 'data-figure="2026Q3.total">2,996<' in page.content.decode()
    data = approver.get(reverse("reports:file", args=["2026Q3", 1, "watch-2026q3-short.json"]))
    assert json.loads(data.content)["quarter"] == "2026Q3"
    table = approver.get(
        reverse("reports:file", args=["2026Q3", 1, "watch-2026q3-short.types.csv"])
    )
    assert b"phishing,806,5033,7141,13574,2804,-79" in table.content
    assert Entry.objects.filter(action="report.downloaded").count() == 3


@pytest.mark.parametrize(
    "name",
    [
        "watch-2026q3-short.fr.html",
        "watch-2026q2-short.en.html",
        "watch-2026q3-short.en.exe",
        "watch-2026q3-short.secret.csv",
        "..%2Fsecrets",
    ],
)
def test_files_that_a_report_does_not_have_are_not_found(approver: Client, name: str) -> None:
    keep_five_quarters()
    make(quarter=Period.of("2026Q3"), by=None, now=NOW)
    assert approver.get(f"/reports/2026Q3/1/{name}").status_code == 404
    assert approver.get("/reports/2026Q5/").status_code == 404


def test_an_analyst_writes_a_topic_sees_it_in_the_preview_and_may_not_make(client: Client) -> None:
    keep_five_quarters()
    client.force_login(someone(Role.ANALYST))
    address = reverse("reports:new-topic", args=["2026Q3"])
    assert "The topic was kept." in client.post(address, TOPIC, follow=True).content.decode()
    shown = text(client, "preview", "2026Q3", language="zh-Hans")
    assert '<html lang="zh-Hans">' in shown
    assert 'Seen: <span data-figure="2026Q3.total">2,996</span>' in shown
    assert client.post(reverse("reports:make", args=["2026Q3"])).status_code == 403
    assert "An approver makes the report." in text(client, "quarter", "2026Q3")
    assert not Report.objects.exists()


def test_a_topic_with_a_typed_number_says_where_and_keeps_what_was_written(
    approver: Client,
) -> None:
    address = reverse("reports:new-topic", args=["2026Q3"])
    shown = approver.post(address, {**TOPIC, "text_en": "It rose by 40."}).content.decode()
    assert "en: “It rose by 40.” holds a digit and rests on nothing" in shown
    assert "It rose by 40.</textarea>" in shown
    assert not Topic.objects.exists()


def test_a_topic_shows_its_versions_and_refuses_to_write_over_a_newer_one(
    approver: Client,
) -> None:
    approver.post(reverse("reports:new-topic", args=["2026Q3"]), TOPIC)
    address = reverse("reports:topic", args=["2026Q3", "lures"])
    approver.post(address, {**TOPIC, "seen": "1", "title_en": "Better"})
    shown = text(approver, "topic", "2026Q3", "lures")
    assert "Version 2" in shown
    assert "Version 1" in shown
    stale = approver.post(address, {**TOPIC, "seen": "1"}).content.decode()
    assert "Somebody wrote another version meanwhile." in stale
    approver.post(reverse("reports:topic-out", args=["2026Q3", "lures"]))
    assert "No topic has been written yet." in text(approver, "quarter", "2026Q3")


def test_the_commands_write_the_report_and_tell_a_wrong_number(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    last = Period.of(f"{timezone.now():%Y}Q{(timezone.now().month + 2) // 3}").previous()
    words = ["report", "watch", "--quarter", last.key, "--format", "html", "--language", "en"]
    assert run([*words, "--output", str(tmp_path / "made")]) == Exit.FINE
    names = {path.name for path in (tmp_path / "made").iterdir()}
    stem = f"watch-{last.key.lower()}-short"
    assert {f"{stem}.en.html", f"{stem}.en.trend.svg", f"{stem}.json", f"{stem}.types.csv"} <= names
    code = run(["report", "compare", "--quarter", last.key, f"{last.key}.total=5,102"])
    assert code == Exit.FOUND
    assert f"{last.key}.total\t5,102\tnot counted" in capsys.readouterr().out
    assert run(["report", "watch", "--quarter", "2026", "--output", str(tmp_path)]) == (
        Exit.UNREADABLE
    )
