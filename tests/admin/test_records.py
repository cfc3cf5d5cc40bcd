"""Cached records: typed values, hostile values, search, order, what is not shown."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from sfconnector.admin.records import cells
from sfconnector.models import Record, SField, SObject, SyncPlan
from tests.admin.conftest import ACCOUNT, House, add_fields, add_record, make_org


def test_a_form_has_a_record_chosen_in_a_popup(house: House, full: Client) -> None:
    start = reverse("admin:sfconnector_record_changelist")
    asked = {"sobject": "Account", "_popup": "1"}
    page = full.get(start, asked, follow=True)
    url = reverse("admin:sfconnector_record_browse", args=["northwind", "Account"])
    assert page.redirect_chain == [(f"{url}?_popup=1", 302)]
    for query in ({"_popup": "1"}, {"_popup": "1", "q": "Acme"}):
        text = full.get(url, query).content.decode()
        chosen = f'data-sf-org="{house.org.pk}" data-sf-record="{ACCOUNT}"'
        assert chosen in text
        assert 'name="_popup" value="1"' in text
        assert "record_popup.js" in text
        assert "nav-sidebar" not in text
    assert "record_popup.js" not in full.get(url).content.decode()
    assert "data-sf-record" not in full.get(url).content.decode()
    none = full.get(start, {"sobject": "Nothing", "_popup": "1"}).content.decode()
    assert url not in none
    assert full.get(start, {"sobject": "\x00", "_popup": "1"}).status_code == 400
    other = make_org(house.app, "southwind")
    SObject.objects.create(org=other, name="Account", total_count=1)
    both = full.get(start, asked).content.decode()
    assert both.count("/Account/?_popup=1") == 2


HOSTILE = (
    '<img src=x onerror="alert(1)">',
    '"><script>alert(1)</script>',
    "javascript:alert(1)",
    "{{ 7|add:7 }}",
    "\u202eevil",
    "'; DROP TABLE x; --",
)


def draw(kind: str, value: object, **given: object) -> str:
    field = SField(name="F", type=kind, describe=given.pop("describe", {}))
    field.is_hidden = False
    context = cells.Context(is_list=True, **given)
    return str(cells.draw(value, field, context))


def browse(client: Client, house: House, **query: str) -> str:
    url = reverse("admin:sfconnector_record_browse", args=["northwind", "Account"])
    return client.get(url, query).content.decode()


def show(client: Client, house: House, record_id: str = ACCOUNT) -> str:
    args = ["northwind", "Account", record_id]
    url = reverse("admin:sfconnector_record_show", args=args)
    return client.get(url).content.decode()


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("boolean", True, "</span> Yes</span>"),
        ("boolean", False, 'sf-faint">No<'),
        ("int", 1234567, "1,234,567"),
        ("double", 1.5, "1.5"),
        ("percent", 12.5, "12.5 %"),
        ("date", "2027-01-31", "Jan. 31, 2027"),
        ("datetime", "2026-03-04T10:11:12.000+0000", "March 4, 2026, 10:11 a.m."),
        ("multipicklist", "Red;Blue", "Red, Blue"),
        ("address", {"street": "1 Main", "city": "Bonn"}, "1 Main, Bonn"),
        ("location", {"latitude": 1.5, "longitude": 2}, "1.5, 2"),
        ("string", "line\nline", "line line"),
        ("base64", "AAAA", "binary data"),
        ("anyType", {"a": 1}, "{&quot;a&quot;: 1}"),
        ("string", None, "–"),
    ],
)
def test_a_value_is_shown_as_its_type(kind: str, value: object, expected: str) -> None:
    assert expected in draw(kind, value)


def test_money_has_its_currency_and_its_places() -> None:
    shown = draw("currency", 1234.5, currency="EUR", describe={"scale": 2})
    assert "1,234.50" in shown
    assert "EUR" in shown


@pytest.mark.parametrize("kind", ["int", "currency", "date", "datetime", "address"])
def test_a_value_that_is_not_of_its_type_is_shown_as_text(kind: str) -> None:
    assert "not that" in draw(kind, "not that")


def test_a_parent_is_shown_by_its_name() -> None:
    parent = {"attributes": {"type": "User"}, "Name": "Ada"}
    assert "Ada" in draw("reference", "005", links={"005": ("/x/", "Ada")})
    assert "Ada" in str(cells.draw(parent, None, cells.Context()))


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_stays_text_everywhere(
    house: House, full: Client, value: str
) -> None:
    SObject.objects.filter(pk=house.sobject.pk).update(label=value, label_plural=value)
    SField.objects.filter(sobject=house.sobject, name="Name").update(label=value)
    Record.objects.filter(pk=house.record.pk).update(
        data={"Id": ACCOUNT, "Name": value, value: value}
    )
    fields = reverse("admin:sfconnector_sobject_change", args=[house.sobject.pk])
    pages = [browse(full, house), show(full, house), full.get(fields).content.decode()]
    for page in pages:
        assert "<img src=x" not in page
        assert "<script>alert" not in page
        assert 'href="javascript:' not in page


def test_a_very_long_text_is_cut_in_the_list_and_whole_on_the_page(
    house: House, full: Client
) -> None:
    text = "z" * 131_072
    Record.objects.filter(pk=house.record.pk).update(data={"Name": text})
    assert "z" * 100 not in browse(full, house)
    assert text in show(full, house)


def test_a_masked_field_is_shown_nowhere(house: House, full: Client) -> None:
    SField.objects.create(
        sobject=house.sobject, name="Pass__c", type="string", is_masked=True
    )
    add_record(house.org, "0015g00000BBBBBBBB", Name="B", Pass__c="hidden-canary")
    assert "hidden-canary" not in browse(full, house)
    assert "hidden-canary" not in show(full, house, "0015g00000BBBBBBBB")


def test_a_search_finds_by_name_and_by_id(house: House, full: Client) -> None:
    add_record(house.org, "0015g00000BBBBBBBB", Name="Globex")
    assert "Globex" in browse(full, house, q="lobe")
    assert "Acme" not in browse(full, house, q="lobe")
    assert "Globex" in browse(full, house, q="0015g00000BBBBBBBB")
    assert "No record matches." in browse(full, house, q="nothing like it")


def test_a_search_of_a_big_object_without_an_index_is_declined(
    house: House, full: Client
) -> None:
    SObject.objects.filter(pk=house.sobject.pk).update(total_count=1_000_000)
    page = browse(full, house, q="Acme")
    assert "too many records to search without an index" in page


def test_the_order_follows_a_column(house: House, full: Client) -> None:
    add_record(house.org, "0015g00000BBBBBBBB", Name="Aardvark")
    page = browse(full, house, sort="Name")
    assert page.index("Aardvark") < page.index("Acme")
    page = browse(full, house, sort="-Name")
    assert page.index("Acme") < page.index("Aardvark")


@pytest.mark.parametrize("sort", ["Nope", "-", "data__x", "org__app__consumer_key"])
def test_an_order_that_makes_no_sense_is_left_out(
    house: House, full: Client, sort: str
) -> None:
    assert "Acme" in browse(full, house, sort=sort)


def test_deleted_records_are_shown_when_asked_for_and_struck(
    house: House, full: Client
) -> None:
    Record.objects.filter(pk=house.record.pk).update(state=Record.State.DELETED)
    SObject.objects.filter(pk=house.sobject.pk).update(live_count=0)
    assert "Acme" not in browse(full, house)
    assert 'class="sf-gone"' in browse(full, house, state="deleted")


def test_the_page_of_a_record_says_why_a_field_is_empty(
    house: House, full: Client
) -> None:
    add_fields(SObject.objects.create(org=house.org, name="Lead"), ("Name", "string"))
    SField.objects.create(sobject=house.sobject, name="Phone", type="phone")
    SField.objects.create(sobject=house.sobject, name="Fax", type="phone")
    Record.objects.filter(pk=house.record.pk).update(
        data={"Id": ACCOUNT, "Name": "Acme", "Phone": None}
    )
    page = show(full, house)
    assert "Empty in Salesforce." in page
    assert "Not fetched yet: it is new" in page


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("phone", None, "no plan reads this object any more"),
        ("phone", {"fields": ["Id"]}, "the plan does not list it"),
        ("phone", {"fields_read": ["Id", "Fax"]}, "may not read it in this record"),
        ("base64", {}, "values of this type stay in Salesforce"),
        ("phone", {}, "Not fetched yet"),
    ],
)
def test_a_field_that_was_not_fetched_says_which_of_the_reasons_it_was(
    house: House, full: Client, kind: str, values: dict[str, object] | None, said: str
) -> None:
    SField.objects.create(sobject=house.sobject, name="Fax", type=kind)
    if values is None:
        house.plan.delete()
    else:
        SyncPlan.objects.filter(pk=house.plan.pk).update(**values)
    assert said in show(full, house)


def test_a_record_leads_to_its_parents_and_to_salesforce(
    house: House, full: Client
) -> None:
    SField.objects.create(
        sobject=house.sobject,
        name="ParentId",
        type="reference",
        reference_to=["Account"],
    )
    add_record(house.org, "0015g00000BBBBBBBB", Name="Child", ParentId=ACCOUNT)
    page = show(full, house, "0015g00000BBBBBBBB")
    parent = reverse(
        "admin:sfconnector_record_show", args=["northwind", "Account", ACCOUNT]
    )
    assert f'href="{parent}"' in page
    assert "https://northwind.my.salesforce.com/0015g00000BBBBBBBB" in page


@pytest.mark.parametrize("record_id", ["nope", "0015g00000ZZZZZZZZ"])
def test_a_record_that_is_not_cached_is_not_found(
    house: House, full: Client, record_id: str
) -> None:
    args = ["northwind", "Account", record_id]
    url = reverse("admin:sfconnector_record_show", args=args)
    assert full.get(url).status_code == 404


def test_a_record_leads_to_its_children(house: House, full: Client) -> None:
    relationships = [
        {"childSObject": "Contact", "field": "AccountId"},
        {"childSObject": "Case", "field": "AccountId"},
        {"childSObject": None, "field": "X"},
    ]
    SObject.objects.filter(pk=house.sobject.pk).update(
        describe={"childRelationships": relationships}
    )
    contact = SObject.objects.create(
        org=house.org,
        name="Contact",
        label_plural="Contacts",
        live_count=2,
        total_count=2,
    )
    add_fields(contact, ("Name", "string"), ("AccountId", "reference"))
    for number, parent in enumerate((ACCOUNT, None)):
        Record.objects.create(
            org=house.org,
            sobject="Contact",
            record_id=f"003{number:015d}",
            content_hash=1,
            data={"Name": f"Child {number}", "AccountId": parent},
        )
    url = reverse("admin:sfconnector_record_browse", args=["northwind", "Contact"])
    page = show(full, house)
    assert f'href="{url}?f.AccountId=%3D{ACCOUNT}"' in page
    assert page.count("f.AccountId=") == 1
    listed = full.get(f"{url}?f.AccountId=%3D{ACCOUNT}").content.decode()
    assert "Child 0" in listed
    assert "Child 1" not in listed


def test_the_index_of_many_objects_has_pages_and_a_search(
    house: House, full: Client
) -> None:
    SObject.objects.bulk_create(
        SObject(org=house.org, name=f"Thing{n:03}__c", live_count=1, total_count=1)
        for n in range(250)
    )
    index = reverse("admin:sfconnector_record_changelist")
    first = full.get(index).content.decode()
    assert first.count('class="sf-mono" data-label') == 200
    assert "251 objects" in first
    last = full.get(index, {"p": 2}).content.decode()
    assert last.count('class="sf-mono" data-label') == 51
    found = full.get(index, {"q": "thing007"}).content.decode()
    assert "Thing007__c" in found
    assert "Thing008__c" not in found
    assert "No object matches." in full.get(index, {"q": "nope"}).content.decode()
