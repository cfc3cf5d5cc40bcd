"""A real Chromium, and a folder for what it saw."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests import services

# Playwright keeps an event loop in this thread; our queries do not wait on it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

SCREENSHOTS = Path(__file__).resolve().parent.parent.parent / "screenshots"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    services.require("browser")
    SCREENSHOTS.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=services.chromium(), args=list(QUIET)
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Give a new window; the test fails when its console reports an error."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.extend(_problems(message)))
    yield page
    context.close()
    assert complaints == []


def _problems(message: ConsoleMessage) -> list[str]:
    """Return what a line of the console complains of; no site has a favicon here."""
    source = message.location.get("url", "")
    if message.type != "error" or source.endswith("/favicon.ico"):
        return []
    if "/salesforce/callback/" in source and "status of 400" in message.text:
        return []  # a refusal is a page of its own, with that status
    return [f"{message.text} ({source})"]
