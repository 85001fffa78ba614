"""A day on the road: what came in the morning is told, answered and settled by the evening."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from lionrock.desk.events.models import Episode, FixedBy, Standing
from lionrock.desk.feeds.models import Blob, BlobState
from lionrock.desk.feeds.services import drop
from lionrock.desk.notices.models import LetterState, Notice, NoticeState
from lionrock.desk.people.roles import Role
from lionrock.jobs import clock, up
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import PASSWORD, follow, now, press, signed_in
from tests.people.someone import someone

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.allow_hosts(["127.0.0.1", "::1", "localhost"]),
]

WORKER = "test"


def lay_deliveries(data: Path) -> None:
    """Lay the made-up week into the drop folders, and wait until it has come to rest."""
    up.lay_first_deliveries(data)
    time.sleep(drop.SETTLE_SECONDS + 0.1)


def collect_and_read() -> None:
    """Do what a worker does with what lies in the drop folders, until nothing is left to read."""
    for feed in clock.due_feeds(now()):
        clock.collect_one(feed, WORKER, now)
    while waiting := clock.waiting_blobs(now()):
        for blob in waiting:
            clock.read_one(blob, WORKER, now)


def do(*duties: str) -> None:
    """Do these duties of a worker, in order."""
    for duty in duties:
        clock.BY_NAME[duty].do(WORKER, now)


def test_what_came_in_the_morning_is_told_answered_and_settled(
    open_page: OpenPage,
    settings: Settings,
    tmp_path: Path,
    picture: Callable[[Page, str], None],
) -> None:
    settings.LIONROCK_DATA = tmp_path
    lay_deliveries(tmp_path)
    collect_and_read()
    do("route", "recheck")
    assert not Blob.objects.exclude(state=BlobState.COMPLETE).exists()
    # Complete scans say what was fixed; what fell silent before a honeypot was merely not seen.
    scans = Episode.objects.filter(standing=Standing.FIXED)
    assert set(scans.values_list("seen", "fixed_by")) == {("scan", FixedBy.SCANS)}
    assert set(Episode.objects.filter(standing=Standing.UNSEEN).values_list("seen")) == {
        ("passive",)
    }

    # What is new and critical, why it is ours, who is to be told.
    analyst = open_page()
    signed_in(analyst, someone(Role.APPROVER, Role.ADMINISTRATOR, name="Wong Ka Yan"))
    analyst.goto("/")
    critical = analyst.get_by_role("link", name=re.compile(r"^\d+ critical$"))
    number = int(critical.inner_text().partition(" ")[0])
    follow(analyst, critical)
    rows = analyst.locator("tbody tr")
    expect(rows).to_have_count(number)
    analyst.get_by_role("row").filter(has_text="Cloudjetty Hosting").locator(
        "a[data-row]"
    ).last.click()
    expect(analyst.get_by_role("heading", name="Why it is ours")).to_be_visible()
    episode = Episode.objects.get(pk=int(analyst.url.rstrip("/").rpartition("/")[2]))
    expect(analyst.locator("main")).to_contain_text("abuse@cloudjetty.example")
    picture(analyst, "day-episode")
    follow(analyst, analyst.get_by_role("link", name=re.compile("^LR-")).first)

    # The letter is read before it leaves, and nothing leaves without a person.
    notice = Notice.objects.get(pk=int(analyst.url.rstrip("/").rpartition("/")[2]))
    letter = analyst.get_by_role("region", name="Text of the letter")
    expect(letter).to_contain_text(episode.asset.replace(".", "[.]"))
    expect(letter).to_contain_text(f"{episode.last_seen:%Y-%m-%d %H:%M:%S} UTC")
    do("send")
    assert not notice.letters.exists()
    press(analyst, "a")
    do("send")
    notice.refresh_from_db()
    assert notice.state == NoticeState.SENT
    assert [one.state for one in notice.letters.all()] == [LetterState.SENT]
    analyst.get_by_role("link", name="Caught letters").click()
    analyst.get_by_role("link", name=re.compile(re.escape(notice.ticket))).first.click()
    expect(analyst.locator("main")).to_contain_text(episode.asset.replace(".", "[.]"))

    # Its recipient is invited, and answers in the portal.
    analyst.goto(f"/constituents/{notice.constituent_id}/")
    analyst.get_by_text("Invite somebody").click()
    analyst.get_by_label("E-mail address").fill("soc@cloudjetty.example")
    analyst.get_by_label("Name", exact=True).fill("Ho Siu Ming")
    follow(analyst, analyst.get_by_role("button", name="Invite and make a link"))
    link = re.search(r"/people/welcome/[\w:-]+/", analyst.locator("main").inner_text())
    assert link is not None
    theirs = open_page(scripts=False, width=400)
    theirs.goto(link[0])
    theirs.get_by_label("Password:", exact=True).fill(PASSWORD)
    theirs.get_by_label("The same password again").fill(PASSWORD)
    follow(theirs, theirs.get_by_role("button", name="Set the password and sign in"))
    theirs.goto("/mine/")
    theirs.get_by_role("link", name=notice.ticket).first.click()
    theirs.get_by_label(f"Choose {episode.asset.replace('.', '[.]')}").check()
    theirs.get_by_label("Anything to add").fill("The site was restored.")
    theirs.get_by_role("button", name="Fixed").click()
    expect(theirs.get_by_text("Thank you: your answer was taken down.")).to_be_visible()
    picture(theirs, "day-portal")

    # The team sees it at the episode, on the ticket and in the time to fix.
    do("recheck")
    episode.refresh_from_db()
    assert (episode.standing, episode.fixed_by) == (Standing.FIXED, FixedBy.WORD)
    analyst.goto(f"/episodes/{episode.pk}/")
    expect(analyst.locator(".standing").first).to_have_text("fixed")
    analyst.goto(f"/notices/{notice.pk}/")
    expect(analyst.locator("main")).to_contain_text("The site was restored.")
    fixed = Episode.objects.filter(
        constituent_id=notice.constituent_id, standing=Standing.FIXED
    ).count()
    analyst.goto(f"/constituents/{notice.constituent_id}/fixing/")
    figures = analyst.locator("dl.figures")
    expect(figures).to_contain_text(re.compile(rf"Fixed\s*{fixed}\b"))
    picture(analyst, "day-fixing")
