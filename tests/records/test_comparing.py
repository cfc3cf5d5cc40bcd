"""Equal values are equal: whatever their spelling, their order, their API."""

from __future__ import annotations

import json

import pytest
from django.db import transaction

from sfconnector import records
from sfconnector.models import FieldChange, Record, SObject
from sfconnector.records import Row, Target, content_hash
from tests.connections import bare_org

pytestmark = pytest.mark.django_db

KEY = "001000000000001AAA"
FIRST = {
    "attributes": {"type": "Account", "url": "/services/data/v66.0/x"},
    "Id": KEY,
    "Name": "Acme",
    "Price__c": 2,
    "Owner": {"Name": "Ann"},
    "Place": None,
}


@pytest.fixture
def target() -> Target:
    org = bare_org()
    SObject.objects.create(org=org, name="Account")
    target = Target(org.pk, "Account")
    with transaction.atomic():
        records.fill(target, [row(json.dumps(FIRST, separators=(",", ":")))])
    return target


def row(text: str, *, state: int = Record.State.LIVE) -> Row:
    data = text.encode()
    return Row(KEY, state, "2026-05-01T07:25:37.000+0000", content_hash(data), data)


OTHERWISE = {
    "with spaces": json.dumps(FIRST, indent=1),
    "in another order": json.dumps(dict(reversed(FIRST.items()))),
    "with another number spelling": json.dumps(FIRST).replace(": 2,", ": 2.00,"),
    "of another API version": json.dumps(FIRST).replace("v66.0", "v67.0"),
    "with attributes of a parent": json.dumps(
        FIRST | {"Owner": {"attributes": {"type": "User"}, "Name": "Ann"}}
    ),
    "with a compound of nulls": json.dumps(FIRST | {"Place": {"city": None}}),
}


@pytest.mark.parametrize("text", OTHERWISE.values(), ids=OTHERWISE)
def test_the_same_values_in_another_spelling_are_no_update(target, text):
    for unchanged in (1, 1):
        with transaction.atomic():
            applied = records.apply(target, [row(text)], keep_history=True)
        assert (applied.updated, applied.unchanged) == ([], unchanged)
        assert applied.changed_fields == {}
    assert not FieldChange.objects.exists()
    stored = Record.objects.get()
    assert stored.content_hash == row(text).content_hash, "found at once the next time"


def test_what_changed_is_told_without_a_history_as_well(target):
    with transaction.atomic():
        text = json.dumps(FIRST | {"Name": "New", "Owner": {"Name": "Bob"}})
        applied = records.apply(target, [row(text)])
    assert applied.updated == [KEY]
    assert applied.changed_fields == {KEY: ["Name", "Owner"]}
    assert not FieldChange.objects.exists()


def test_a_record_that_came_back_is_an_update_though_its_values_are_the_same(target):
    Record.objects.update(state=Record.State.HIDDEN)
    with transaction.atomic():
        applied = records.apply(target, [row(OTHERWISE["with spaces"])])
    assert applied.updated == [KEY]


def test_a_field_that_is_gone_or_new_is_an_update_but_no_history(target):
    fewer = {name: value for name, value in FIRST.items() if name != "Name"}
    with transaction.atomic():
        applied = records.apply(
            target, [row(json.dumps(fewer | {"New__c": 1}))], keep_history=True
        )
    assert (applied.updated, applied.changed_fields) == ([KEY], {})
    assert not FieldChange.objects.exists()
