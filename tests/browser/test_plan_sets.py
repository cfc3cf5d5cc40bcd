"""The orgs of a plan set: what is narrowed away is neither ticked nor changed."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from sfconnector.models import Org, PlanSet, PlanSetOrg
from tests.admin.conftest import make_org

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


@pytest.fixture
def orgs(visitor: Page, site: str, org: Org) -> Page:
    """Open a set that three orgs may be given, one of which was already."""
    for alias in ("emea-1", "emea-2"):
        make_org(org.app, alias, catalog_at=None)
    made = PlanSet.objects.create(name="Sales")
    made.members.create(sobject="Account")
    made.applied.create(org=org, applied_at=org.created_at)
    visitor.goto(site + reverse("admin:sfconnector_planset_apply", args=[made.pk]))
    return visitor


def test_enter_narrows_and_the_button_means_what_is_shown(orgs: Page) -> None:
    whole = orgs.get_by_role("button", name="Apply to all 3 orgs")
    expect(whole).to_be_visible()
    box = orgs.get_by_label("Narrow the orgs")
    box.press_sequentially("emea")
    box.press("Enter")
    expect(orgs.locator("#sf-set-orgs tbody tr:visible")).to_have_count(2)
    box.fill("")
    expect(whole).to_be_visible()
    box.fill("emea")
    assert PlanSetOrg.objects.count() == 1
    orgs.get_by_role("button", name="Apply to the 2 shown").click()
    expect(orgs.locator(".messagelist")).to_contain_text("Applied to 2 orgs")
    given = PlanSetOrg.objects.exclude(org__alias__startswith="emea")
    assert given.get().org.plans.count() == 0


def test_the_head_ticks_all_that_is_shown_and_no_other(orgs: Page) -> None:
    orgs.get_by_label("Narrow the orgs").fill("emea-1")
    head = orgs.get_by_label("Tick all orgs that are shown")
    head.check()
    orgs.set_viewport_size({"width": 400, "height": 800})
    expect(orgs.locator("#sf-set-orgs tbody tr:visible")).to_have_count(1)
    # The org that differs was ticked from the start, and is not shown.
    orgs.get_by_role("button", name="Apply to the ticked orgs").click()
    expect(orgs.locator(".messagelist")).to_contain_text("Applied to 1 org:")
    assert PlanSetOrg.objects.filter(org__alias="emea-1").exists()
    assert not PlanSetOrg.objects.get(org__label="Acme").org.plans.exists()
