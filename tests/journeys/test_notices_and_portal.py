"""From a table of constituents to an answer in the portal, and every page on the way for everybody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import FilePayload, Page, expect
from pysequoia import Tsk

from lionrock.desk.constituents.models import Constituent, Contact, Rule
from lionrock.desk.events.models import Episode, FixedBy, Standing
from lionrock.desk.notices.models import AnswerKind, LetterState, Mailing, Notice, NoticeState
from lionrock.desk.people.models import Person
from lionrock.desk.people.roles import Role
from tests.desk.constituents import made
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import now, press, signed_in
from tests.journeys.test_every_page import LOOKS, problems_of
from tests.people.someone import someone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TABLE = (
    "name,name_local,kind,networks,contact_email\n"
    "Harbour Telecom,海港電訊,isp,192.0.2.0/24,abuse@harbour.example\n"
    "Wrong,,isp,nonsense,abuse@wrong.example\n"
)


def test_a_table_becomes_a_notice_and_a_notice_an_answer(open_page: OpenPage) -> None:
    page = open_page()
    signed_in(page, someone(Role.APPROVER, name="Wong Ka Yan"))

    page.goto("/constituents/import/")
    page.get_by_label("Table (CSV)").set_input_files(
        FilePayload(name="a.csv", mimeType="text/csv", buffer=TABLE.encode())
    )
    page.get_by_role("button", name="Show what it would do").click()
    expect(page.get_by_text("“nonsense” is no network")).to_be_visible()
    page.get_by_role("button", name="Import what is not refused").click()
    expect(page.get_by_text("Imported.")).to_be_visible()

    harbour = Constituent.objects.get()
    one, other = made.episode(harbour, "192.0.2.7"), made.episode(harbour, "192.0.2.8")
    notice = made.notice(harbour, one, other)
    page.goto("/notices/")
    page.get_by_role("link", name=notice.ticket).click()
    expect(
        page.get_by_role("heading", name="The letter as its recipient will get it")
    ).to_be_visible()
    expect(page.get_by_role("region", name="Text of the letter")).to_contain_text("192.0.2.7")
    press(page, "a")
    notice.refresh_from_db()
    assert notice.state == NoticeState.READY

    made.letter(notice, to="abuse@harbour.example")
    Notice.objects.update(state=NoticeState.SENT, sent_at=now())
    theirs = someone(Role.CONSTITUENT, name="Ho Siu Ming")
    harbour.people.add(theirs)
    portal = open_page(scripts=False, width=400)
    signed_in(portal, theirs)
    portal.goto("/")
    portal.get_by_role("link", name=notice.ticket).click()
    portal.get_by_label("Choose 192.0.2.7").check()
    portal.get_by_label("Anything to add").fill("Closed at the firewall.")
    portal.get_by_role("button", name="Fixed").click()
    expect(portal.get_by_text("Thank you: your answer was taken down.")).to_be_visible()
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.standing, one.fixed_by) == (Standing.FIXED, FixedBy.WORD)
    assert other.standing == Standing.OPEN

    page.goto(f"/notices/{notice.pk}/")
    expect(page.get_by_text("Closed at the firewall.")).to_be_visible()


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("look", "language"), [("wide", "zh-hant"), ("dark", "en"), ("phone", "en")]
)
def test_every_page_of_notices_is_accessible_and_fits_the_screen(
    look: str, language: str, open_page: OpenPage, picture: Callable[[Page, str], None]
) -> None:
    team = someone(*(role for role in Role if role is not Role.CONSTITUENT), name="Wong Ka Yan")
    theirs = someone(Role.CONSTITUENT, name="Ho Siu Ming")
    pages = busy(team, theirs)
    page = open_page(**LOOKS[look])
    page.context.add_cookies(
        [{"name": "language", "value": language, "domain": "localhost", "path": "/"}]
    )
    problems: dict[str, list[str]] = {}
    for person, addresses in ((team, pages[0]), (theirs, pages[1])):
        signed_in(page, person)
        for name, address in addresses.items():
            page.goto(address)
            picture(page, f"{name}-{language}-{look}")
            if found := problems_of(page, look):
                problems[name] = found

    assert problems == {}


def busy(team: Person, theirs: Person) -> tuple[dict[str, str], dict[str, str]]:
    """Return the pages of the team and of a constituent, with something on each of them."""
    harbour = made.constituent("Harbour Telecom Limited", local="海港電訊有限公司")
    harbour.people.add(theirs)
    peak = made.constituent("Peak Transit", network="198.51.100.0/24", email="noc@peak.example")
    Constituent.objects.filter(pk=harbour.pk).update(upstream=peak)
    key = str(Tsk.generate("SOC <soc@harbour.example>").extract_certificate())
    contacts = [
        Contact(role="security", email="soc@harbour.example", name="SOC", pgp_key=key),
        Contact(role="abuse", email="old@harbour.example", dead_since=made.NOW, dead_why="550"),
    ]
    for contact in contacts:
        contact.constituent = harbour
        contact.save()
    episodes = [made.episode(harbour, f"192.0.2.{n}", days=n + 1) for n in range(20)]
    phishing = "http://login.harbour.example/verify/account?id=" + "1" * 80
    episodes.append(made.episode(harbour, phishing, kind="fraud.phishing", severity="critical"))
    for n in range(10):
        fixed = made.episode(harbour, f"192.0.2.{n + 100}", days=n + 2, standing=Standing.FIXED)
        fixed.fixed_by = FixedBy.SCANS
        fixed.last_seen = fixed.first_seen + timedelta(days=n)
        fixed.save()
    waiting = made.notice(harbour, *episodes[:8])
    nobody = made.notice(None, made.episode(None, "203.0.113.9"))
    sent = made.notice(harbour, *episodes[2:6], state=NoticeState.SENT)
    letter = made.letter(sent)
    made.answer(sent)
    made.answer(sent, kind=AnswerKind.AUTOMATIC, text="I am out of the office.")
    unknown = made.notice(harbour, episodes[9], state=NoticeState.UNKNOWN)
    lost = made.letter(unknown, state=LetterState.UNKNOWN)
    Notice.objects.filter(pk=waiting.pk).update(
        escalates=sent, step=1, why=[{"code": "escalated-upstream", "value": sent.ticket}]
    )
    made.answer(None, kind=AnswerKind.UNKNOWN, text="What is this about?")
    caught = made.caught(letter)
    rule = Rule.objects.create(title="Control servers", kind="malicious-code", when="at_once")
    Mailing.objects.create(pk=1, stopped=True, stopped_by=team, stopped_at=now())
    assert Episode.objects.count() == 32
    return {
        "constituents": "/constituents/",
        "constituents-filtered": "/constituents/?kind=isp&critical=on",
        "constituent-add": "/constituents/add/",
        "constituent": f"/constituents/{harbour.pk}/",
        "constituent-fixing": f"/constituents/{harbour.pk}/fixing/",
        "constituent-edit": f"/constituents/{harbour.pk}/edit/",
        "constituent-wishes": f"/constituents/{harbour.pk}/wishes/",
        "contact": f"/constituents/{harbour.pk}/contacts/{contacts[0].pk}/",
        "constituents-import": "/constituents/import/",
        "constituents-registries": "/constituents/registries/",
        "who": "/constituents/who/?asset=192.0.2.9",
        "rules": "/constituents/rules/",
        "rule": f"/constituents/rules/{rule.pk}/",
        "notices": "/notices/",
        "notices-all": "/notices/?state=all",
        "notice": f"/notices/{waiting.pk}/",
        "notice-sent": f"/notices/{sent.pk}/",
        "notice-nobody": f"/notices/{nobody.pk}/",
        "notices-attention": "/notices/attention/",
        "letter": f"/notices/letters/{lost.pk}/",
        "caught": "/notices/caught/",
        "caught-letter": f"/notices/caught/{caught.pk}/",
        "mail": "/notices/mail/",
    }, {
        "portal": "/mine/",
        "portal-reports": "/mine/reports/",
        "portal-settled": "/mine/reports/?standing=settled",
        "portal-notices": "/mine/notices/",
        "portal-notice": f"/mine/notices/{sent.pk}/",
        "portal-wishes": "/mine/wishes/",
        "portal-edit-wishes": f"/mine/wishes/{harbour.pk}/",
        "portal-tokens": "/people/me/tokens/",
    }
