"""A million cached records within a minute: the database itself makes them up."""

from __future__ import annotations

from typing import Any

SOBJECT = "Account"
FIELDS = (
    ("Id", "id"),
    ("Name", "string"),
    ("Industry", "picklist"),
    ("Phone", "phone"),
    ("AnnualRevenue", "currency"),
    ("CreatedDate", "datetime"),
    ("OwnerId", "reference"),
    ("Active__c", "boolean"),
    ("Description", "textarea"),
)
INDEXED = ["Name", "Industry", "AnnualRevenue"]
INDUSTRIES = ("Energy", "Retail", "Media", "Banking", "Education", "Food", "Gas", "IT")
WORDS = ("Harbour", "Meadow", "Summit", "Lantern", "Orchard")
RARE = "Quetzalcoatl Holdings"
OTHER_SHARE = 5
"""A second org holds a fifth of what the first holds."""


def record_id(number: int) -> str:
    """Return the id of a record by its place."""
    return f"001{number:012d}AAA"


def seed(options: dict[str, Any]) -> dict[str, Any]:
    """Cache so many Accounts of one org and a fifth of another's; index three fields.

    The indexes are built by what the worker calls, the statistics by what a database
    does by itself after a load.
    """
    from django.db import connection

    from sfconnector.records import indexing

    records = int(options["records"])
    for alias, count in (("acme", records), ("globex", records // OTHER_SHARE)):
        account = _describe(alias, count)
        with connection.cursor() as cursor:
            cursor.execute(_insert(connection.vendor, account.org_id, count))
        indexing.settle(account.pk)
    with connection.cursor() as cursor:
        is_postgresql = connection.vendor == "postgresql"
        cursor.execute("VACUUM ANALYZE" if is_postgresql else "ANALYZE")
    return {}


def _describe(alias: str, count: int) -> Any:
    from sfconnector.models import ConnectedApp, Org, SField, SObject

    app = ConnectedApp.objects.create(name=alias, consumer_key="k")
    account = SObject.objects.create(
        org=Org.objects.create(alias=alias, app=app, is_sandbox=True),
        name=SOBJECT,
        wanted_indexes=INDEXED,
        live_count=count,
        total_count=count,
    )
    values = [{"value": name, "label": name} for name in INDUSTRIES]
    SField.objects.bulk_create(
        SField(
            sobject=account,
            name=name,
            type=kind,
            position=position,
            name_field=name == "Name",
            describe={"picklistValues": values} if kind == "picklist" else {},
        )
        for position, (name, kind) in enumerate(FIELDS)
    )
    return account


def _insert(vendor: str, org_id: int, count: int) -> str:
    """Return the statement that makes the records up; every text in it is our own."""
    if vendor == "postgresql":
        numbers = f"generate_series(0::bigint, {count - 1}) AS made(n)"
        padded, make = "lpad(n::text, 12, '0')", "jsonb_build_object"
        is_even = "n % 2 = 0"
    else:
        numbers = (
            "(WITH RECURSIVE made(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM made "
            f"WHERE n < {count - 1}) SELECT n FROM made)"
        )
        padded, make = "printf('%012d', n)", "json_object"
        is_even = "json(iif(n % 2 = 0, 'true', 'false'))"
    key = f"'001' || {padded} || 'AAA'"
    values = _values(key, is_even, count)
    pairs = ", ".join(f"'{name}', {value}" for name, value in values.items())
    return (
        "INSERT INTO sfconnector_record (org_id, sobject, record_id, state, "
        "system_modstamp, content_hash, data) "
        f"SELECT {org_id}, '{SOBJECT}', {key}, 0, "
        f"{_moment(vendor)}, n, {make}({pairs}) FROM {numbers}"
    )


def _moment(vendor: str) -> str:
    cast = "::timestamptz" if vendor == "postgresql" else ""
    return f"'2026-03-04 10:11:12+00:00'{cast}"


def _values(key: str, is_even: str, count: int) -> dict[str, str]:
    """Return an SQL expression for each field of record number ``n``."""
    name = f"{_chosen('n', WORDS)} || ' ' || n"
    return {
        "Id": key,
        "Name": f"CASE WHEN n = {count - 1} THEN '{RARE}' ELSE {name} END",
        "Industry": _chosen("n * 7919", INDUSTRIES),
        "Phone": "'+49 30 123456'",
        "AnnualRevenue": "n * 7919 % 1000003",
        "CreatedDate": "'2026-03-04T10:11:12.000+0000'",
        "OwnerId": "'0055g00000ABCDEAAA'",
        "Active__c": is_even,
        "Description": "n || '" + " lorem ipsum dolor sit amet" * 20 + "'",
    }


def _chosen(number: str, words: tuple[str, ...]) -> str:
    cases = " ".join(f"WHEN {at} THEN '{word}'" for at, word in enumerate(words))
    return f"(CASE {number} % {len(words)} {cases} END)"
