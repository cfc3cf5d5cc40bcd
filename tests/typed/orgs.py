"""Orgs whose objects are described by a test, and records of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

from sfconnector.models import ConnectedApp, Org, Record, SField, SObject, SyncPlan
from sfconnector.typed import make

ACCOUNT: dict[str, str] = {
    "Id": "id",
    "Name": "string",
    "Industry": "picklist",
    "AnnualRevenue": "currency",
    "NumberOfEmployees": "int",
    "Active__c": "boolean",
    "Founded__c": "date",
    "CreatedDate": "datetime",
    "Opens__c": "time",
    "BillingAddress": "address",
    "OwnerId": "reference",
    "ParentId": "reference",
    "SystemModstamp": "datetime",
}


def an_org(alias: str = "acme") -> Org:
    app, _ = ConnectedApp.objects.get_or_create(name="App", consumer_key="3MVG9")
    return Org.objects.create(alias=alias, app=app)


def describe(
    org: Org, fields: Mapping[str, str], *, sobject: str = "Account", **details: Any
) -> SObject:
    """Describe an object of an org; ``details`` are values of its fields, by name."""
    row = SObject.objects.create(
        org=org, name=sobject, label=sobject, described_at=timezone.now()
    )
    SField.objects.bulk_create(
        SField(
            sobject=row,
            name=name,
            type=type_,
            position=position,
            **{"label": name, **details.get(name, {})},
        )
        for position, (name, type_) in enumerate(fields.items())
    )
    SyncPlan.objects.create(org=org, kind="object", sobject=sobject)
    return row


def cache(
    org: Org, *values: dict[str, Any], sobject: str = "Account", prefix: str = "001"
) -> None:
    """Cache a record for each dictionary of values; their ids go up."""
    Record.objects.bulk_create(
        Record(
            org=org,
            sobject=sobject,
            record_id=f"{prefix}{number:015d}",
            content_hash=number,
            data=data,
        )
        for number, data in enumerate(values)
    )


def rows_of(
    view: str, *columns: str, order: str = "record_id"
) -> list[tuple[Any, ...]]:
    """Ask a view as ``psql`` would."""
    quoted = ", ".join(connection.ops.quote_name(one) for one in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {quoted} FROM {view} ORDER BY {order}")
        return list(cursor.fetchall())


__all__ = ["ACCOUNT", "an_org", "cache", "describe", "make", "rows_of"]
