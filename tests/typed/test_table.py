"""Look-ups by API names, typed, without generated models."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum

from sfconnector import catalog, records
from sfconnector.exceptions import InvalidRequest
from sfconnector.models import Org, Record
from sfconnector.secret import MASK
from tests.typed.orgs import ACCOUNT, an_org, cache, describe
from tests.typed.test_generated_models import FIRST, SECOND

pytestmark = pytest.mark.django_db


@pytest.fixture
def org(db: None) -> Org:
    org = an_org()
    describe(org, {**ACCOUNT, "Tier__c": "string"})
    cache(
        org,
        {**FIRST, "Tier__c": "Gold"},
        SECOND,
        {"Name": "Nought", "AnnualRevenue": "many"},
    )
    return org


def names(table: records.Table) -> list[str]:
    return [row["Name"] for row in table.order_by("Name").values("Name")]


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({"Industry": "Energy", "AnnualRevenue__gt": 50_000}, "Volt"),
        ({"annualrevenue__lte": Decimal(10)}, "Watt"),
        ({"AnnualRevenue": None}, "Nought"),
        ({"AnnualRevenue__isnull": False}, "Volt Watt"),
        ({"AnnualRevenue__in": [10]}, "Watt"),
        ({"Active__c": True}, "Volt"),
        ({"Active__c": False}, "Watt"),
        ({"Tier__c": "Gold"}, "Volt"),
        ({"Tier__c__startswith": "G"}, "Volt"),
        ({"Founded__c__gte": date(2020, 1, 31)}, "Volt"),
        ({"CreatedDate__year": 2026, "CreatedDate__month__gt": 5}, "Watt"),
        ({"CreatedDate__gt": datetime(2026, 5, 2, tzinfo=UTC)}, "Watt"),
        ({"BillingAddress__city": "Ulm"}, "Volt"),
        ({"NumberOfEmployees": 3}, "Volt"),
        ({"Id": "001000000000000001"}, "Watt"),
        ({"Name__icontains": "AT"}, "Watt"),
    ],
    ids=str,
)
def test_a_filter_finds(org: Org, conditions: dict[str, Any], found: str) -> None:
    assert names(records.table(org, "ACCOUNT").filter(**conditions)) == found.split()


@pytest.mark.parametrize(
    ("conditions", "kept"),
    [
        ({"Industry": "Energy"}, "Nought"),
        ({"AnnualRevenue__gt": 50_000}, "Nought Watt"),
        ({"AnnualRevenue": None}, "Volt Watt"),
        ({"AnnualRevenue__isnull": False}, "Nought"),
        ({"Industry": "Energy", "Name": "Volt"}, "Nought Watt"),
    ],
    ids=str,
)
def test_what_is_left_out(org: Org, conditions: dict[str, Any], kept: str) -> None:
    assert names(records.table(org, "Account").exclude(**conditions)) == kept.split()


def test_values_orders_and_sums(org: Org) -> None:
    table = records.table(org, "Account").live()
    assert [
        dict(one)
        for one in table.order_by("-AnnualRevenue").values("Id", "AnnualRevenue")
    ] == [
        {"Id": "001000000000000000", "AnnualRevenue": Decimal("90000.25")},
        {"Id": "001000000000000001", "AnnualRevenue": Decimal(10)},
        {"Id": "001000000000000002", "AnnualRevenue": None},
    ]
    told = table.rows.aggregate(total=Sum(table.column("AnnualRevenue")))
    assert told["total"] == Decimal("90010.25")
    assert table.count() == len(list(table)) == 3


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Industri", "Industry"),
        ("Tier_c", "Tier__c"),
        ("anualrevenue", "AnnualRevenue"),
    ],
)
def test_an_unknown_field_has_near_names(org: Org, name: str, near: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        records.table(org, "Account").filter(**{name: 1})
    assert name in str(raised.value)
    assert near in str(raised.value.remedy)


def test_an_unknown_object_has_near_names(org: Org) -> None:
    with pytest.raises(InvalidRequest) as raised:
        records.table(org, "Acount")
    assert "Account" in str(raised.value.remedy)


def test_a_masked_field_is_hidden_in_each_record(org: Org) -> None:
    catalog.mask(org.sobjects.get(name="Account"), ["Tier__c"])
    found = [record.data for record in records.table(org, "Account")]
    assert [one["Tier__c"] for one in found if "Tier__c" in one] == [MASK]
    assert Record.objects.filter(data__has_key="Tier__c").count() == 1


def test_a_masked_field_is_refused(org: Org) -> None:
    catalog.mask(org.sobjects.get(name="Account"), ["Tier__c"])
    for ask in (
        lambda table: table.filter(Tier__c="Gold"),
        lambda table: table.exclude(tier__c="Gold"),
        lambda table: table.order_by("Tier__c"),
        lambda table: list(table.values("Tier__c")),
    ):
        with pytest.raises(InvalidRequest, match="masked"):
            ask(records.table(org, "Account"))
