"""Connecting in a real browser: strict cookies, hostile texts, every refusal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as project
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from sfconnector.models import Org
from sfconnector.salesforce import failures
from sfconnector.simulator import SalesforceOrg, catalogue
from tests.browser.conftest import SCREENSHOTS
from tests.connections import org_of, person, settings_with

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
TOKEN = "/services/oauth2/token"
AUTHORIZE = "/services/oauth2/authorize"
HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>'

AT_THE_TOKEN_ENDPOINT = (
    "expired_code", "invalid_verifier", "inactive_user", "inactive_org",
    "ip_restricted", "login_hours", "invalid_client_id", "invalid_client",
    "app_blocked", "app_not_found", "app_not_installed", "invalid_app_access",
    "redirect_uri_mismatch", "unsupported_grant_type", "oauth_flow_disabled",
    "invalid_scope", "service_unavailable", "rate_limit_exceeded",
)  # fmt: skip
AT_THE_PAGE = ("access_denied", "app_blocked", "app_not_installed", "invalid_scope")
AT_THE_API = (
    "session_not_for_rest", "expired_password", "request_limit",
    "api_disabled_for_org", "api_disabled_for_user", "insufficient_access",
    "maintenance",
)  # fmt: skip


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
    settings.MIDDLEWARE = [*project.MIDDLEWARE, "tests.browser.policies.strict_policy"]
    return str(url)


@pytest.fixture
def org(site: str, salesforce_org: SalesforceOrg) -> Org:
    return org_of(salesforce_org, label="Acme")


@pytest.fixture
def visitor(page: Page, site: str, same_site: Any) -> Iterator[Page]:
    """A window in which Ada is logged in; a dialog would be a script that ran."""
    client = Client()
    client.force_login(person())
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
    allow = visitor.get_by_role("button", name="Allow")
    if "/services/oauth2/authorize" in visitor.url:
        allow.click()


@pytest.mark.parametrize("same_site", ["Strict", "Lax"])
def test_s10_a_strict_cookie_comes_along_the_second_time(
    visitor: Page, site: str, org: Org, same_site: str
) -> None:
    seen: list[str] = []
    visitor.on("request", lambda one: seen.append(one.url))
    connect(visitor, site, org)
    expect(visitor.locator(".messagelist")).to_contain_text("is connected")
    bounced = [url for url in seen if "bounced=1" in url]
    assert len(bounced) == (1 if same_site == "Strict" else 0)


def test_s18_s31_hostile_texts_run_no_script_under_a_strict_policy(
    visitor: Page, site: str, org: Org
) -> None:
    connect(visitor, site, org)
    Org.objects.update(
        label=HOSTILE[:120],
        org_name=HOSTILE,
        connected_username=HOSTILE[:120],
        instance_url="javascript:alert(3)",
        limits={HOSTILE: {"max": 1, "remaining": 0}},
        findings=[
            {
                "level": "red", "code": HOSTILE, "title": HOSTILE, "text": HOSTILE,
                "remedy": HOSTILE, "link": "javascript:alert(4)", "org": HOSTILE,
            }
        ],
    )  # fmt: skip
    org.refresh_from_db()
    org.set_status(Org.Status.NEEDS_RECONNECT, code=HOSTILE[:80], text=HOSTILE)
    for name in (
        "index",
        "sfconnector_org_changelist",
        "sfconnector_apicall_changelist",
    ):
        visitor.goto(site + reverse(f"admin:{name}"))
    visitor.goto(site + reverse("admin:app_list", args=["sfconnector"]))
    open_org(visitor, site, org)
    expect(visitor.locator("body")).to_contain_text("onerror=alert(1)")
    scripted = visitor.locator('a[href^="javascript:"]')
    assert scripted.count() == 0
    answer = f"{site}/salesforce/callback/?error=x&state=y&error_description={HOSTILE}"
    visitor.goto(answer)


def remedy_of(refusal: catalogue.Refusal, *, oauth: bool) -> str:
    """Say what our table advises for an answer that the simulator gives."""
    response = refusal.response()
    response.encode()
    headers = {name.lower(): text for name, text in response.headers.items()}
    judge = failures.oauth_error if oauth else failures.rest_error
    error = judge(response.status, headers=headers, content=response.body)
    assert error is not None
    return failures.explain(error).remedy


def test_each_refusal_of_the_login_shows_its_own_remedy(
    visitor: Page, site: str, org: Org, salesforce_org: SalesforceOrg
) -> None:
    wanted = {
        (TOKEN, name): remedy_of(catalogue.TOKEN[name], oauth=True)
        for name in AT_THE_TOKEN_ENDPOINT
    }
    for name in AT_THE_PAGE:
        error = failures.callback_error(*catalogue.AUTHORIZE[name])
        wanted[AUTHORIZE, name] = failures.explain(error).remedy
    kind = {TOKEN: "token", AUTHORIZE: "authorize"}
    for (path, name), remedy in wanted.items():
        salesforce_org.faults.add(path=path, times=1, refuse=f"{kind[path]}.{name}")
        connect(visitor, site, org)
        expect(visitor.locator("h1")).to_have_text("Not connected")
        expect(visitor.locator("#content-main")).to_contain_text(remedy)
        expect(visitor.get_by_role("button", name="Start again")).to_be_visible()
        salesforce_org.faults.clear()
    visitor.screenshot(path=SCREENSHOTS / "20-refused.png", full_page=True)
    assert len(set(wanted.values())) > 10
    org.refresh_from_db()
    assert org.status == Org.Status.NEW


def test_each_refusal_of_the_api_shows_its_own_remedy(
    visitor: Page, site: str, org: Org, salesforce_org: SalesforceOrg
) -> None:
    connect(visitor, site, org)
    expect(visitor.locator(".messagelist")).to_contain_text("is connected")
    for name in AT_THE_API:
        salesforce_org.faults.add(path="/limits", refuse=f"rest.{name}")
        open_org(visitor, site, org)
        visitor.get_by_role("button", name="Test", exact=False).first.click()
        remedy = remedy_of(catalogue.REST[name], oauth=False)
        expect(visitor.locator(".messagelist")).to_contain_text(remedy)
        salesforce_org.faults.clear()


def test_start_again_leads_back_and_connects(
    visitor: Page, site: str, org: Org, salesforce_org: SalesforceOrg
) -> None:
    open_org(visitor, site, org)
    visitor.get_by_role("button", name="onnect", exact=False).first.click()
    visitor.get_by_role("button", name="Deny").click()
    visitor.get_by_role("button", name="Start again").click()
    visitor.get_by_role("button", name="Allow").click()
    expect(visitor.locator(".messagelist")).to_contain_text("is connected")
