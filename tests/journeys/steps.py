"""What people do on the way, so that each story reads as a story."""

import base64
import hmac
import struct
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Locator, Page

from lionrock.desk.people.models import Person

PASSWORD = "seven green lanterns"


def use_link(page: Page, link: str, *, name: str) -> None:
    """Open a one-time link and choose a password."""
    parts = urlsplit(link)
    page.goto(parts.path)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password:", exact=True).fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Set the password and sign in").click()
    page.wait_for_url("**/account/two-step/")


def set_up_app(page: Page) -> str:
    """Set up an authenticator app and return its secret."""
    page.goto("/account/two-step/totp/activate/")
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("input[name=code]").fill(code_of(secret))
    page.get_by_role("button", name="Activate").click()
    page.wait_for_url("**/account/two-step/recovery-codes/**")
    return secret


def code_of(secret: str) -> str:
    """Return the code an authenticator app shows now (RFC 6238, six digits, half a minute)."""
    counter = int(time.time()) // 30
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), "sha1")
    at = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[at : at + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def signed_in(page: Page, person: Person) -> None:
    """Give the page the session of somebody who has signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    page.context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": str(session.session_key),
                "domain": "localhost",
                "path": "/",
            }
        ]
    )


def now() -> datetime:
    """The time, as the product tells it."""
    return datetime.now(UTC)


def ready_for_keys(page: Page) -> None:
    """Wait until the page's scripts ran: its text can be read, and a link followed, before that."""
    page.wait_for_load_state("load")


def press(page: Page, key: str) -> None:
    """Press a key that leads to another page, once this page and then that one are ready for keys."""
    ready_for_keys(page)
    with page.expect_navigation():
        page.keyboard.press(key)


def follow(page: Page, target: Locator) -> None:
    """Click what leads to another page, or sends a form, and wait until the answer is there."""
    with page.expect_navigation():
        target.click()
