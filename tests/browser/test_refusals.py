"""Each refusal of the tables, switched on at the simulator, shows its remedy in a browser.

The tables themselves are walked, so that a row which no page explains fails here. One
window and one server serve all rows; each is reported by itself.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from salesforce_simulator import SalesforceOrg, refusals
from sfconnector import sync
from sfconnector.models import Credential, Org, SyncPlan, SyncRun
from sfconnector.salesforce import failures
from sfconnector.salesforce.failures.cases import Case
from sfconnector.salesforce.failures.edge_cases import EDGE_CASES
from sfconnector.salesforce.failures.oauth_cases import OAUTH_CASES
from sfconnector.salesforce.failures.rest_cases import REST_CASES
from tests.browser.conftest import connect, open_org
from tests.browser.looking import SCREENSHOTS
from tests.connections import led_by, press

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
TOKEN = "/services/oauth2/token"
AUTHORIZE = "/services/oauth2/authorize"
LIMITS = "/services/data/v66.0/limits"
CLOSED_PORT = "http://127.0.0.1:1"
AT_THE_PAGE = sorted(
    name
    for name, told in refusals.AUTHORIZE.items()
    if failures.callback_error(*told).remedy != failures.callback_error("x").remedy
)
"""What Salesforce's own page sends back and a row explains."""


def words(case: Case) -> str:
    return case.text or "refused by a test"


def at_the_token_endpoint(case: Case) -> dict[str, Any]:
    body = {"error": case.code, "error_description": words(case)}
    return {"path": TOKEN, "status": case.status or 400, "body": body}


def at_the_api(case: Case) -> dict[str, Any]:
    """Describe the fault that brings a row's refusal about."""
    if case.code == failures.ANSWER_LOST:
        return {"reset": True}
    if case.code == failures.WEB_PAGE:
        return {"page": True, "status": case.status or 503}
    if not case.code:
        return {"status": case.status}
    body = [{"errorCode": case.code, "message": words(case)}]
    return {"status": case.status or 400, "body": body}


def told_by(case: Case) -> str:
    """Say what a page tells of a refusal besides its remedy."""
    ours = {
        failures.NOT_SENT: "could not be reached",
        failures.ANSWER_LOST: "broke",
        failures.WEB_PAGE: f"web page (HTTP {case.status or 503})",
        "": f"HTTP {case.status}",
    }
    return ours.get(case.code) or f"{case.code}: {words(case)}"


def come_back(visitor: Page, site: str, org: Org) -> None:
    """Connect with no look at Salesforce's page, to be quick: press Allow for her."""
    cookies = {one["name"]: one["value"] for one in visitor.context.cookies()}
    begun = visitor.request.post(
        site + reverse("admin:sfconnector_org_connect", args=[org.pk]),
        form={"csrfmiddlewaretoken": cookies["csrftoken"]},
    )
    back = press(led_by(begun.text()))
    visitor.goto(f"{site}{reverse('sfconnector:callback')}?{urlencode(back)}")


def assert_refused(visitor: Page, remedy: str) -> None:
    assert visitor.locator("h1").inner_text() == "Not connected"
    assert remedy in visitor.locator("#content-main").inner_text()


def test_each_refusal_of_the_token_endpoint_shows_its_remedy(
    visitor: Page,
    site: str,
    org: Org,
    salesforce_org: SalesforceOrg,
    subtests: pytest.Subtests,
) -> None:
    open_org(visitor, site, org)
    for case in OAUTH_CASES:
        salesforce_org.faults.add(**at_the_token_endpoint(case))
        come_back(visitor, site, org)
        with subtests.test(code=case.code, text=case.text):
            assert_refused(visitor, case.remedy)
            assert f"{case.code}: {words(case)}" in visitor.content()
        salesforce_org.faults.clear()
    org.refresh_from_db()
    assert org.status == Org.Status.NEW


def test_each_refusal_of_the_login_page_shows_its_remedy(
    visitor: Page,
    site: str,
    org: Org,
    salesforce_org: SalesforceOrg,
    subtests: pytest.Subtests,
) -> None:
    open_org(visitor, site, org)
    button = visitor.get_by_role("button", name="Connect")
    assert len(AT_THE_PAGE) > 5
    for name in AT_THE_PAGE:
        salesforce_org.faults.add(path=AUTHORIZE, refuse=f"authorize.{name}")
        button.click()
        with subtests.test(name=name):
            told = failures.callback_error(*refusals.AUTHORIZE[name])
            assert_refused(visitor, told.remedy)
        salesforce_org.faults.clear()
        button = visitor.get_by_role("button", name="Start again")
    visitor.screenshot(path=SCREENSHOTS / "20-refused.png", full_page=True)


def test_each_refusal_of_the_api_shows_its_remedy(
    visitor: Page,
    site: str,
    org: Org,
    salesforce_org: SalesforceOrg,
    subtests: pytest.Subtests,
) -> None:
    connect(visitor, site, org)
    org.refresh_from_db()
    page = reverse("admin:sfconnector_org_explore")
    visitor.goto(f"{site}{page}?org={org.pk}&path={LIMITS}")
    for case in REST_CASES + EDGE_CASES:
        here = CLOSED_PORT if case.code == failures.NOT_SENT else org.instance_url
        Credential.objects.update(instance_url=here)
        salesforce_org.faults.add(path="/limits", **at_the_api(case))
        with visitor.expect_response("**/explore/"):
            visitor.get_by_role("button", name="Send", exact=True).click()
        with subtests.test(code=case.code, text=case.text, status=case.status):
            told = visitor.get_by_role("alert")
            expect(told).to_contain_text(told_by(case))
            expect(told).to_contain_text(case.remedy)
        salesforce_org.faults.clear()


@pytest.mark.parametrize("door", ["Test connection", "Discover objects", "Run now"])
def test_a_refusal_shows_its_remedy_wherever_it_is_met(
    visitor: Page, site: str, org: Org, salesforce_org: SalesforceOrg, door: str
) -> None:
    connect(visitor, site, org)
    expect(visitor.locator(".messagelist")).to_contain_text("is connected")
    [case] = [one for one in REST_CASES if one.code == "INSUFFICIENT_ACCESS"]
    salesforce_org.faults.add(path="/services/data/v*", **at_the_api(case))
    if door != "Run now":
        visitor.get_by_role("button", name=door).click()
        expect(visitor.locator(".messagelist")).to_contain_text(case.remedy)
        return
    plan = SyncPlan.objects.create(org=org, kind="object", sobject="Account")
    visitor.goto(site + reverse("admin:sfconnector_syncplan_change", args=[plan.pk]))
    visitor.get_by_role("button", name=door).first.click()
    visitor.wait_for_url("**/syncrun/**")
    sync.execute(SyncRun.objects.get().pk, worker="test")
    visitor.reload()
    expect(visitor.locator("#content-main")).to_contain_text(case.remedy)
