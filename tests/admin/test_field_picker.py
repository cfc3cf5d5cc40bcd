"""The choice of fields: ticks and text, with a script or without."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from sfconnector.admin.picker import FieldPicker, NamesField, Offer
from sfconnector.models import Org, SField, SObject, SyncPlan
from tests.admin.conftest import House, add_record, make_org
from tests.admin.test_forms import PLAN, errors

ADD = "/admin/sfconnector/syncplan/add/"


def sent(**given: Any) -> Any:
    """Return what a picker makes of a form; its boxes are sent one by one."""
    data = QueryDict(mutable=True)
    for name, value in given.items():
        data.setlist(f"f{name}", value if isinstance(value, list) else [value])
    picker = FieldPicker(all_label="Every field")
    field = NamesField(required=False, widget=picker)
    return field.clean(picker.value_from_datadict(data, {}, "f"))


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        # No script: what the page showed is sent along.
        ({"": "", "_was": "", "_mode": "all"}, []),
        ({"": "", "_was": "", "_mode": "all", "_tick": ["A"]}, ["A"]),
        ({"": "A\nB", "_was": "A B", "_mode": "some", "_tick": ["B", "C"]}, ["B", "C"]),
        ({"": "B\nA", "_was": "A B", "_mode": "some", "_tick": ["A", "B"]}, ["B", "A"]),
        ({"": "B", "_was": "A B", "_mode": "some", "_tick": ["A", "B"]}, ["B"]),
        ({"": "A", "_was": "A", "_mode": "all", "_tick": ["A"]}, []),
        ({"": "A", "_was": "a", "_mode": "all", "_tick": ["A", "B"]}, ["A", "B"]),
        ({"": "Owner.Name", "_was": "", "_mode": "all"}, ["Owner.Name"]),
        (
            {"": "O.N", "_was": "O.N", "_mode": "some", "_tick": ["O.N", "A"]},
            ["O.N", "A"],
        ),
        # A script has brought both together, and sends the text.
        ({"": "A\nB", "_mode": "some"}, ["A", "B"]),
        ({"": "A\nB", "_mode": "all"}, []),
        # A program knows nothing of boxes.
        ({"": "A, B;A"}, ["A", "B"]),
    ],
)
def test_whoever_changed_ticks_or_text_is_heard(
    given: dict[str, Any], chosen: list[str]
) -> None:
    assert sent(**given) == chosen


def test_single_fields_of_which_none_is_ticked_are_refused(
    house: House, admin_client: Client
) -> None:
    house.plan.delete()
    data = {**PLAN, "org": house.org.pk, "fields": "", "fields_mode": "some"}
    assert "Tick at least one field." in errors(admin_client, ADD, data)


def test_a_name_that_was_typed_stays_when_the_boxes_are_unknown() -> None:
    picker = FieldPicker()
    picker.offers = [Offer(name="Name", label="Account Name", type="string")]
    html = picker.render("f", "Name\nOwner.Name", {"id": "id_f"})
    assert 'type="hidden" name="f_tick" value="Owner.Name"' in html
    assert re.search(r'name="f_tick" value="Name" checked', html)
    assert "<details" in html
    assert " open>" in html


def test_the_boxes_say_how_many_records_fill_a_field_and_hide_masked_ones(
    house: House, admin_client: Client
) -> None:
    SField.objects.create(
        sobject=house.sobject, name="Secret__c", label="Secret", is_masked=True
    )
    add_record(house.org, "0015g00000BBBBBBBB", Name=None)
    url = reverse("admin:sfconnector_syncplan_change", args=[house.plan.pk])
    page = admin_client.get(url).content.decode()
    assert "50 % filled" in page  # Acme has a name, the other one none
    assert "Secret__c" not in page
    args = [house.org.alias, "Account"]
    columns = reverse("admin:sfconnector_record_columns", args=args)
    page = admin_client.get(columns).content.decode()
    assert re.search('name="masked_tick" value="Secret__c" checked', page)


def test_columns_that_were_ticked_are_kept(house: House, admin_client: Client) -> None:
    args = [house.org.alias, "Account"]
    columns = reverse("admin:sfconnector_record_columns", args=args)
    given = {"columns": "", "columns_was": "", "columns_mode": "all"}
    admin_client.post(columns, {**given, "columns_tick": ["Name"], "masked": ""})
    house.sobject.refresh_from_db()
    assert house.sobject.columns == ["Name"]


def test_all_wrong_columns_are_told_at_once(house: House, admin_client: Client) -> None:
    args = [house.org.alias, "Account"]
    columns = reverse("admin:sfconnector_record_columns", args=args)
    page = admin_client.post(columns, {"columns": "One Two Name", "masked": ""})
    assert "no fields One, Two." in page.content.decode()


def test_fields_of_other_peoples_orgs_are_not_told(house: House, full: Client) -> None:
    hidden = make_org(house.app, "hidden")
    sobject = SObject.objects.create(org=hidden, name="Hush__c")
    SField.objects.create(sobject=sobject, name="Quiet__c")
    url = reverse("admin:sfconnector_syncplan_fields")
    hidden.visible_to.create(name="others")
    for method in (full.get, full.post):
        answer = method(f"{url}?org={hidden.pk}&sobject=Hush__c")
        assert "Quiet__c" not in answer.content.decode()


def test_a_press_reads_the_fields_from_the_org(
    connected_org: Org, admin_client: Client
) -> None:
    url = reverse("admin:sfconnector_syncplan_fields")
    address = f"{url}?org={connected_org.pk}&sobject=Contact"
    assert "were never read" in admin_client.get(address).content.decode()
    assert 'value="LastName"' in admin_client.post(address).content.decode()
    assert 'value="LastName"' in admin_client.get(address).content.decode()
    wrong = admin_client.post(f"{url}?org={connected_org.pk}&sobject=Nope")
    assert "does not describe Nope" in wrong.content.decode()


def test_an_object_of_eight_hundred_fields_stays_quick(
    house: House, admin_client: Client
) -> None:
    names = [f"Extra{number}__c" for number in range(800)]
    SField.objects.bulk_create(
        SField(sobject=house.sobject, name=name, label=name, type="string")
        for name in names
    )
    for number in range(50):
        values = dict.fromkeys(names, "something")
        add_record(house.org, f"0015g0000{number:09d}", **values)
    SyncPlan.objects.filter(pk=house.plan.pk).update(fields=names)
    url = reverse("admin:sfconnector_syncplan_change", args=[house.plan.pk])
    admin_client.get(url)
    began = time.process_time()
    page = admin_client.get(url).content.decode()
    assert time.process_time() - began < 1
    assert page.count('name="fields_tick"') == 802
    ticked = {"fields": "\n".join(names), "fields_was": " ".join(names)}
    data = {**PLAN, "org": house.org.pk, **ticked, "fields_mode": "some"}
    began = time.process_time()
    admin_client.post(url, {**data, "fields_tick": names[1:]})
    assert time.process_time() - began < 1
    house.plan.refresh_from_db()
    assert house.plan.fields == names[1:]
