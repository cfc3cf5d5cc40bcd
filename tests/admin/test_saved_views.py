"""Record lists kept by name: by whom, for whom, and what they show."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from sfconnector import records
from sfconnector.models import SavedView, SField, SObject
from tests.admin.conftest import House, add_record

PICKLIST = {"picklistValues": [{"value": "Energy", "label": "Energy"}]}
GLOBEX = "0015g00000BBBBBBBB"


def url(verb: str) -> str:
    return reverse(f"admin:sfconnector_record_{verb}", args=["northwind", "Account"])


@pytest.fixture
def listed(house: House) -> House:
    """Give Account a field to filter by, and a second record."""
    SField.objects.create(
        sobject=house.sobject,
        name="Industry",
        label="Trade",
        type="picklist",
        describe=PICKLIST,
    )
    add_record(house.org, GLOBEX, Name="Globex", Industry="Energy")
    SObject.objects.filter(pk=house.sobject.pk).update(live_count=2, total_count=2)
    return house


def keep(browser: Client, name: str, **asked: str) -> str:
    """Keep a list and return the address that shows it."""
    address = url("views") + (f"?f.Industry=%3DEnergy{asked.get('more', '')}")
    answer = browser.post(address, {"name": name})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_a_view_shows_filters_order_and_columns_again(
    listed: House, full: Client
) -> None:
    shown = keep(full, "Energy", more="&sort=-Name&columns=Industry,Name&q=Glob")
    SObject.objects.filter(pk=listed.sobject.pk).update(columns=["Phone"])
    page = full.get(url("browse"))
    view = page.context["views"][0]
    assert f'href="{view.query.replace("&", "&amp;")}"' in page.content.decode()
    assert shown == url("browse") + view.query
    again = full.get(shown)
    assert next(head.label for head in again.context["columns"]) == "Trade"
    assert again.context["listing"].search == "Glob"
    assert again.context["listing"].sort == "-Name"
    assert [row.record.record_id for row in again.context["rows"]] == [GLOBEX]
    assert 'aria-current="true"' in again.content.decode()
    assert 'name="columns" value="Industry,Name"' in again.content.decode()
    exported = full.post(url("export") + view.query, {"format": "csv"})
    lines = b"".join(exported.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0].split(",")[-2:] == ["Industry", "Name"]
    assert len(lines) == 2


def test_a_name_is_kept_once_and_deleted_by_its_own_person(
    listed: House, people: dict[str, Client]
) -> None:
    full, other = people["full"], people["looker"]
    keep(full, "  Energy  of  us ")
    keep(full, "Energy of us", more="&sort=Name")
    kept = SavedView.objects.get()
    assert kept.name == "Energy of us"
    assert "sort=Name" in kept.query
    assert list(other.get(url("browse")).context["views"]) == []
    other.post(url("views"), {"forget": kept.pk})
    assert SavedView.objects.count() == 1
    # Enter in the field of the name must never press a button that deletes.
    page = full.get(url("browse")).content.decode()
    form = page.split('id="sf-view-name"')[0].rsplit("<form", 1)[1]
    assert "forget" not in form
    full.post(url("views"), {"forget": kept.pk})
    assert not SavedView.objects.exists()


def test_a_view_of_what_one_no_longer_sees_is_gone(listed: House, full: Client) -> None:
    keep(full, "Energy")
    listed.org.visible_to.set([Group.objects.create(name="others")])
    assert full.get(url("browse")).status_code == 404
    assert full.post(url("views"), {"name": "x"}).status_code == 404


@pytest.mark.parametrize("name", ["", "   ", "\n"])
def test_a_view_needs_a_name(listed: House, full: Client, name: str) -> None:
    answer = full.post(url("views"), {"name": name}, follow=True)
    assert "A view needs a name." in answer.content.decode()
    assert not SavedView.objects.exists()


def test_views_are_bounded(listed: House, full: Client) -> None:
    keep(full, "😀" * 255)
    view = SavedView.objects.get()
    assert view.name == "😀" * 120
    many = [
        SavedView(user=view.user, org=view.org, sobject="Account", name=f"v{n}")
        for n in range(records.MOST_VIEWS - 1)
    ]
    SavedView.objects.bulk_create(many)
    answer = full.post(url("views"), {"name": "one more"}, follow=True)
    assert "one too many" in answer.content.decode()
    keep(full, "v1")  # the same name again is no more
    assert SavedView.objects.count() == records.MOST_VIEWS


def test_an_address_shows_no_masked_column(listed: House, full: Client) -> None:
    SField.objects.filter(sobject=listed.sobject, name="Industry").update(
        is_masked=True
    )
    page = full.get(url("browse"), {"columns": "Industry,Nope__c,Name"})
    assert [head.label for head in page.context["columns"]] == ["The Name"]
    assert "Energy" not in page.content.decode()
