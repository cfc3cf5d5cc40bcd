"""The form of a plan: names of fields are offered for the word that is typed."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from salesforce_simulator import SalesforceOrg
from sfconnector import catalog
from sfconnector.models import SField, SObject, SyncPlan
from sfconnector.testing.connections import connected
from tests.browser.looking import SCREENSHOTS

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
    visitor.locator("#id_name").focus()  # what was written counts when it is left
    expect(visitor.locator(".sf-picker-fields li")).to_have_count(fields_of(account))
    return visitor


def fields_of(account: SObject) -> int:
    return SField.objects.filter(sobject=account).count()


def offered(form: Page, name: str) -> Locator:
    return form.locator(f"#id_{name}-hints button:visible")


def test_the_word_in_the_fields_box_narrows_what_is_offered(form: Page) -> None:
    box, names = form.locator("#id_fields"), offered(form, "fields")
    box.click()  # it lies open while no field is known
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
    expect(form.locator(".sf-picker-fields input:checked")).to_have_count(2)


def test_boxes_and_text_say_the_same_and_the_text_alone_is_sent(form: Page) -> None:
    picker = form.locator(".sf-picker")
    picker.get_by_placeholder("Search fields").fill("employee")
    boxes = picker.locator(".sf-picker-fields li:visible input")
    expect(boxes).to_have_count(len(EMPLOYEES))
    picker.get_by_role("button", name="Tick all shown", exact=True).click()
    expect(picker.get_by_label("Only those that are ticked")).to_be_checked()
    boxes.first.uncheck()
    expect(picker.locator("[data-sf-ticked]")).to_have_text("2")
    expect(form.locator("#id_fields")).not_to_have_value("")
    form.screenshot(path=SCREENSHOTS / "plan-form-picker.png", full_page=True)
    form.get_by_role("button", name="Save and continue editing").click()
    plan = SyncPlan.objects.get()
    assert len(plan.fields) == 2
    assert set(plan.fields) < set(EMPLOYEES)


def test_an_object_that_was_never_described_is_read_by_a_press(form: Page) -> None:
    form.fill("#id_sobject", "Contact")
    form.locator("#id_name").focus()
    form.get_by_role("button", name="Read its fields from Salesforce").click()
    expect(form.locator('.sf-picker-fields input[value="LastName"]')).to_be_visible()


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
