"""A record for a link is chosen in the list that its form opens."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sfconnector.models import Org, Record, SObject

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def accounts(org: Org) -> Org:
    other = Org.objects.create(alias="other", app=org.app)
    for one, names in ((other, ["Ohm"]), (org, ["Volt", "Watt"])):
        SObject.objects.create(
            org=one, name="Account", total_count=len(names), live_count=len(names)
        )
        for number, name in enumerate(names):
            Record.objects.create(
                org=one,
                sobject="Account",
                record_id=f"001{number:015d}",
                content_hash=1,
                data={"Name": name},
            )
    return org


def test_a_click_gives_org_and_id(
    visitor: Page, site: str, accounts: Org, settings: Any
) -> None:
    settings.ROOT_URLCONF = "tests.browser.linking"
    visitor.goto(f"{site}/deal/")
    with visitor.expect_popup() as opened:
        visitor.locator(".related-lookup").click()
    popup = opened.value
    popup.locator(f'a[href*="/{accounts.alias}/Account/"]').click()
    popup.get_by_role("searchbox").fill("Watt")
    popup.get_by_role("button", name="Search").click()
    expect(popup.get_by_role("link", name="Volt")).to_have_count(0)
    popup.get_by_role("link", name="Watt").click()
    expect(visitor.locator("#id_account_1")).to_have_value("001000000000000001")
    expect(visitor.locator("#id_account_0")).to_have_value(str(accounts.pk))
    assert popup.is_closed()
