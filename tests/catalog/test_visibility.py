"""What masking a field means is known in one place, and every face asks there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sfconnector
from sfconnector import catalog, records
from sfconnector.models import FieldChange, Org, Record, SField, SObject
from tests.connections import bare_org

CANARY = "canary-5551234"
ROOT = Path(sfconnector.__file__).parent
KNOW = {
    "catalog/masking.py",
    "catalog/masks.py",
    "models/catalog.py",
    "admin/records/columns_page.py",
}
"""Who may read or write ``is_masked``: the rule itself, its column, and its form."""


@pytest.fixture
def org(db: None) -> Org:
    return bare_org()


def describe(org: Org, name: str, *fields: dict[str, object]) -> SObject:
    row = SObject.objects.create(org=org, name=name)
    for position, one in enumerate(fields):
        SField.objects.create(
            sobject=row, position=position, **{"type": "string", **one}
        )
    return row


def test_no_face_decides_by_the_column_alone() -> None:
    readers = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr == "is_masked")
        or (isinstance(node, ast.keyword) and node.arg == "is_masked")
    }
    readers -= {"sync/shape.py"}  # a field of its own pure value
    assert readers <= KNOW


def test_a_field_that_nobody_asked_about_is_not_shown() -> None:
    assert SField(name="Phone").is_hidden


def test_a_masked_part_takes_its_compound_with_it_and_the_other_way_round(
    org: Org,
) -> None:
    part = {"name": "BillingStreet", "compound_field_name": "BillingAddress"}
    town = {"name": "BillingCity", "compound_field_name": "BillingAddress"}
    row = describe(org, "Account", {"name": "BillingAddress"}, part, town)
    SField.objects.filter(name="BillingStreet").update(is_masked=True)
    hidden = {name for name, one in catalog.fields_of(row).items() if one.is_hidden}
    assert hidden == {"BillingStreet", "BillingAddress"}
    SField.objects.update(is_masked=False)
    SField.objects.filter(name="BillingAddress").update(is_masked=True)
    hidden = {name for name, one in catalog.fields_of(row).items() if one.is_hidden}
    assert hidden == {"BillingStreet", "BillingAddress", "BillingCity"}
    masks = catalog.masks_of(org)
    assert masks.hides("billingcity", of="ACCOUNT")
    assert not masks.hides("BillingCity", of="Contact")
    assert masks.hides("BillingCity")


def test_a_masked_lookup_hides_its_parent_and_histories_their_values(org: Org) -> None:
    lookup = {"name": "AccountId", "relationship_name": "Account", "is_masked": True}
    describe(org, "Contact", lookup)
    describe(org, "Visit__c", {"name": "Note__c", "is_masked": True})
    masks = catalog.masks_of(org)
    assert masks.hides("Account", of="Contact")
    for owner in ("ContactHistory", "Visit__History", "FieldHistoryArchive"):
        assert masks.hides("NewValue", of=owner)
    assert masks.hides("AccountId", of="ContactChangeEvent")


def test_records_are_cleaned_by_their_own_object(org: Org) -> None:
    describe(org, "Contact", {"name": "Phone", "is_masked": True})
    masks = catalog.masks_of(org)
    lead = {"attributes": {"type": "Lead"}, "Phone": "1"}
    contact = {"attributes": {"type": "Contact"}, "Phone": CANARY}
    assert masks.clean({"Id": "1", "Lead": lead, "Who": contact}, of="Task") == {
        "Id": "1",
        "Lead": lead,
        "Who": {**contact, "Phone": "********"},
    }
    assert masks.clean({"Phone": CANARY, "Id": "1"}, of="Contact", instead=None) == {
        "Id": "1"
    }
    assert CANARY not in str(masks.clean({"rows": [{"phone": CANARY}]}))


def test_masking_hides_what_was_cached_before(org: Org) -> None:
    contact = describe(org, "Contact", {"name": "Name"}, {"name": "Phone"})
    parent = {"attributes": {"type": "Contact"}, "Phone": CANARY}
    describe(org, "Case", {"name": "Subject"})
    data = {"Name": "Ada", "Phone": CANARY}
    record = Record.objects.create(
        org=org,
        sobject="Contact",
        record_id="003" + "0" * 15,
        content_hash=1,
        data=data,
    )
    Record.objects.create(
        org=org,
        sobject="Case",
        record_id="500" + "0" * 15,
        content_hash=1,
        data={"Subject": "S", "Contact": parent},
    )
    change = FieldChange.objects.create(
        org=org, sobject="Contact", record_id=record.record_id, field="Phone"
    )
    FieldChange.objects.filter(pk=change.pk).update(before=CANARY)
    SField.objects.filter(name="Phone").update(is_masked=True)

    def said() -> str:
        told = [str(records.as_of(record, change.seen_at.replace(year=2001)))]
        for rows in (
            Record.objects.of(org, "Contact"),
            Record.objects.of(org, "Case"),
        ):
            told += records.as_json_lines(rows)
            told += records.as_json_lines(rows, fields=["Phone", "Contact"])
            told += records.as_csv(rows, fields=["Phone", "Contact", "Contact.Phone"])
        told.append(str(records.columns_of(contact)))
        return " ".join(told)

    assert CANARY not in said()
    assert not records.search(org, sobject=contact, text=CANARY)
    SField.objects.update(is_masked=False)
    assert CANARY in said()
