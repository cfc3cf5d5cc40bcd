"""Every button of the app is pressed under themes of the admin that hosts use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import SCREENSHOTS
from tests.browser.test_main_job import OUT_OF_SHAPE
from tests.journeys import people, sites
from tests.journeys.people import admin_url
from tests.journeys.sites import Site

if TYPE_CHECKING:
    from salesforce_simulator import SalesforceOrg

pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(600)]
POSTING = "form[method=post] button.sf-button:visible"


@pytest.fixture(params=["unfold", "jazzmin"])
def themed(
    request: pytest.FixtureRequest,
    acme: SalesforceOrg,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[str, Site]]:
    folder = tmp_path_factory.mktemp("themed")
    chosen = {
        "DJANGO_SETTINGS_MODULE": "tests.hosts.themed_settings",
        "TEST_THEME": request.param,
    }
    with sites.in_one_process(folder, orgs=[acme], **chosen) as running:
        yield request.param, running


def press_all(page: Page, site: Site, url: str) -> list[str]:
    """Press each button of a page that posts, one after the other; give their texts."""
    page.goto(site.url + url)
    pressed: list[str] = []
    while True:
        left = [
            one
            for one in page.locator(POSTING).all()
            if one.inner_text().strip() not in pressed
        ]
        if not left:
            return pressed
        pressed.append(left[0].inner_text().strip())
        left[0].click()
        page.wait_for_load_state("networkidle")
        assert page.url != site.url + "/admin/login/"
        allow = page.get_by_role("button", name="Allow")
        if "/services/oauth2/authorize" in page.url:
            allow.click()
            page.wait_for_url("**/change/")
        assert "Something went wrong" not in page.content(), pressed
        page.goto(site.url + url)


def test_every_button_is_there_and_does_what_it_says(
    page: Page, themed: tuple[str, Site], acme: SalesforceOrg
) -> None:
    theme, site = themed
    visitor = site.visitor()
    org = people.add_org(visitor, acme, alias="acme")
    page.goto(f"{site.url}/admin/")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", sites.PASSWORD)
    page.locator("[type=submit]").first.click()
    page.wait_for_load_state("networkidle")
    pressed = {"org": press_all(page, site, admin_url("org_change", org))}
    assert len(pressed["org"]) >= 3, pressed
    expect(page.locator("body")).to_contain_text("Connected")
    plan = people.add_plan(visitor, org, kind="object", sobject="Account")
    pressed["plan"] = press_all(page, site, admin_url("syncplan_change", plan))
    assert {"Run now", "Full reload", "Pause", "Resume"} <= set(pressed["plan"])
    for name, number in (("org", org), ("syncplan", plan), ("connectedapp", 1)):
        page.goto(site.url + admin_url(f"{name}_change", number))
        page.screenshot(path=SCREENSHOTS / f"{theme}-{name}.png", full_page=True)
        assert page.evaluate(OUT_OF_SHAPE) == [], (theme, name)
    pressed["run"] = press_all(page, site, admin_url("syncrun_change", 1))
    assert pressed["run"], "Run again"
