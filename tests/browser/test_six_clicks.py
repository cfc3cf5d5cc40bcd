"""From nothing to the first record in six clicks: an empty database, a real worker."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from salesforce_simulator import SalesforceOrg
from tests.browser.test_main_job import keep
from tests.journeys import sites
from tests.journeys.people import admin_url
from tests.journeys.sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(300)]
WHEN_DONE = re.compile("Succeeded|Finished with warnings")


@pytest.fixture
def site(
    acme: SalesforceOrg, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with sites.in_one_process(folder, orgs=[acme]) as running:
        yield running


def log_in(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/login/?next=/admin/sfconnector/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", sites.PASSWORD)
    page.get_by_role("button", name="Log in").click()


class Clicks:
    """Clicks, and counts how often."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def __call__(self, target: Locator) -> None:
        self.made.append(target.inner_text() or target.input_value())
        target.click()


def fill(page: Page, acme: SalesforceOrg, **other: str) -> None:
    typed = {
        "alias": "acme",
        "label": "Acme",
        "consumer_key": acme.consumer_key,
        "consumer_secret": acme.consumer_secret,
        **other,
    }
    for name, text in typed.items():
        page.fill(f"#id_{name}", text)
    page.select_option("#id_environment", "my_domain")
    page.fill("#id_my_domain", acme.base_url)


def test_six_clicks_from_nothing_to_the_first_record(
    site: Site, page: Page, acme: SalesforceOrg
):
    click = Clicks()
    log_in(page, site)
    keep(page, "hour-1-nothing")
    click(page.get_by_role("link", name="Add an org"))
    fill(page, acme)
    keep(page, "hour-2-add-org")
    click(page.get_by_role("button", name="Save and connect"))
    keep(page, "hour-3-consent")
    click(page.get_by_role("button", name="Allow"))
    expect(page.locator(".messagelist")).to_contain_text("is connected")
    link = page.get_by_role("link", name="What shall be fetched?")
    expect(page.locator("#content")).to_contain_text(
        "Connected. One step is left.", timeout=30_000
    )
    expect(page.locator("#content")).to_contain_text("API calls, 24 hours")
    keep(page, "hour-4-connected")
    click(link)
    row = page.locator("tr", has=page.get_by_label("Accounts"))
    expect(row).to_contain_text("1,2")
    expect(page.get_by_label("Accounts")).to_be_checked()
    keep(page, "hour-5-what")
    click(page.get_by_role("button", name="Fetch now"))
    account = page.locator("tr", has_text="Account").first
    expect(account).to_contain_text(WHEN_DONE, timeout=60_000)
    keep(page, "hour-6-fetched")
    click(account.get_by_role("link", name=re.compile("records")))
    expect(page.locator("#content table tbody tr").first).to_be_visible()
    keep(page, "hour-7-records")
    assert len(click.made) == 6, click.made


def test_back_in_the_middle_and_forward_again(
    site: Site, page: Page, acme: SalesforceOrg
):
    log_in(page, site)
    page.get_by_role("link", name="Add an org").click()
    fill(page, acme)
    page.get_by_role("button", name="Save and connect").click()
    expect(page.get_by_role("button", name="Allow")).to_be_visible()
    page.go_back()
    page.fill("#id_alias", "acme")  # its app is there now, and chosen
    page.get_by_role("button", name="Save and connect").click()
    expect(page.locator("#content")).to_contain_text("it is in the list")
    page.goto(site.url + admin_url("org_changelist"))
    page.get_by_role("link", name="Acme").first.click()
    page.get_by_role("button", name="Connect", exact=True).first.click()
    page.get_by_role("button", name="Allow").click()
    expect(page.locator(".messagelist")).to_contain_text("is connected")
    page.go_back()
    allow = page.get_by_role("button", name="Allow")
    if allow.count():
        allow.click()
    expect(page.locator("#content, #content-main").first).to_contain_text(
        re.compile("Connected|already finished once")
    )


def test_a_wrong_secret_leads_to_the_app(site: Site, page: Page, acme: SalesforceOrg):
    log_in(page, site)
    page.get_by_role("link", name="Add an org").click()
    fill(page, acme, consumer_secret="not the secret")
    page.get_by_role("button", name="Save and connect").click()
    page.get_by_role("button", name="Allow").click()
    keep(page, "hour-wrong-secret")
    page.get_by_role("link", name="Open the connected app").click()
    page.fill("#id_consumer_secret", acme.consumer_secret)
    page.get_by_role("button", name="Save", exact=True).click()
    page.goto(site.url + admin_url("org_changelist"))
    page.get_by_role("link", name="Acme").first.click()
    page.get_by_role("button", name="Connect", exact=True).first.click()
    page.get_by_role("button", name="Allow").click()
    expect(page.locator(".messagelist")).to_contain_text("is connected")


def test_other_objects_are_searched_and_ticks_stay(
    site: Site, page: Page, acme: SalesforceOrg
):
    log_in(page, site)
    page.get_by_role("link", name="Add an org").click()
    fill(page, acme)
    page.get_by_role("button", name="Save and connect").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.locator("#content")).to_contain_text(
        "One step is left.", timeout=30_000
    )
    page.get_by_role("link", name="What shall be fetched?").click()
    page.get_by_label("Contacts").uncheck()
    page.fill("#sf-q", "asset")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Assets", exact=True)).to_be_visible()
    expect(page.get_by_label("Accounts")).to_be_checked()
    expect(page.get_by_label("Contacts")).not_to_be_checked()
    keep(page, "hour-search")
    assert "csrf" not in page.url
