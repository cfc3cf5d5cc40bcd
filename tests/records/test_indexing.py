"""Indexes on fields: built, used by the very queries of the pages, dropped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from sfconnector.exceptions import InvalidRequest
from sfconnector.models import Record, SField, SObject
from sfconnector.models.records import RecordQuerySet
from sfconnector.records import indexing
from sfconnector.records.indexing import FieldValue
from tests.connections import bare_org, cache_accounts

needs_indexes = pytest.mark.skipif(
    not indexing.is_offered(), reason="indexes on fields are not offered here"
)


@pytest.fixture
def account(transactional_db: None) -> Iterator[SObject]:
    org = bare_org()
    sobject = SObject.objects.create(
        org=org, name="Account", wanted_indexes=["Name__c"]
    )
    SField.objects.create(sobject=sobject, name="Name__c", type="string")
    rows = (
        {"Name__c": f"Row {number % 97}", "Open__c": number % 2 == 0}
        for number in range(3000)
    )
    cache_accounts(org, *rows)
    if indexing.is_offered():
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    yield sobject
    if indexing.is_offered():
        indexing.forget(org)


def ordered(sobject: SObject) -> RecordQuerySet:
    rows = indexing.among(Record.objects.of(sobject.org, sobject.name), sobject)
    return rows.order_by(FieldValue("Name__c").asc(), "record_id")


def plan_of(rows: RecordQuerySet) -> str:
    return rows[:10].explain()


@needs_indexes
def test_an_order_uses_the_index_once_it_is_built(account: SObject) -> None:
    name = indexing.index_name(account, "Name__c", indexing.SORT)
    assert name not in plan_of(ordered(account))
    assert "Name__c" in indexing.settle(account.pk)
    assert name in plan_of(ordered(account))


@needs_indexes
def test_a_filter_uses_the_index(account: SObject) -> None:
    indexing.settle(account.pk)
    rows = indexing.among(Record.objects.of(account.org, "Account"), account)
    rows = rows.alias(value=FieldValue("Name__c"))
    name = indexing.index_name(account, "Name__c", indexing.SORT)
    assert name in plan_of(rows.filter(value="Row 5").order_by("record_id"))


@needs_indexes
def test_a_list_without_an_order_keeps_to_the_unique_key(account: SObject) -> None:
    indexing.settle(account.pk)
    rows = Record.objects.of(account.org, "Account")
    plan = plan_of(rows.order_by("org_id", "sobject", "record_id"))
    assert "sfc_sort" not in plan


@needs_indexes
def test_an_index_that_nobody_wants_is_dropped(account: SObject) -> None:
    indexing.settle(account.pk)
    SObject.objects.filter(pk=account.pk).update(wanted_indexes=[])
    assert indexing.waiting() == [account.pk]
    assert indexing.settle(account.pk) == []
    assert indexing.waiting() == []
    name = indexing.index_name(account, "Name__c", indexing.SORT)
    assert name not in plan_of(ordered(account))


@needs_indexes
def test_building_twice_is_building_once(account: SObject) -> None:
    assert indexing.settle(account.pk) == indexing.settle(account.pk)
    account.refresh_from_db()
    assert indexing.sorts(account, "Name__c")
    assert indexing.wants(account) == []


@pytest.mark.parametrize(
    ("field", "value", "count"),
    [("Open__c", True, 1500), ("Open__c", False, 1500), ("Name__c", "Row 0", 31)],
)
def test_values_compare_as_django_compares_them(
    account: SObject, field: str, value: object, count: int
) -> None:
    rows = Record.objects.of(account.org, "Account").alias(value=FieldValue(field))
    assert rows.filter(value=value).count() == count


@pytest.mark.parametrize("name", ["a'b", "", "x; DROP TABLE y", 'a"b', "a.b"])
def test_only_an_api_name_becomes_part_of_a_statement(name: str) -> None:
    with pytest.raises(InvalidRequest):
        FieldValue(name)
