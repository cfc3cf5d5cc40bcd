"""A real Chromium, a folder for what it saw, and a site for it to visit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from salesforce_simulator import SalesforceOrg
from sfconnector.models import Org
from sfconnector.testing.orgs import org_factory
from tests import services
from tests.browser.looking import SCREENSHOTS
from tests.connections import browser_of, org_of, person, settings_with

# Playwright keeps an event loop in this thread; our queries do not wait on it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

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


@pytest.fixture(scope="module")
def acme() -> Iterator[SalesforceOrg]:
    """A pretend org for a site with a worker of its own."""
    with org_factory() as factory:
        yield factory("Acme", records={"Account": 1200, "Contact": 300})


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """Serve the site under the project's own strict policy."""
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def same_site() -> str:
    """Tell what the session cookie is; a test may want another."""
    return "Lax"


@pytest.fixture
def site(
    live_server: LiveServer,
    settings: Any,
    salesforce_org: SalesforceOrg,
    same_site: str,
) -> str:
    """Serve the site under a name that is another site than Salesforce's."""
    settings.SESSION_COOKIE_SAMESITE = same_site
    url = live_server.url.replace("127.0.0.1", "localhost")
    settings.SFCONNECTOR = settings_with(PUBLIC_URL=url, EXTRA_HOSTS=["127.0.0.1"])
    return str(url)


@pytest.fixture
def org(site: str, salesforce_org: SalesforceOrg) -> Org:
    return org_of(salesforce_org, label="Acme")


@pytest.fixture
def visitor(page: Page, site: str, same_site: Any) -> Iterator[Page]:
    """A window in which Ada is logged in; a dialog would be a script that ran."""
    client = browser_of(person())
    cookie = client.cookies[project.SESSION_COOKIE_NAME]
    assert SessionStore(cookie.value).exists(cookie.value)
    page.context.add_cookies(
        [
            {
                "name": project.SESSION_COOKIE_NAME,
                "value": cookie.value,
                "url": site,
                "sameSite": same_site,
            }
        ]
    )
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    yield page
    assert dialogs == []


def open_org(visitor: Page, site: str, org: Org) -> None:
    visitor.goto(site + reverse("admin:sfconnector_org_change", args=[org.pk]))


def connect(visitor: Page, site: str, org: Org) -> None:
    """Press Connect, and Allow when Salesforce shows its page."""
    open_org(visitor, site, org)
    visitor.get_by_role("button", name="onnect", exact=False).first.click()
    visitor.wait_for_url(lambda url: not url.endswith("/connect/"))
    allow = visitor.get_by_role("button", name="Allow")
    if "/services/oauth2/authorize" in visitor.url:
        allow.click()
