"""The main job by hand: log in, add app and org, connect, fetch, open a record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import NARROW, SCREENSHOTS, WIDE
from tests.journeys import sites
from tests.journeys.people import admin_url
from tests.journeys.sites import Site

if TYPE_CHECKING:
    from salesforce_simulator import SalesforceOrg

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def site(
    acme: SalesforceOrg, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with sites.in_one_process(folder, orgs=[acme]) as running:
        yield running


OUT_OF_SHAPE = """() => {
  const narrow = [...document.querySelectorAll(".sf-card, #content h1")].filter(
    (box) => box.offsetParent && box.getBoundingClientRect().width < 200);
  const cut = [...document.querySelectorAll(".sf-card .sf-scroll")].filter(
    (box) => box.checkVisibility() && box.scrollWidth > box.clientWidth);
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  return [...narrow.map((box) => `narrow: ${box.textContent.trim().slice(0, 40)}`),
          ...cut.map((box) => `cut: ${box.textContent.trim().slice(0, 40)}`),
          ...(wide > 0 ? [`${wide} pixels too wide`] : [])];
}"""


def keep(page: Page, name: str) -> None:
    """Keep what the window shows, to be looked at; nothing may be squeezed or cut."""
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
    assert page.evaluate(OUT_OF_SHAPE) == [], name


def keep_org_page(page: Page, site: Site) -> None:
    """Look at the org's page with its runs, on a desk and on a telephone."""
    page.goto(site.url + admin_url("org_changelist"))
    page.get_by_role("link", name="Acme production").first.click()
    expect(page.locator(".sf-runs")).to_contain_text("#1")
    keep(page, "09-org-with-runs")
    page.set_viewport_size(NARROW)
    keep(page, "09-org-with-runs-narrow")
    page.set_viewport_size(WIDE)


def choose(page: Page, field: str, text: str) -> None:
    """Choose a row in a list, or in a field that searches as one types."""
    searching = page.locator(f".field-{field} .select2-selection")
    if not searching.count():
        option = page.locator(f"#id_{field} option", has_text=text).first
        page.select_option(f"#id_{field}", option.get_attribute("value"))
        return
    searching.click()
    page.locator(".select2-search__field").last.fill(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def test_the_main_job_in_a_browser(page: Page, site: Site, acme: SalesforceOrg):
    page.goto(f"{site.url}/admin/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", sites.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("#content")).to_contain_text("Salesforce")
    keep(page, "01-index")

    page.goto(site.url + admin_url("connectedapp_add"))
    page.fill("#id_name", "Acme app")
    page.fill("#id_consumer_key", acme.consumer_key)
    page.fill("#id_consumer_secret", acme.consumer_secret)
    keep(page, "02-add-app")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("Acme app")

    page.goto(site.url + admin_url("org_add"))
    expect(page.locator("#content")).to_contain_text("/salesforce/callback/")
    page.fill("#id_alias", "acme-prod")
    page.fill("#id_label", "Acme production")
    choose(page, "app", "Acme app")
    page.select_option("#id_environment", "my_domain")
    page.fill("#id_my_domain", acme.base_url)
    keep(page, "03-add-org")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#content")).to_contain_text("Never connected")
    keep(page, "04-org-new")

    page.get_by_role("button", name="Connect", exact=True).first.click()
    expect(page.get_by_role("button", name="Allow")).to_be_visible()
    keep(page, "05-consent")
    page.get_by_role("button", name="Allow").click()
    expect(page.locator(".messagelist")).to_contain_text("is connected")
    expect(page.locator("#content")).to_contain_text(acme.org_id)
    keep(page, "06-org-connected")

    page.get_by_role("button", name="Discover").first.click()
    expect(page.locator(".messagelist")).to_contain_text("objects")
    keep(page, "07-objects")

    page.goto(site.url + admin_url("syncplan_add"))
    choose(page, "org", "Acme")
    page.fill("#id_sobject", "Account")
    keep(page, "08-add-plan")
    page.locator("input[name=_continue]").click()
    expect(page.locator(".messagelist")).to_contain_text("Account")
    page.get_by_role("button", name="Run now").first.click()
    expect(page.locator("#content")).to_contain_text(
        re.compile("Succeeded|Finished with warnings"), timeout=60_000
    )
    keep(page, "09-run")

    keep_org_page(page, site)

    page.goto(site.url + admin_url("record_browse", "acme-prod", "Account"))
    expect(page.locator("#content")).to_contain_text(re.compile("1,?200 records"))
    keep(page, "10-records")
    page.locator("#content table tbody a").first.click()
    expect(page.get_by_role("link", name="Open in Salesforce").first).to_be_visible()
    keep(page, "11-record")

    for name, model in (
        ("12-orgs", "org"),
        ("13-plans", "syncplan"),
        ("14-runs", "syncrun"),
        ("15-calls", "apicall"),
        ("16-audit", "auditevent"),
    ):
        page.goto(site.url + admin_url(f"{model}_changelist"))
        expect(page.locator("#content h1")).to_be_visible()
        keep(page, name)
    page.goto(f"{site.url}/admin/sfconnector/")
    keep(page, "17-dashboard")
