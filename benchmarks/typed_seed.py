"""Records to be read as models, and the same rows in a table that was made by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

SOBJECT = "Account"
FIELDS = (
    ("Id", "id"),
    ("Name", "string"),
    ("Industry", "picklist"),
    ("Region__c", "string"),
    ("AnnualRevenue", "currency"),
    ("NumberOfEmployees", "int"),
    ("Active__c", "boolean"),
    ("Founded__c", "date"),
    ("CreatedDate", "datetime"),
    ("OwnerId", "reference"),
    ("Description", "textarea"),
)
"""Ten fields, and the id."""
INDEXED = "Region__c"
SUMMED = "CreatedDate"
"""By its months; an index as well, by which PostgreSQL learns how many there are."""
FOUND = 50
"""Records of one region."""
HOST_ROWS = 10_000
COPIED = (
    "row_id, org_id, record_id, state, system_modstamp, name, industry, region__c, "
    "annualrevenue, numberofemployees, active__c, founded__c, createddate, ownerid, "
    "description"
)
FILL_ACCOUNTS = f"INSERT INTO bench_account SELECT {COPIED} FROM salesforce_account"
FILL_DEALS = f"""
    INSERT INTO bench_deal (title, account_org_id, account_record_id)
    SELECT 'Deal ' || row_id, org_id, record_id
    FROM bench_account ORDER BY md5(record_id) LIMIT {HOST_ROWS}
"""


def seed(options: dict[str, Any]) -> dict[str, Any]:
    """Cache so many Accounts, make the view and its index; copy it all to columns."""
    from django.db import connection

    from sfconnector import typed
    from sfconnector.models import SObject
    from sfconnector.records import indexing

    records = int(options["records"])
    org = _describe()
    with connection.cursor() as cursor:
        cursor.execute(_insert(org.pk, records))
        typed.make([SOBJECT])
        indexing.settle(SObject.objects.get(name=SOBJECT).pk)
        made = host_models(org)
        with connection.schema_editor() as editor:
            editor.create_model(made.HandMade)
            editor.create_model(made.Deal)
        cursor.execute(FILL_ACCOUNTS)
        cursor.execute(FILL_DEALS)
        cursor.execute("VACUUM ANALYZE")
    return {}


def host_models(org: Any) -> SimpleNamespace:
    """Return the generated model, the table by hand, and rows that lead to both."""
    from django.db import models
    from django.test.utils import modify_settings

    from sfconnector import typed
    from sfconnector.links import RecordLink

    modify_settings(INSTALLED_APPS={"append": "benchmarks"}).enable()
    names: dict[str, Any] = {"__name__": "benchmarks.crm"}
    exec(compile(typed.generate(org, [SOBJECT]).text, "crm.py", "exec"), names)

    class HandMade(models.Model):  # noqa: DJ008 - nobody prints it
        row_id = models.BigIntegerField(primary_key=True)
        org_id = models.BigIntegerField()
        record_id = models.CharField(max_length=18, db_collation="C")
        state = models.SmallIntegerField()
        # By which everybody's own table knows what to fetch next; the alias of the
        # org is the one column of the view that such a table would not keep.
        system_modstamp = models.DateTimeField(null=True)
        name = models.TextField(null=True)
        industry = models.TextField(null=True)
        region_c = models.TextField(null=True, db_index=True, db_column="region__c")
        annual_revenue = models.DecimalField(
            max_digits=38, decimal_places=2, null=True, db_column="annualrevenue"
        )
        number_of_employees = models.BigIntegerField(
            null=True, db_column="numberofemployees"
        )
        active_c = models.BooleanField(null=True, db_column="active__c")
        founded_c = models.DateField(null=True, db_column="founded__c")
        created_date = models.DateTimeField(
            null=True, db_index=True, db_column="createddate"
        )
        owner_id = models.CharField(max_length=18, null=True, db_column="ownerid")
        description = models.TextField(null=True)

        class Meta:
            app_label = "benchmarks"
            db_table = "bench_account"
            unique_together = [("org_id", "record_id")]

    class Deal(models.Model):  # noqa: DJ008 - likewise
        title = models.TextField()
        account = RecordLink(sobject=SOBJECT, model="Account", null=True)
        hand_made = models.ForeignObject(
            HandMade,
            null=True,
            on_delete=models.DO_NOTHING,
            from_fields=["account_org", "account"],
            to_fields=["org_id", "record_id"],
        )

        class Meta:
            app_label = "benchmarks"
            db_table = "bench_deal"

    return SimpleNamespace(Account=names["Account"], HandMade=HandMade, Deal=Deal)


def _describe() -> Any:
    from django.utils import timezone

    from sfconnector.models import ConnectedApp, Org, SField, SObject

    app = ConnectedApp.objects.create(name="Bench", consumer_key="k")
    org = Org.objects.create(alias="acme", app=app, is_sandbox=True)
    account = SObject.objects.create(
        org=org,
        name=SOBJECT,
        wanted_indexes=[INDEXED, SUMMED],
        described_at=timezone.now(),
    )
    SField.objects.bulk_create(
        SField(
            sobject=account,
            name=name,
            type=kind,
            position=position,
            describe={"scale": 2} if kind == "currency" else {},
        )
        for position, (name, kind) in enumerate(FIELDS)
    )
    return org


def _insert(org_id: int, records: int) -> str:
    """Return the statement that makes the records up; every text in it is our own."""
    key = "'001' || lpad(n::text, 12, '0') || 'AAA'"
    day = "to_char(date '2016-01-01' + (n * 7919 % 3650)::int, 'YYYY-MM-DD')"
    values = {
        "Id": key,
        "Name": "'Summit ' || n",
        "Industry": "(ARRAY['Energy', 'Retail', 'Media', 'Food'])[n % 4 + 1]",
        INDEXED: f"'Region ' || n * 7919 % {max(records // FOUND, 1)}",
        "AnnualRevenue": "n * 7919 % 1000003",
        "NumberOfEmployees": "n % 977",
        "Active__c": "n % 2 = 0",
        "Founded__c": day,
        "CreatedDate": f"{day} || 'T10:11:12.000+0000'",
        "OwnerId": "'0055g00000ABCDEAAA'",
        "Description": "n || repeat(' lorem ipsum dolor sit amet', 20)",
    }
    pairs = ", ".join(f"'{name}', {value}" for name, value in values.items())
    return (
        "INSERT INTO sfconnector_record (org_id, sobject, record_id, state, "
        f"system_modstamp, content_hash, data) SELECT {org_id}, '{SOBJECT}', {key}, 0, "
        f"'2026-03-04 10:11:12+00:00'::timestamptz, n, jsonb_build_object({pairs}) "
        f"FROM generate_series(0::bigint, {records - 1}) AS made(n)"
    )
