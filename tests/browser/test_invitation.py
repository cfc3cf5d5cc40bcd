"""A guest opens a link in a browser and connects one org; no address has its secret."""

from __future__ import annotations

from urllib.parse import urldefrag

import pytest
from playwright.sync_api import Browser, Page, expect

from salesforce_simulator import SalesforceOrg
from sfconnector import orgs
from sfconnector.audit import Actor
from sfconnector.models import AuditEvent, Org
from tests.connections import person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
OVER = "This link opens nothing any more"


@pytest.fixture
def link(site: str, org: Org) -> str:
    """A link that Ada made."""
    return orgs.invite(org, by=Actor(person())).url


def test_a_guest_connects_one_org_by_a_link(
    page: Page, link: str, org: Org, salesforce_org: SalesforceOrg
) -> None:
    asked: list[str] = []
    page.on("request", lambda one: asked.append(f"{one.url} {one.headers}"))
    page.goto(link)
    page.get_by_role("button", name="Log in at Salesforce").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.locator("body")).to_contain_text("Thank you")
    org.refresh_from_db()
    assert org.is_connected
    assert AuditEvent.objects.get(action="oauth.connect").user is None
    secret = urldefrag(link).fragment
    assert asked
    assert not [one for one in asked if secret in one.replace(f"#{secret}", "")]


def test_after_a_refusal_the_link_is_good_and_after_success_it_is_over(
    page: Page, browser: Browser, link: str, org: Org, salesforce_org: SalesforceOrg
) -> None:
    page.goto(link)
    page.get_by_role("button", name="Log in at Salesforce").dblclick()
    page.get_by_role("button", name="Deny").click()
    expect(page.locator("body")).to_contain_text("Open your link once more")
    page.goto(link)
    page.get_by_role("button", name="Log in at Salesforce").click()
    page.get_by_role("button", name="Allow").dblclick()
    expect(page.locator("body")).to_contain_text("Thank you")
    page.reload()
    expect(page.locator("body")).to_contain_text("Thank you")
    other = browser.new_context()
    again = other.new_page()
    again.goto(link)
    expect(again.locator("h1")).to_have_text(OVER)
    other.close()


def test_without_javascript_the_link_is_pasted(
    browser: Browser, link: str, org: Org, salesforce_org: SalesforceOrg
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(urldefrag(link).url)
    page.get_by_label("Your link").fill(link)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Log in at Salesforce").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.locator("body")).to_contain_text("Thank you")
    context.close()
