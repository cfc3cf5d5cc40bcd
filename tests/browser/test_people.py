"""People press twice, go back, reload and open tabs; browsers look ahead (F50)."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from salesforce_simulator import SalesforceOrg
from sfconnector.models import OAuthFlow, Org
from tests.browser.conftest import connect, open_org
from tests.connections import press

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
TOKEN = "/services/oauth2/token"
CONNECT = "onnect"


def press_connect(page: Page, site: str, org: Org, *, times: int = 1) -> None:
    open_org(page, site, org)
    button = page.get_by_role("button", name=CONNECT, exact=False).first
    button.click(click_count=times, delay=0)
    page.wait_for_url("**/authorize**")


def test_f50_two_presses_are_one_log_in(
    visitor: Page, site: str, org: Org, salesforce_org: SalesforceOrg, rounds: int
) -> None:
    for number in range(rounds):
        press_connect(visitor, site, org, times=2)
        assert OAuthFlow.objects.count() == number + 1
        visitor.get_by_role("button", name="Allow").dblclick()
        expect(visitor.locator(".messagelist")).to_contain_text("connected")
        assert salesforce_org.requests.count(TOKEN) == number + 1


def test_f50_buttons_rest_while_a_form_is_on_its_way(
    visitor: Page, site: str, org: Org
) -> None:
    open_org(visitor, site, org)
    stay = "window.addEventListener('submit', event => event.preventDefault())"
    visitor.evaluate(stay)  # heard after our own listener: the page stays
    button = visitor.get_by_role("button", name=CONNECT, exact=False).first
    button.click()
    expect(button).to_be_disabled()
    expect(button).to_be_enabled(timeout=15_000)  # the answer may be a download


def test_f50_reload_and_back_after_connecting_stay_on_the_orgs_page(
    visitor: Page, site: str, org: Org, salesforce_org: SalesforceOrg, rounds: int
) -> None:
    seen: list[str] = []
    visitor.on("request", lambda one: seen.append(one.url))
    connect(visitor, site, org)
    callback = next(url for url in seen if "/salesforce/callback/" in url)
    for _ in range(rounds):
        visitor.goto(callback)
        visitor.wait_for_url(f"**/org/{org.pk}/change/")
        visitor.reload()
        expect(visitor.locator("body")).to_contain_text("Connected")
    visitor.go_back()
    assert salesforce_org.requests.count(TOKEN) == 1


def test_f50_back_to_the_log_in_page_and_once_more_ends_on_the_orgs_page(
    visitor: Page, site: str, org: Org, salesforce_org: SalesforceOrg, rounds: int
) -> None:
    for number in range(rounds):
        press_connect(visitor, site, org)
        asked = visitor.url
        visitor.get_by_role("button", name="Allow").click()
        visitor.wait_for_url(f"**/org/{org.pk}/change/")
        visitor.go_back()
        visitor.wait_for_url(asked)
        visitor.get_by_role("button", name="Allow").click()
        visitor.wait_for_url(f"**/org/{org.pk}/change/")
        expect(visitor.locator(".messagelist")).to_contain_text("connected")
        assert salesforce_org.requests.count(TOKEN) == number + 1


def test_f50_two_tabs_that_come_back_at_once_both_end_well(
    visitor: Page, site: str, org: Org, salesforce_org: SalesforceOrg, rounds: int
) -> None:
    for number in range(rounds):
        other = visitor.context.new_page()
        press_connect(visitor, site, org)
        press_connect(other, site, org)
        for page in (visitor, other):
            allow = page.get_by_role("button", name="Allow")
            allow.evaluate("button => setTimeout(() => button.click(), 50)")
        for page in (visitor, other):
            page.wait_for_url(f"**/org/{org.pk}/change/")
        assert salesforce_org.requests.count(TOKEN) == 2 * (number + 1)
        other.close()


def callback_of(page: Page, site: str, org: Org) -> str:
    """Press Connect in the window and Allow beside it; return where that leads."""
    press_connect(page, site, org)
    return f"{site}{reverse('sfconnector:callback')}?{urlencode(press(page.url))}"


def test_f50_the_same_callback_in_two_tabs_is_exchanged_once(
    visitor: Page, site: str, org: Org, salesforce_org: SalesforceOrg, rounds: int
) -> None:
    for number in range(rounds):
        callback = callback_of(visitor, site, org)
        tabs = [visitor.context.new_page() for _ in range(2)]
        for tab in tabs:
            tab.goto(f"{site}/salesforce/healthz")
        for tab in tabs:
            go = "url => { setTimeout(() => { location.href = url; }, 200); }"
            tab.evaluate(go, callback)
        for tab in tabs:
            tab.wait_for_url(f"**/org/{org.pk}/change/")
            tab.close()
        assert salesforce_org.requests.count(TOKEN) == number + 1


def test_f50_a_head_and_a_prefetch_of_the_callback_use_nothing_up(
    visitor: Page, site: str, org: Org, salesforce_org: SalesforceOrg, rounds: int
) -> None:
    callback = callback_of(visitor, site, org)
    open_org(visitor, site, org)
    for _ in range(rounds):
        assert visitor.request.head(callback).status == 204
        visitor.evaluate(
            """url => new Promise(done => {
                const link = document.createElement("link");
                link.rel = "prefetch";
                link.href = url;
                link.onload = link.onerror = done;
                document.head.append(link);
            })""",
            callback,
        )
    assert salesforce_org.requests.count(TOKEN) == 0
    assert OAuthFlow.objects.get().consumed_at is None
    visitor.goto(callback)
    visitor.wait_for_url(f"**/org/{org.pk}/change/")
    assert salesforce_org.requests.count(TOKEN) == 1
