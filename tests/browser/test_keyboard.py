"""Keys: / to the search, ? for help, g and a letter to a task; never while one types."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from sfconnector.models import Org
from tests.browser.conftest import SCREENSHOTS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_the_keys_of_a_list(visitor: Page, site: str, org: Org) -> None:
    visitor.goto(site + reverse("admin:sfconnector_syncplan_changelist"))
    visitor.keyboard.press("/")
    expect(visitor.locator("#searchbar")).to_be_focused()
    visitor.keyboard.type("a/b?ge")
    expect(visitor.locator("#searchbar")).to_have_value("a/b?ge")
    expect(visitor.locator("#sf-keys")).to_be_hidden()
    visitor.locator("#searchbar").blur()
    visitor.keyboard.press("?")
    expect(visitor.locator("#sf-keys")).to_be_visible()
    visitor.screenshot(path=SCREENSHOTS / "keys-help.png")
    visitor.keyboard.press("Escape")
    expect(visitor.locator("#sf-keys")).to_be_hidden()
    visitor.keyboard.press("g")
    visitor.keyboard.press("e")
    expect(visitor.locator("#id_path")).to_be_visible()
    here = visitor.locator(".sf-tasks [aria-current=page]")
    expect(here).to_have_text("Explorer")
    visitor.keyboard.press("/")
    expect(visitor.locator("#id_path")).to_be_focused()


def test_each_page_of_ours_has_the_tasks(visitor: Page, site: str, org: Org) -> None:
    change = reverse("admin:sfconnector_org_change", args=[org.pk])
    names = ("org_changelist", "org_explore", "sobject_compare", "connectedapp_keys")
    ours = [reverse(f"admin:sfconnector_{name}") for name in names]
    urls = ["/admin/sfconnector/", change, *ours]
    for url in urls:
        visitor.goto(site + url)
        tasks = visitor.locator(".sf-tasks a")
        expect(tasks).to_have_text(
            ["Overview", "Explorer", "Compare", "Storage", "Keys"]
        )
    # The help is there without a script of ours as well: the browser opens it.
    visitor.get_by_role("button", name="Keyboard").click()
    expect(visitor.locator("#sf-keys")).to_be_visible()
