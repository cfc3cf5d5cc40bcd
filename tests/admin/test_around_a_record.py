"""Around a record: its neighbours in the list, its related lists, only what it holds."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from sfconnector.models import Record, SField, SObject
from tests.admin.conftest import House, add_fields, add_record, person
from tests.connections import browser_of

pytestmark = pytest.mark.django_db
IDS = [f"001{number:015d}" for number in range(1, 4)]


@pytest.fixture
def three(house: House) -> House:
    Record.objects.all().delete()
    for record_id, name in zip(IDS, ("Bravo", "Alpha", "Charlie"), strict=True):
        add_record(house.org, record_id, Name=name, Phone=None)
    SObject.objects.filter(pk=house.sobject.pk).update(live_count=3, total_count=3)
    return house


@pytest.fixture
def full(three: House) -> Client:
    return browser_of(person("full", "*"))


def url(record_id: str) -> str:
    args = ["northwind", "Account", record_id]
    return reverse("admin:sfconnector_record_show", args=args)


def show(client: Client, record_id: str, query: str = "") -> str:
    return client.get(f"{url(record_id)}{query}").content.decode()


def test_previous_and_next_go_along_the_list(three: House, full: Client) -> None:
    middle = show(full, IDS[1])
    assert f'rel="prev" href="{url(IDS[0])}"' in middle
    assert f'rel="next" href="{url(IDS[2])}"' in middle
    assert 'rel="prev"' not in show(full, IDS[0])
    assert 'rel="next"' not in show(full, IDS[2])
    by_name = show(full, IDS[0], "?sort=Name")
    assert f'rel="prev" href="{url(IDS[1])}?sort=Name"' in by_name
    assert f'rel="next" href="{url(IDS[2])}?sort=Name"' in by_name
    found = show(full, IDS[0], "?q=Bravo")
    assert 'rel="prev"' not in found
    assert 'rel="next"' not in found


def test_the_list_leads_to_a_record_with_what_it_was_asked(
    three: House, full: Client
) -> None:
    browse = reverse("admin:sfconnector_record_browse", args=["northwind", "Account"])
    page = full.get(f"{browse}?q=Alpha").content.decode()
    assert f'href="{url(IDS[1])}?q=Alpha"' in page
    assert f'href="{browse}?q=Alpha"' in show(full, IDS[1], "?q=Alpha")


def test_empty_fields_are_hidden_on_demand(three: House, full: Client) -> None:
    row = SField.objects.filter(sobject=three.sobject, name="Phone")
    if not row.exists():
        add_fields(three.sobject, ("Phone", "phone"))
    assert ">Phone</td>" in show(full, IDS[0])
    short = show(full, IDS[0], "?empty=hide")
    assert ">Phone</td>" not in short
    assert ">Name</td>" in short
    assert "empty field" in short


def test_related_lists_have_counts_and_their_first_rows(
    three: House, full: Client
) -> None:
    children = [{"childSObject": "Contact", "field": "AccountId"}]
    SObject.objects.filter(pk=three.sobject.pk).update(
        describe={"childRelationships": children}
    )
    contact = SObject.objects.create(
        org=three.org, name="Contact", label_plural="Contacts", live_count=7
    )
    add_fields(contact, ("Name", "string"), ("AccountId", "reference"))
    for number in range(7):
        Record.objects.create(
            org=three.org,
            sobject="Contact",
            record_id=f"003{number:015d}",
            content_hash=1,
            data={"Name": f"Child {number}", "AccountId": IDS[0]},
        )
    page = show(full, IDS[0])
    assert 'Contacts</a> <span class="sf-faint">7</span>' in page
    assert "Child 4" in page
    assert "Child 5" not in page
    assert "Contacts" not in show(full, IDS[1])
    SField.objects.filter(sobject=contact, name="AccountId").update(is_masked=True)
    assert "Child 0" not in show(full, IDS[0])


def test_a_refresh_runs_the_plan(three: House, full: Client) -> None:
    run = reverse("admin:sfconnector_syncplan_run", args=[three.plan.pk])
    page = show(full, IDS[0])
    assert "Refresh from Salesforce" in page
    assert f'action="{run}"' in page
    looker = browser_of(person("looker", "view_org", "view_record", "view_records"))
    assert "Refresh from Salesforce" not in show(looker, IDS[0])
