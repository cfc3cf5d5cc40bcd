"""Typed views: every value in its column, or NULL; never an error."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.dateparse import parse_date, parse_datetime, parse_time

from sfconnector import catalog, typed
from sfconnector.exceptions import ConfigurationError
from sfconnector.models import ObjectView, Org, SchemaChange, SField, SObject, SyncPlan
from sfconnector.sync import drift
from sfconnector.typed_checks import check_views
from tests.typed.orgs import ACCOUNT, an_org, cache, describe, rows_of

pytestmark = pytest.mark.django_db(transaction=True)

WHOLE: dict[str, Any] = {
    "Name": "Käse ✓ \"x\" 'y'",
    "Industry": "Energy",
    "AnnualRevenue": 1234567.89,
    "NumberOfEmployees": 12,
    "Active__c": True,
    "Founded__c": "2024-02-29",
    "CreatedDate": "2026-05-01T07:25:37.123+0000",
    "Opens__c": "10:00:00.000Z",
    "BillingAddress": {"city": "Ulm"},
    "OwnerId": "005000000000000001",
}
SPOILT: dict[str, list[Any]] = {
    "AnnualRevenue": ["12", "many", True, {"a": 1}, [1], ""],
    "NumberOfEmployees": ["12", 1.5, True, "x", 2**80],
    "Active__c": ["true", 1, 0, "no"],
    "Founded__c": ["2026-02-30", "2023-02-29", "2026-13-01", "0000-01-01", "now", 20260101,
                   "2026-05-01T07:25:37.000+0000", "2026-1-1", "20-6-05-01", "2026-00-01", "2026-01-00",
                   "２０２６-05-01", "2026-01-0:", ""],
    "CreatedDate": ["2026-02-30T07:25:37.000+0000", "2026-05-01T24:00:00.000+0000",
                    "2026-05-01T07:25:37.000+0200", "2026-05-01", "infinity", 5, "",
                    "2026-05-01T07:60:37.000+0000", "2026-05-01T07:25:60.000+0000", "2026-05-01T-7:25:37.000+0000",
                    "0000-05-01T07:25:37.000+0000", "2026-13-01T07:25:37.000+0000", "2026-05-01T07:25:37.000-0000"],
    "Opens__c": ["24:00:00.000Z", "10:00", "x", 10],
    "BillingAddress": ["Ulm", 5, True],
}  # fmt: skip


@pytest.fixture
def org() -> Org:
    return an_org()


def read(column: str) -> list[Any]:
    return [row[0] for row in rows_of("salesforce_account", column)]


def as_python(value: Any, kind: type) -> Any:
    """Return what a driver gives as the Python type that Django makes of it."""
    readers = {date: parse_date, datetime: parse_datetime, time: parse_time}
    if kind is dict:
        return value if isinstance(value, dict) else json.loads(value)
    if kind is Decimal:
        return Decimal(str(value))
    if kind is bool:
        return bool(value)
    if kind is time and hasattr(value, "total_seconds"):
        return (datetime.min.replace(tzinfo=UTC) + value).time()
    if isinstance(value, str) and kind in readers:
        value = readers[kind](value)
    return value.replace(tzinfo=UTC) if kind is datetime else value


def test_a_value_has_the_type_of_its_field(org: Org) -> None:
    describe(org, ACCOUNT)
    cache(org, WHOLE)
    [view] = typed.make()
    assert view.name == "salesforce_account"
    expected: dict[str, Any] = {
        "name": WHOLE["Name"],
        "annualrevenue": Decimal("1234567.89"),
        "numberofemployees": 12,
        "active__c": True,
        "founded__c": date(2024, 2, 29),
        "createddate": datetime(2026, 5, 1, 7, 25, 37, 123000, tzinfo=UTC),
        "opens__c": time(10),
        "billingaddress": {"city": "Ulm"},
        "ownerid": "005000000000000001",
        "org_alias": "acme",
        "org_id": org.pk,
        "state": 0,
        "record_id": "001000000000000000",
        "system_modstamp": None,
        "parentid": None,
    }
    for column, value in expected.items():
        [found] = read(column)
        found = found if value is None else as_python(found, type(value))
        assert found == value, column


def test_objects_that_differ_in_case_have_views_of_their_own(org: Org) -> None:
    fields = {"Name": "string"}
    describe(org, fields, sobject="Foo__c")
    cache(org, {"Name": "a"}, sobject="Foo__c", prefix="a01")
    assert [one.name for one in typed.make()] == ["salesforce_foo__c"]
    other = an_org("other")
    describe(other, fields, sobject="FOO__c")
    cache(other, {"Name": "b"}, sobject="FOO__c", prefix="a01")
    names = {one.sobject: one.name for one in typed.make()}
    assert names["Foo__c"] == "salesforce_foo__c"  # as models of a host know it
    if connection.vendor == "mysql":
        # Its collation knows no case: they are one object with one view.
        assert sorted(rows_of(names["Foo__c"], "name")) == [("a",), ("b",)]
        return
    assert names["FOO__c"].startswith("salesforce_foo__c_")
    assert rows_of(names["Foo__c"], "name") == [("a",)]
    assert rows_of(names["FOO__c"], "name") == [("b",)]


@pytest.mark.parametrize("field", SPOILT)
def test_what_does_not_fit_is_null_and_counted(org: Org, field: str) -> None:
    describe(org, ACCOUNT)
    values = SPOILT[field]
    cache(
        org,
        WHOLE,
        {**WHOLE, field: None},
        {},
        *({**WHOLE, field: one} for one in values),
    )
    typed.make()
    found = read(field.lower())
    assert found[0] is not None
    assert found[1:] == [None] * (len(values) + 2)
    assert typed.unfit("Account") == {field: len(values)}
    [warning] = check_views(databases=["default"])
    assert warning.id == "sfconnector.W503"
    assert f"{field} ({len(values)})" in warning.msg


def test_the_end_of_every_month_is_a_day_or_null(org: Org) -> None:
    years, months, days = (1899, 1900, 2000, 2023, 2024, 2100), range(14), range(27, 33)
    texts = [f"{y}-{m:02}-{d:02}" for y in years for m in months for d in days]
    describe(org, ACCOUNT)
    cache(
        org,
        *(
            {"Founded__c": one, "CreatedDate": f"{one}T23:59:59.000+0000"}
            for one in texts
        ),
    )
    typed.make()
    rows = rows_of("salesforce_account", "founded__c", "createddate")
    for text, (day, moment) in zip(texts, rows, strict=True):
        wanted = day_or_none(text)
        assert (day and as_python(day, date)) == wanted, text
        found = moment and as_python(moment, datetime)
        assert found == (wanted and datetime.combine(wanted, time(23, 59, 59), UTC))


def day_or_none(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@pytest.mark.parametrize(
    "zone", [".999+0000", ".000Z", "Z", "+00:00", ".001+00:00", ".000+0100", ".00+0000"]
)
def test_a_moment_is_read_in_every_form_of_utc(org: Org, zone: str) -> None:
    describe(org, ACCOUNT)
    text = f"2024-02-29T23:59:59{zone}"
    cache(org, {"CreatedDate": text})
    typed.make()
    [found] = read("createddate")
    is_utc = zone not in (".000+0100", ".00+0000")
    wanted = datetime.fromisoformat(text) if is_utc else None
    assert (found and as_python(found, datetime)) == wanted


def test_other_objects_have_views_of_their_own(org: Org) -> None:
    describe(org, ACCOUNT)
    describe(org, {"LastName": "string", "AccountId": "reference"}, sobject="Contact")
    cache(org, WHOLE)
    cache(org, {"LastName": "Day"}, sobject="Contact", prefix="003")
    typed.make()
    assert rows_of("salesforce_contact", "lastname") == [("Day",)]
    assert len(read("name")) == 1


def test_what_orgs_type_differently_is_text_and_said(org: Org) -> None:
    other = an_org("other")
    describe(org, {"Tier__c": "picklist", "Size__c": "int"})
    describe(other, {"Tier__c": "double", "Size__c": "double"})
    cache(org, {"Tier__c": "Gold", "Size__c": 5})
    cache(other, {"Tier__c": 7, "Size__c": 5.5})
    typed.make()
    assert sorted(read("tier__c")) == ["7", "Gold"]
    assert sorted(float(one) for one in read("size__c")) == [5, 5.5]
    assert [one.id for one in check_views(databases=["default"])] == [
        "sfconnector.W502"
    ]


def test_a_mask_empties_the_column_for_its_org_alone_and_goes_again(org: Org) -> None:
    other = an_org("other")
    row = describe(org, ACCOUNT)
    describe(other, ACCOUNT)
    cache(org, WHOLE)
    cache(other, WHOLE)
    typed.make()
    catalog.mask(row, ["Name"])
    found = dict(rows_of("salesforce_account", "org_id", "name"))
    assert found == {org.pk: None, other.pk: WHOLE["Name"]}
    catalog.mask(row, [])
    assert read("name") == [WHOLE["Name"]] * 2


def test_a_masked_part_hides_its_compound(org: Org) -> None:
    fields = {"BillingCity": "string", "BillingAddress": "address"}
    part = {"compound_field_name": "BillingAddress"}
    row = describe(org, fields, BillingCity=part)
    cache(org, {"BillingCity": "Ulm", "BillingAddress": {"city": "Ulm"}})
    typed.make()
    catalog.mask(row, ["BillingCity"])
    assert rows_of("salesforce_account", "billingcity", "billingaddress") == [
        (None, None)
    ]


@pytest.mark.parametrize("policy", ["add", "ignore"])
def test_a_new_field_gets_a_column_where_the_policy_says_add(
    org: Org, policy: str
) -> None:
    row = describe(org, {"Name": "string"})
    SyncPlan.objects.update(drift_policy=policy)
    cache(org, {"Name": "A", "New__c": 5})
    typed.make()
    SField.objects.create(sobject=row, name="New__c", type="int")
    change = SchemaChange.objects.create(sobject=row, field="New__c", kind="added")
    drift.note_drift(org, sobject="Account", changes=[change])
    if policy == "add":
        assert read("new__c") == [5]
        assert check_views(databases=["default"]) == []
    else:
        [warning] = check_views(databases=["default"])
        assert warning.id == "sfconnector.W501"
        assert "New__c" in warning.msg


def test_a_view_that_nobody_made_is_made_by_no_mask_and_no_drift(org: Org) -> None:
    catalog.mask(describe(org, ACCOUNT), ["Name"])
    assert not ObjectView.objects.exists()


def test_the_command_says_what_was_made_and_left_out(org: Org, capsys: Any) -> None:
    describe(org, {"Name": "string", "Body": "base64", "Odd Name": "string"})
    call_command("sf_views", "--count")
    said = capsys.readouterr().out
    assert "salesforce_account" in said
    assert "Account.Body: left out, never fetched" in said
    assert "Account.Odd Name: left out" in said
    SyncPlan.objects.all().delete()
    call_command("sf_views", "--json")
    assert json.loads(capsys.readouterr().out) == []
    assert "salesforce_account" not in tables()
    call_command("sf_views", "Account")
    call_command("sf_views", "--drop")
    assert "salesforce_account" not in tables()


def tables() -> list[str]:
    return connection.introspection.table_names(include_views=True)


def test_eight_hundred_fields_and_odd_names(org: Org) -> None:
    odd = [
        "class",
        "Id__c",
        "pk",
        "1st__c",
        "State",
        "Foo__c",
        "foo__c",
        "ns__Foo__c",
        "objects",
    ]
    if connection.vendor == "mysql":  # its catalog takes them for one name
        odd.remove("foo__c")
    long = "L" + "o" * 110 + "ng__c"
    fields = {f"Field_{n}__c": "double" for n in range(800)}
    describe(org, {**dict.fromkeys([*odd, long], "string"), **fields})
    cache(org, {name: name for name in [*odd, long]} | {"Field_799__c": 7})
    [view] = typed.make()
    columns = {name: column for name, (_kind, column) in view.columns.items()}
    assert len(set(columns.values())) == len(columns) == 800 + len(odd) + 1
    assert columns["State"] == "state_field"
    for name in [*odd, long]:
        assert read(columns[name]) == [name]
    assert [float(one) for one in read("field_799__c")] == [7]


def test_a_lost_object_keeps_a_view_without_rows_of_its_org(org: Org) -> None:
    row = describe(org, ACCOUNT)
    cache(org, WHOLE)
    typed.make()
    SObject.objects.filter(pk=row.pk).update(is_present=False)
    typed.make()
    assert read("name") == [WHOLE["Name"]]


def test_a_table_of_that_name_is_never_replaced(org: Org) -> None:
    describe(org, ACCOUNT)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE salesforce_account (a int)")
    try:
        with pytest.raises(ConfigurationError):
            typed.make()
        assert not ObjectView.objects.exists()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE salesforce_account")


def test_migrations_find_no_view_in_their_way_and_put_it_back(org: Org) -> None:
    describe(org, ACCOUNT)
    cache(org, WHOLE)
    typed.make()
    config = apps.get_app_config("sfconnector")
    graph = MigrationLoader(connection).graph
    plan = [(graph.nodes[graph.leaf_nodes("sfconnector")[0]], False)]
    told = {"app_config": config, "using": "default", "plan": plan, "verbosity": 0}
    pre_migrate.send(sender=config, **told)
    assert "salesforce_account" not in tables()
    post_migrate.send(sender=config, interactive=False, **told)
    assert read("name") == [WHOLE["Name"]]


@pytest.fixture(autouse=True)
def _no_view_left(transactional_db: None) -> Any:
    yield
    typed.drop()
