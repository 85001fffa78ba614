"""The first day: from the link that a first start prints to an exported list."""

import pytest
from playwright.sync_api import Page, expect

from lionrock.desk.people.links import address_of, make_link
from lionrock.desk.people.roles import Role
from lionrock.desk.suspects.models import State, Suspect
from tests.journeys.conftest import OpenPage
from tests.journeys.steps import (
    PASSWORD,
    code_of,
    follow,
    now,
    press,
    ready_for_keys,
    set_up_app,
    signed_in,
    use_link,
)
from tests.people.someone import someone
from tests.web.suspects import store

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOSTS = ("hsbc-login.example", "secure-hsbc.example", "hsbcbank.example")


def state_of(host: str) -> str:
    return Suspect.objects.get(host=host).state


def test_a_newcomer_comes_from_the_first_link_to_an_exported_list(
    open_page: OpenPage, console: str
) -> None:
    store(*HOSTS, now=now())
    newcomer = someone(Role.ADMINISTRATOR, Role.APPROVER, Role.ANALYST, email="admin@localhost")
    page = open_page()
    use_link(page, address_of(make_link(person=newcomer, by=None, now=now())), name="Wong Ka Yan")
    secret = set_up_app(page)

    # Signing in again asks for the second step.
    page.locator("summary", has_text="Wong Ka Yan").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/sign-in/")
    page.get_by_label("Email").fill("admin@localhost")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/account/two-step/authenticate/")
    page.locator("input[name=code]").fill(code_of(secret))
    page.get_by_role("button", name="Sign In", exact=True).click()
    page.wait_for_url(console + "/")

    # The queue, by keyboard alone.
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Suspects").click()
    page.wait_for_url("**/queue/")
    ready_for_keys(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    press(page, "Enter")
    expect(page.locator("h1")).to_contain_text(HOSTS[0])
    press(page, "j")
    expect(page.locator("h1")).to_contain_text(HOSTS[1])
    press(page, "k")
    expect(page.locator("h1")).to_contain_text(HOSTS[0])
    press(page, "c")
    expect(page.locator("h1")).not_to_contain_text(HOSTS[0])
    assert state_of(HOSTS[0]) == State.CONFIRMED
    page.keyboard.press("d")
    expect(page.locator('[data-dismiss="1"]')).to_be_focused()
    press(page, "1")
    expect(page.locator("h1")).not_to_contain_text(HOSTS[1])
    assert state_of(HOSTS[1]) == State.DISMISSED

    # Undo the last one: it waits again.
    follow(page, page.get_by_role("button", name="Undo").first)
    expect(page.locator("body")).to_contain_text(HOSTS[1])
    assert state_of(HOSTS[1]) == State.WAITING

    # And out it goes.
    page.goto("/export/")
    with page.expect_download() as download:
        page.locator("td.downloads a").first.click()
    exported = download.value.path().read_text(encoding="utf-8")
    assert HOSTS[0] in exported
    assert HOSTS[1] not in exported


def test_the_same_work_goes_without_scripts(open_page: OpenPage) -> None:
    store(*HOSTS, now=now())
    page = open_page(scripts=False)
    use_link(
        page,
        address_of(make_link(person=someone(Role.APPROVER), by=None, now=now())),
        name="Lee Siu Ming",
    )
    page.goto("/queue/")
    follow(page, page.get_by_role("link", name=HOSTS[0]))
    follow(page, page.get_by_role("button", name="Confirm"))
    assert state_of(HOSTS[0]) == State.CONFIRMED

    page.goto("/queue/")
    follow(page, page.get_by_role("link", name=HOSTS[1]))
    follow(page, page.locator("button[name=reason][value=unclear]"))
    assert state_of(HOSTS[1]) == State.DISMISSED

    follow(page, page.get_by_role("button", name="Undo").first)
    assert state_of(HOSTS[1]) == State.WAITING

    with page.expect_download() as download:
        page.goto("/export/")
        page.locator("td.downloads a").first.click()
    assert HOSTS[0] in download.value.path().read_text(encoding="utf-8")


def test_the_language_switch_turns_the_page_and_is_remembered(open_page: OpenPage) -> None:
    page = open_page(scripts=False)
    page.goto("/account/sign-in/")
    follow(page, page.get_by_role("button", name="繁體中文"))

    assert page.locator("html").get_attribute("lang") == "zh-hant"
    expect(page.locator("h1")).to_have_text("登入")
    signed_in(page, someone(Role.ANALYST))
    page.goto("/queue/")
    expect(page.get_by_role("navigation", name="主選單")).to_be_visible()
    follow(page, page.get_by_role("button", name="English"))
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.url.endswith("/queue/")


def test_the_user_menu_opens_by_keyboard_and_the_first_tab_skips_the_navigation(
    open_page: OpenPage,
) -> None:
    page = open_page()
    signed_in(page, someone(Role.ANALYST, name="Ho Mei"))
    page.goto("/people/me/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.locator("summary", has_text="Ho Mei").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="My API tokens").first).to_be_visible()


def test_two_people_at_once_do_not_overwrite_each_other(open_page: OpenPage) -> None:
    (suspect,) = store(HOSTS[0], now=now())
    one, other = open_page(), open_page()
    signed_in(one, someone(Role.ANALYST, name="One"))
    signed_in(other, someone(Role.ANALYST, name="Other"))
    for page in (one, other):
        page.goto(f"/suspects/{suspect.pk}/")
    follow(one, one.get_by_role("button", name="Confirm"))
    follow(other, other.locator("button[name=reason][value=accident]"))

    expect(other.locator("main")).to_contain_text("One")
    assert state_of(HOSTS[0]) == State.CONFIRMED


def with_passkeys(page: Page) -> None:
    """Plug a security key that always says yes into the browser."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def test_a_passkey_signs_in_without_a_password(open_page: OpenPage, console: str) -> None:
    person = someone(Role.ANALYST)
    page = open_page()
    with_passkeys(page)
    page.goto(address_of(make_link(person=person, by=None, now=now())))
    page.get_by_label("Your name").fill("Ng Wai")
    page.get_by_role("button", name="Use a passkey instead").click()
    page.wait_for_url("**/account/two-step/webauthn/add/")
    expect(page.locator("input[name=passwordless]")).to_be_checked()
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_url("**/account/two-step/recovery-codes/**")

    page.locator("summary", has_text="Ng Wai").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/account/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(console + "/")
    person.refresh_from_db()
    assert not person.has_usable_password()
