"""Connecting in a real browser: strict cookies, hostile texts, a second try."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from salesforce_simulator import SalesforceOrg
from sfconnector.models import Org
from tests.browser.conftest import connect, open_org

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>'


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
    policy = visitor.request.get(visitor.url).headers["content-security-policy"]
    assert "default-src 'self';" in policy
    assert "form-action 'self'" in policy  # of all these tests: Connect leaves the site
    answer = f"{site}/salesforce/callback/?error=x&state=y&error_description={HOSTILE}"
    visitor.goto(answer)


def test_start_again_leads_back_and_connects(
    visitor: Page, site: str, org: Org, salesforce_org: SalesforceOrg
) -> None:
    open_org(visitor, site, org)
    visitor.get_by_role("button", name="onnect", exact=False).first.click()
    visitor.get_by_role("button", name="Deny").click()
    visitor.get_by_role("button", name="Start again").click()
    visitor.get_by_role("button", name="Allow").click()
    expect(visitor.locator(".messagelist")).to_contain_text("is connected")
