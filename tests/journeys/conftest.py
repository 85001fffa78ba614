"""A headless Chromium before the console, for whole stories."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

# Playwright keeps an event loop in this thread; Django takes that for async code and would refuse.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PICTURES = Path(__file__).resolve().parents[2] / "build" / "pictures"

PATIENCE = 60_000
"""Milliseconds until what a story waits for counts as missing: machines may be slow, or busy."""
expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One Chromium for all stories."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def console(live_server: LiveServer, settings: Settings) -> str:
    """The address of a running console."""
    settings.LIONROCK_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def open_page(browser: Browser, console: str) -> Iterator[OpenPage]:
    """Open a page in a fresh profile; whatever its policy or a script complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def complain(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda said: (
                complaints.append(f"{page.url}: {said.text}")
                if "Content Security Policy" in said.text or "Content-Security-Policy" in said.text
                else None
            ),
        )

    def new_page(
        *, scripts: bool = True, width: int = 1280, height: int = 860, dark: bool = False
    ) -> Page:
        context = browser.new_context(
            base_url=console,
            java_script_enabled=scripts,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="en-GB",
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        complain(page)
        return page

    yield new_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def picture() -> Callable[[Page, str], None]:
    """Keep a picture of a page in build/pictures, for looking at, where LIONROCK_PICTURES is set."""

    def keep(page: Page, name: str) -> None:
        if os.environ.get("LIONROCK_PICTURES"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    return keep
