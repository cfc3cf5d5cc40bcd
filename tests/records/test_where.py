"""Cached records are found by their fields' values, the same ones on every database."""

from __future__ import annotations

from typing import Any

import pytest

from sfconnector.exceptions import InvalidRequest
from sfconnector.models import ConnectedApp, Org, Record

ROWS: dict[str, dict[str, Any]] = {
    "big": {"Name": "Big", "Industry": "Energy", "Revenue": 90_000, "Tier__c": "Gold"},
    "small": {"Name": "Small", "Industry": "Energy", "Revenue": 10.5, "Tier__c": None},
    "empty": {
        "Name": "Nought",
        "Industry": "Energy",
        "Revenue": None,
        "Tier__c": "Tin",
    },
    "other": {"Name": None, "Industry": None, "Revenue": 70_000, "Active": True},
    "bare": {"Name": "Bare", "Active": False},
}


@pytest.fixture
def org(db: None) -> Org:
    app = ConnectedApp.objects.create(name="The app", consumer_key="3MVGkey")
    org = Org.objects.create(alias="acme", app=app)
    Record.objects.bulk_create(
        Record(
            org=org, sobject="Account", record_id=name, data=data, content_hash=number
        )
        for number, (name, data) in enumerate(ROWS.items())
    )
    return org


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"Industry": "Energy", "Revenue__gt": 50_000}, "big"),
        ({"Revenue__lt": 50_000}, "small"),
        ({"Revenue__gte": 10.5, "Revenue__lte": 70_000}, "other small"),
        ({"Name__icontains": "UL"}, ""),
        ({"Name__icontains": "OUGHT"}, "empty"),
        ({"Name__exact": "Nought"}, "empty"),
        ({"Name__startswith": "B"}, "bare big"),
        ({"Industry__in": ["Energy", "Banking"]}, "big empty small"),
        ({"Tier__c": "Gold"}, "big"),
        ({"Tier__c__gt": "H"}, "empty"),
        ({"Industry": None}, "bare other"),
        ({"Revenue__isnull": True}, "bare empty"),
        ({"Revenue__isnull": False}, "big other small"),
        ({"Active": True}, "other"),
        ({"Active": False}, "bare"),
    ],
    ids=str,
)
def test_what_is_empty_meets_no_comparison(
    org: Org, conditions: dict[str, Any], expected: str
) -> None:
    found = Record.objects.of(org, "Account").where(**conditions)
    names = sorted(found.values_list("record_id", flat=True))
    assert names == expected.split()
    assert found.count() == len(names)


def test_conditions_follow_each_other(org: Org) -> None:
    energy = Record.objects.of(org, "Account").where(Industry="Energy").live()
    assert energy.where(Revenue__gt=1).where(Name="Small").get().record_id == "small"


def test_what_is_no_field_is_refused(org: Org) -> None:
    for wrong in ("Owner.Name", "a'b", "Name__contains", "Tier__c__year", "Name__", ""):
        with pytest.raises(InvalidRequest):
            Record.objects.of(org, "Account").where(**{wrong: 1})
