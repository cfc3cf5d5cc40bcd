"""The explorer by hand: the seed walk, several orgs at once, Back, narrow and dark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.commands import copied, run, token_of
from tests.browser.looking import SCREENSHOTS
from tests.journeys import people, sites
from tests.journeys.people import admin_url
from tests.journeys.sites import Site

if TYPE_CHECKING:
    from salesforce_simulator import SalesforceOrg

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.timeout(300)]

SEED = "/services/data/v39.0/sobjects/account"
STRICT = "default-src 'self'; img-src 'self' data:; base-uri 'self'; object-src 'none'"
expect.set_options(timeout=20_000)
NASTY = '<img src=x onerror="document.title=1">"><script>document.title=2</script>'


@pytest.fixture(scope="module")
def three() -> Iterator[list[SalesforceOrg]]:
    from sfconnector.testing.orgs import org_factory

    with org_factory() as factory:
        yield [
            factory("Acme", records={"Account": 2500}),
            factory("Globex", records={"Account": 12}, seed=2),
            factory("Initech", records={"Account": 7}, seed=3, sandbox=True),
        ]


@pytest.fixture(scope="module")
def site(
    three: list[SalesforceOrg], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with sites.in_one_process(folder, orgs=three) as running:
        visitor = running.visitor()
        for simulated in three:
            alias = simulated.name.lower()
            org = people.add_org(visitor, simulated, alias=alias)
            people.connect(visitor, org)
            people.press(visitor, "org_change", "org_discover", org)
        yield running


@pytest.fixture
def desk(page: Page, site: Site) -> Iterator[Page]:
    """Give a window that is logged in and under a strict content policy."""

    def guard(route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        headers = {**answer.headers, "content-security-policy": STRICT}
        route.fulfill(response=answer, headers=headers)

    log_in(page, site)
    page.route("**/sfconnector/**", guard)
    yield page
    # A request under way at the end, for words to offer, is nobody's fault.
    page.unroute_all(behavior="ignoreErrors")


def log_in(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", sites.PASSWORD)
    page.get_by_role("button", name="Log in").click()


def keep(page: Page, name: str) -> None:
    """Keep what the window shows, to be looked at."""
    page.screenshot(path=SCREENSHOTS / f"explorer-{name}.png", full_page=True)


def open_explorer(page: Page, site: Site, **query: str) -> None:
    page.goto(f"{site.url}{admin_url('org_explore')}?{urlencode(query)}")


def write(page: Page, path: str, *, org: str = "acme", method: str = "GET") -> None:
    page.select_option("#id_org", label=org)
    page.select_option("#id_method", method)
    page.fill("#id_path", path)


def press_send(page: Page) -> Locator:
    page.get_by_role("button", name="Send", exact=True).click()
    return page.locator(".sf-x-answer")


def test_the_seed_walk(desk: Page, site: Site, three: list[SalesforceOrg]) -> None:
    acme = three[0]
    open_explorer(desk, site)
    write(desk, SEED)
    keep(desk, "01-line")
    answer = press_send(desk)
    expect(answer).to_contain_text("objectDescribe")
    expect(answer).to_contain_text("API calls")
    keep(desk, "02-tree")

    write(desk, SEED, method="POST")
    desk.fill("#id_body", '{"Name": "From the explorer", }')
    expect(desk.locator("#sf-json-said")).to_have_class("sf-x-bad")
    desk.fill("#id_body", json.dumps({"Name": NASTY}))
    expect(desk.locator("#sf-json-said")).to_have_class("sf-x-good")
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(desk.locator("#id_confirm")).to_be_focused()
    keep(desk, "03-confirm")
    desk.fill("#id_confirm", "acme")
    desk.get_by_role("button", name="Send this POST to acme").click()
    expect(desk.locator(".sf-x-answer")).to_contain_text("201")
    keep(desk, "04-created")

    made = desk.locator(".sf-x-answer .sf-follow").first
    made.click()
    expect(desk.locator(".sf-x-answer")).to_contain_text(NASTY)
    assert desk.title() not in {"1", "2"}
    keep(desk, "05-record")
    desk.go_back()
    expect(desk.locator(".sf-x-answer")).to_contain_text("201")
    desk.go_forward()
    expect(desk.locator(".sf-x-answer")).to_contain_text(NASTY)

    history = desk.locator("#sf-history")
    expect(history.locator("li", has_text=re.compile(f"GET {SEED}\\s"))).to_have_count(
        1
    )
    expect(history.locator("li", has_text=re.compile(f"POST {SEED}\\s"))).to_have_count(
        1
    )
    token = token_of(acme)
    described = run(copied(desk, "GET", SEED), token)
    assert "objectDescribe" in described
    before = acme.records.store.count("Account")
    assert run(copied(desk, "POST", SEED), token)["success"] is True
    assert acme.records.store.count("Account") == before + 1
    assert token not in desk.content()


def test_a_query_over_three_orgs_and_over_two_when_one_is_dead(
    desk: Page, site: Site, three: list[SalesforceOrg]
) -> None:
    desk.goto(site.url + admin_url("org_query"))
    for name in ("acme", "globex", "initech"):
        desk.get_by_label(name).check()
    desk.fill("#id_soql", "SELECT Id, Name, Owner.Name FROM Account")
    desk.get_by_role("button", name="Ask", exact=True).click()
    grid = desk.locator(".sf-x-grid")
    expect(grid.locator("thead")).to_contain_text("org")
    for name in ("acme", "globex", "initech"):
        expect(grid.get_by_role("cell", name=name, exact=True).first).to_be_attached()
    expect(desk.locator(".sf-x-answers")).to_contain_text("2,000 rows of 2,5")
    keep(desk, "06-three-orgs")
    desk.get_by_role("button", name="Next page").click()
    expect(desk.locator(".sf-x-answers")).to_contain_text(re.compile("5\\d\\d rows of"))
    expect(desk.locator(".sf-x-answers li")).to_have_count(1)

    three[1].revoke_grants()
    three[1].expire_sessions()
    desk.get_by_role("button", name="Ask", exact=True).click()
    expect(desk.locator(".sf-x-dead")).to_contain_text("globex")
    expect(desk.locator(".sf-x-dead")).to_contain_text("press Reconnect")
    for name in ("acme", "initech"):
        expect(grid.get_by_role("cell", name=name, exact=True).first).to_be_attached()
    keep(desk, "07-one-dead")


def test_words_are_offered_and_taken_by_keyboard(desk: Page, site: Site) -> None:
    open_explorer(desk, site)
    desk.select_option("#id_org", label="acme")
    desk.fill("#id_path", "")
    desk.locator("#id_path").press_sequentially("/services/data/v66.0/sobjects/Acc")
    expect(desk.locator(".sf-x-offers li").first).to_contain_text("Account")
    keep(desk, "08-offers")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk.locator("#id_path")).to_have_value(
        "/services/data/v66.0/sobjects/Account"
    )
    desk.locator("#id_path").press_sequentially("/des")
    expect(desk.locator(".sf-x-offers li").first).to_contain_text("/describe")
    desk.keyboard.press("Escape")
    expect(desk.get_by_role("listbox")).to_have_count(0)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".sf-x-answer")).to_contain_text("404")


def test_it_is_narrow_and_dark(desk: Page, site: Site) -> None:
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.emulate_media(color_scheme="dark")
    path = "/services/data/v66.0/query?q=SELECT Id, Name, Industry FROM Account LIMIT 9"
    open_explorer(desk, site)
    write(desk, path)
    press_send(desk)
    expect(desk.locator(".sf-x-grid")).to_be_visible()
    width = desk.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    keep(desk, "09-narrow-dark")
    desk.set_viewport_size({"width": 1280, "height": 900})
    keep(desk, "10-dark")


def test_it_works_without_scripts(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, site)
    open_explorer(page, site)
    write(page, "/services/data/v66.0/limits")
    expect(press_send(page)).to_contain_text("DailyApiRequests")
    page.get_by_text("Text", exact=True).click()
    expect(page.locator("#sf-raw")).to_be_visible()
    context.close()


def test_an_answer_is_followed_to_pages_records_and_addresses(
    desk: Page, site: Site
) -> None:
    open_explorer(desk, site)
    write(desk, "/services/data/v66.0/query?q=SELECT Id, Name FROM Account")
    answer = press_send(desk)
    expect(answer.locator(".sf-x-grid tbody tr")).to_have_count(2000)
    answer.get_by_role("button", name="Next page").click()
    expect(answer.locator(".sf-x-sent")).to_contain_text("-2000")
    answer.locator(".sf-x-grid .sf-follow").first.click()
    expect(answer.locator(".sf-x-sent")).to_contain_text("/sobjects/Account/001")
    expect(answer).to_contain_text("SystemModstamp")
    write(desk, "/services/data/v66.0/sobjects/Account")
    press_send(desk)
    answer.get_by_text("/services/data/v66.0/sobjects/Account/describe").first.click()
    expect(answer.locator(".sf-x-sent")).to_contain_text("/sobjects/Account/describe")
    expect(answer).to_contain_text("childRelationships")
    expect(answer.locator(".sf-x-figures")).to_contain_text(
        re.compile(r"ms.*B.*API calls")
    )


def test_a_call_is_kept_shared_taken_along_and_scheduled(
    desk: Page, site: Site
) -> None:
    open_explorer(desk, site)
    write(desk, "/services/data/v66.0/limits")
    desk.get_by_text("Keep it by name", exact=True).click()
    desk.fill("#id_name", "Limits of the day")
    desk.get_by_label("Share with everyone who may see the org").check()
    desk.get_by_role("button", name="Keep", exact=True).click()
    expect(desk.locator("#sf-said")).to_contain_text("Kept as “Limits of the day”.")
    open_explorer(desk, site)
    kept = desk.locator(".sf-x-side li", has_text="Limits of the day")
    expect(kept).to_contain_text("shared")
    kept.get_by_role("link").click()
    expect(desk.locator("#id_path")).to_have_value("/services/data/v66.0/limits")
    with desk.expect_download() as taken:
        desk.get_by_role("button", name="Postman collection").click()
    assert taken.value.suggested_filename == "acme.postman_collection.json"
    told = json.loads(taken.value.path().read_text(encoding="utf-8"))
    assert told["item"][0]["name"] == "Limits of the day"
    desk.get_by_role("button", name="Make this a scheduled fetch").click()
    expect(desk.locator("#id_path")).to_have_value("/services/data/v66.0/limits")
    desk.select_option("#id_schedule", "every")
    desk.fill("#id_every_minutes", "60")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".messagelist")).to_contain_text("was changed successfully")


@pytest.mark.parametrize("has_scripts", [True, False])
def test_enter_in_the_name_keeps_and_never_sends(
    browser: Browser, site: Site, three: list[SalesforceOrg], has_scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=has_scripts)
    page = context.new_page()
    log_in(page, site)
    before = sum(org.requests.count("/services/data*") for org in three)
    for method in ("GET", "PATCH"):
        open_explorer(page, site)
        write(page, f"{SEED}/001000000000001AAA", org="initech", method=method)
        page.get_by_text("Keep it by name", exact=True).click()
        page.fill("#id_name", f"By Enter, {method}, {has_scripts}")
        page.press("#id_name", "Enter")
        expect(page.locator("#sf-said")).to_contain_text("Kept as “By Enter")
    page.get_by_text("Keep it by name", exact=True).click()
    page.fill("#id_name", "")
    page.press("#id_name", "Enter")
    nothing = "Give it a name." if has_scripts else "Nothing was sent."
    expect(page.locator("#sf-explorer")).to_contain_text(nothing)
    page.goto(site.url + admin_url("org_query"))
    page.get_by_label("initech").check()
    page.fill("#id_soql", "SELECT Id FROM Account")
    page.get_by_text("Keep it by name", exact=True).click()
    page.fill("#id_name", f"By Enter, SOQL, {has_scripts}")
    page.press("#id_name", "Enter")
    expect(page.locator("#sf-said")).to_contain_text("Kept as “By Enter")
    assert sum(org.requests.count("/services/data*") for org in three) == before
    context.close()


def test_enter_in_the_path_sends_a_call_that_has_a_name(desk: Page, site: Site) -> None:
    open_explorer(desk, site)
    write(desk, "/services/data/v66.0/limits")
    desk.get_by_text("Keep it by name", exact=True).click()
    desk.fill("#id_name", "Named")
    desk.keyboard.press("Escape")
    desk.press("#id_path", "Enter")
    expect(desk.locator(".sf-x-answer")).to_contain_text("DailyApiRequests")


def test_a_mistake_is_pointed_at_and_rows_are_taken_as_csv(
    desk: Page, site: Site
) -> None:
    desk.goto(site.url + admin_url("org_query"))
    desk.get_by_label("acme").check()
    desk.fill("#id_soql", "SELECT Id,\n  Nope\nFROM Account")
    desk.get_by_role("button", name="Ask", exact=True).click()
    expect(desk.locator(".sf-x-caret pre")).to_contain_text("  Nope")
    keep(desk, "12-caret")
    marked = desk.locator("#id_soql").evaluate(
        "box => document.activeElement === box"
        " && box.value.slice(box.selectionStart, box.selectionEnd)"
    )
    assert marked == "Nope"
    desk.fill("#id_soql", "SELECT Id, Name FROM Account")
    desk.get_by_role("button", name="Ask", exact=True).click()
    with desk.expect_download() as taken:
        desk.get_by_role("button", name="All rows as CSV").click()
    assert taken.value.suggested_filename == "acme.csv"
    lines = taken.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) > 2_400
    open_explorer(desk, site)
    write(desk, "/services/data/v66.0/limits")
    expect(press_send(desk)).to_contain_text("Daily API requests")
    keep(desk, "13-limits")
    write(desk, "/services/data/v66.0/sobjects")
    press_send(desk)
    with desk.expect_download() as taken:
        desk.get_by_role("button", name="All rows as CSV").click()
    assert "Account" in taken.value.path().read_text(encoding="utf-8-sig")


def test_fields_are_offered_in_soql_from_the_describe(desk: Page, site: Site) -> None:
    visitor = site.visitor()
    objects = visitor.get(f"{admin_url('sobject_changelist')}?q=Account").html
    keys = re.findall(r"/sobject/(\d+)/change/[^>]*>Account<", objects)
    assert len(keys) == 3
    for key in keys:
        people.press(visitor, "sobject_change", "sobject_describe", int(key))
    desk.goto(site.url + admin_url("org_query"))
    desk.get_by_label("acme").check()
    desk.fill("#id_soql", " FROM Account")
    desk.locator("#id_soql").press("Home")
    desk.locator("#id_soql").press_sequentially("SELECT Annual")
    expect(desk.locator(".sf-x-offers li").first).to_contain_text("AnnualRevenue")
    keep(desk, "11-fields")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk.locator("#id_soql")).to_have_value("SELECT AnnualRevenue FROM Account")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".sf-x-grid thead")).to_contain_text("AnnualRevenue")


def test_a_query_is_coloured_while_it_is_written(desk: Page, site: Site) -> None:
    desk.goto(f"{site.url}{admin_url('org_query')}")
    box, layer = desk.locator("#id_soql"), desk.locator(".sf-paint")
    expect(layer).to_have_attribute("aria-hidden", "true")
    lines = "\n  AND ".join(f"Name != '{'word ' * 30}{n}'" for n in range(9))
    written = f"SELECT Id FROM Account WHERE Name = 'It\\'s <b>' AND Size > 7\n{lines}"
    box.fill(written)
    expect(layer.locator(".sf-soql-keyword").first).to_have_text("SELECT")
    expect(layer.locator(".sf-soql-text").first).to_have_text("'It\\'s <b>'")
    expect(layer.locator(".sf-soql-number").first).to_have_text("7")
    assert layer.text_content() == written + "\n"
    # Both boxes break the lines alike, and scroll together.
    box.evaluate("box => { box.scrollTop = box.scrollHeight; }")
    keep(desk, "14-painted")
    height, top = "box => box.scrollHeight", "box => box.scrollTop"
    assert box.evaluate(top) > 0
    assert layer.evaluate(height) == box.evaluate(height)
    assert layer.evaluate(top) == box.evaluate(top)
    box.fill("SELECT Id FROM Account LIMIT 1")
    desk.get_by_label("acme").check()
    desk.get_by_role("button", name="Ask", exact=True).click()
    expect(desk.locator(".sf-x-grid")).to_be_visible()
    expect(desk.locator(".sf-paint")).to_have_count(1)
    expect(desk.locator(".sf-paint")).to_contain_text("SELECT Id FROM Account LIMIT 1")
