"""Lists at 1280 and at 390 pixels: none scrolls sideways, no chip breaks in a word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings as project
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from salesforce_simulator import SalesforceOrg
from sfconnector.models import ApiCall, CachedResponse, Org, SyncPlan, SyncRun
from tests.admin.conftest import person
from tests.browser.conftest import SCREENSHOTS
from tests.browser.furniture import Furnished, furnish
from tests.browser.looking import TOO_WIDE
from tests.connections import browser_of, settings_with

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LISTS = (
    "org",
    "connectedapp",
    "sobject",
    "syncplan",
    "syncrun",
    "record",
    "apicall",
    "cachedresponse",
    "auditevent",
)
SOQL = (
    "SELECT Id, Name, Owner.Name, Custom_Field_With_A_Very_Long_Name_Of_Somebody__c "
    "FROM Account WHERE Name LIKE 'Acme%' AND AnnualRevenue > 1000000 "
    "ORDER BY LastModifiedDate DESC LIMIT 200"
)
SIDEWAYS = """() => [...document.querySelectorAll(".results, .sf-list, .sf-scroll")]
  .filter(box => box.scrollWidth > box.clientWidth + 1)
  .map(box => `${box.className} ${box.scrollWidth} in ${box.clientWidth}: ` +
    [...box.querySelectorAll("td, th")].map(cell => [cell.offsetWidth, cell.className])
      .sort((one, two) => two[0] - one[0]).slice(0, 3).join(" "))"""

BROKEN = """() => [...document.querySelectorAll(
    "td .sf-chip, #result_list .field-kind, #result_list .field-when")]
  .flatMap(box => {
    const node = [...box.childNodes].findLast(one => one.nodeType === Node.TEXT_NODE);
    return [...(node ? node.data : "").matchAll(/[^\\s-]+/g)].filter(word => {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      return new Set([...range.getClientRects()].map(one => one.top)).size > 1;
    }).map(word => `broken: ${word[0]}`); })"""


@pytest.fixture
def furnished(
    live_server: LiveServer,
    settings: Any,
    salesforce_orgs: Callable[..., SalesforceOrg],
    full: User,
) -> Furnished:
    settings.SFCONNECTOR = settings_with(
        PUBLIC_URL=str(live_server.url), EXTRA_HOSTS=["127.0.0.1"]
    )
    acme = salesforce_orgs("Acme", records={"Account": 40})
    box = salesforce_orgs("Acme box", records={"Contact": 30}, sandbox=True)
    return furnish(acme, box, full)


@pytest.fixture
def full() -> User:
    return person("full", "*")


@pytest.fixture
def long_call(furnished: Furnished) -> ApiCall:
    """Add rows whose words are as long as they get."""
    org = furnished.house.org
    emoji = "🏔" * 60
    Org.objects.filter(pk=furnished.dead.pk).update(label=emoji[:80])
    plan = SyncPlan.objects.create(org=org, kind="soql", soql=SOQL)
    SyncPlan.objects.create(org=org, kind="endpoint", path=f"/x/{'y' * 300}")
    SyncPlan.objects.create(org=org, kind="object", sobject="Case", name="W" * 120)
    SyncRun.objects.create(
        plan=plan,
        org=org,
        state="failed",
        error_code="INVALID_FIELD",
        error_text=f"No such column '{'Z' * 200}' on entity 'Account'.",
        finished_at=timezone.now(),
    )
    now = timezone.now()
    CachedResponse.objects.create(plan=plan, status=200, body={}, fetched_at=now)
    return ApiCall.objects.create(
        org=org,
        method="GET",
        path=f"/services/data/v66.0/query?q={quote(SOQL)}"[:2000],
        purpose="sync",
        status=400,
        error_code="INVALID_FIELD_FOR_INSERT_UPDATE",
        duration_ms=12_345,
        response_bytes=9_999_999,
        at=now,
    )


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_no_list_scrolls_sideways_or_breaks_a_short_word(
    browser: Browser,
    live_server: LiveServer,
    full: User,
    furnished: Furnished,
    long_call: ApiCall,
    width: int,
    scheme: Any,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    name = project.SESSION_COOKIE_NAME
    value = browser_of(full).cookies[name].value
    context.add_cookies([{"name": name, "value": value, "url": str(live_server.url)}])
    page = context.new_page()
    pages = {one: reverse(f"admin:sfconnector_{one}_changelist") for one in LISTS}
    pages["call"] = reverse("admin:sfconnector_apicall_change", args=[long_call.pk])
    pages["run"] = reverse(
        "admin:sfconnector_syncrun_change", args=[furnished.failed.pk]
    )
    pages["explorer"] = reverse("admin:sfconnector_org_query")
    found = []
    for one, url in pages.items():
        page.goto(f"{live_server.url}{url}")
        path = SCREENSHOTS / f"lists-{one}-{width}-{scheme}.png"
        page.screenshot(path=path)
        for look in (SIDEWAYS, TOO_WIDE, BROKEN):
            found += [f"{one}: {fault}" for fault in page.evaluate(look)]
    context.close()
    assert not found, "\n".join(found)
