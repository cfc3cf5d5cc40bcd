"""The form of a plan: names of fields are offered for the word that is typed."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from sfconnector import catalog
from sfconnector.models import SField, SObject
from sfconnector.simulator import SalesforceOrg
from sfconnector.testing.connections import connected
from tests.browser.conftest import SCREENSHOTS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

EMPLOYEES = ["EmployeeCode__c", "NumberOfEmployees", "Revenue_per_Employee__c"]
MANY = 800


@pytest.fixture
def form(visitor: Page, site: str, salesforce_org: SalesforceOrg) -> Page:
    """Open a new plan of an object that has hundreds of fields."""
    org = connected(salesforce_org)
    catalog.discover(org)
    catalog.describe(org, sobject="Account")
    account = SObject.objects.get(org=org, name="Account")
    names = ["EmployeeCode__c", *(f"Extra{number}__c" for number in range(MANY))]
    SField.objects.bulk_create(SField(sobject=account, name=name) for name in names)
    visitor.goto(f"{site}{reverse('admin:sfconnector_syncplan_add')}?org={org.pk}")
    visitor.fill("#id_sobject", "Account")
    return visitor


def offered(form: Page, name: str) -> Locator:
    return form.locator(f"#id_{name}-hints button:visible")


def test_the_word_in_the_fields_box_narrows_what_is_offered(form: Page) -> None:
    box, names = form.locator("#id_fields"), offered(form, "fields")
    box.click()
    expect(names).to_have_count(50)  # of more than eight hundred
    box.press_sequentially("Emp")
    expect(names).to_have_text(EMPLOYEES)
    form.screenshot(path=SCREENSHOTS / "plan-form-fields.png", full_page=True)
    edges = "box => box.getBoundingClientRect().left"
    hints = form.locator("#id_fields-hints")
    assert hints.evaluate(edges) == box.evaluate(edges)

    names.nth(1).click()
    expect(box).to_have_value("NumberOfEmployees\n")
    expect(box).to_be_focused()
    box.press_sequentially("indus")
    box.press("ArrowDown")
    expect(names.first).to_be_focused()
    form.keyboard.press("Enter")
    expect(box).to_have_value("NumberOfEmployees\nIndustry\n")


def test_a_filter_is_completed_where_it_is_typed(form: Page) -> None:
    box, names = form.locator("#id_where"), offered(form, "where")
    box.fill(" > 5 AND Industry = 'Emp'")
    box.evaluate("box => box.setSelectionRange(0, 0)")
    box.press_sequentially("Emp")
    expect(names).to_have_text(EMPLOYEES)
    form.screenshot(path=SCREENSHOTS / "plan-form-filter.png", full_page=True)
    names.nth(1).click()
    expect(box).to_have_value("NumberOfEmployees > 5 AND Industry = 'Emp'")

    box.fill("Industry = 'Emp")
    expect(names).to_have_count(0)  # a value, no name
