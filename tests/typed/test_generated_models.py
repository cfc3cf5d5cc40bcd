"""Generated models: Django's whole language over cached records."""

from __future__ import annotations

import ast
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import checks
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import Avg, Count, F, Max, Q, Sum
from django.db.models.functions import TruncMonth

from sfconnector import typed
from sfconnector.exceptions import ConfigurationError, InvalidRequest
from sfconnector.models import Org, Record
from sfconnector.typed_checks import check_views as checks_of_views
from tests.typed.classes import generated, in_the_site
from tests.typed.orgs import ACCOUNT, an_org, cache, describe

pytestmark = pytest.mark.django_db(transaction=True)

REFERS: dict[str, Any] = {
    "OwnerId": {"reference_to": ["User"], "relationship_name": "Owner"},
    "ParentId": {"reference_to": ["Account"], "relationship_name": "Parent"},
    "AnnualRevenue": {"describe": {"scale": 2}},
    "Industry": {
        "length": 40,
        "label": "Branch of industry",
        "describe": {
            "picklistValues": [{"value": "Energy", "label": "Energy & water"}],
            "inlineHelpText": "What they do",
        },
    },
}
OWNER = "005000000000000000"
FIRST = {
    "Name": "Volt", "Industry": "Energy", "AnnualRevenue": 90_000.25, "OwnerId": OWNER,
    "NumberOfEmployees": 3, "Active__c": True, "Founded__c": "2020-01-31",
    "CreatedDate": "2026-05-01T07:25:37.123+0000", "Opens__c": "10:30:00.000Z",
    "BillingAddress": {"city": "Ulm"},
}  # fmt: skip
SECOND = {
    "Name": "Watt", "Industry": "Energy", "AnnualRevenue": 10, "Active__c": False,
    "CreatedDate": "2026-06-01T00:00:00.000+0000", "ParentId": "001000000000000000",
}  # fmt: skip


@pytest.fixture
def org() -> Org:
    org = an_org()
    describe(org, ACCOUNT, **REFERS)
    describe(org, {"Id": "id", "Name": "string"}, sobject="User")
    cache(org, FIRST, SECOND, {"Name": "Nought"})
    cache(org, {"Name": "Ada"}, sobject="User", prefix="005")
    return org


@pytest.fixture
def models(org: Org) -> Any:
    with generated(org, "account", "USER") as made:
        yield made


def names(rows: Any) -> list[str]:
    return sorted(rows.values_list("name", flat=True))


def test_values_are_python_values(models: Any) -> None:
    row = models.Account.objects.get(name="Volt")
    assert (row.annual_revenue, type(row.annual_revenue)) == (
        Decimal("90000.25"),
        Decimal,
    )
    assert row.number_of_employees == 3
    assert row.active_c is True
    assert row.founded_c == date(2020, 1, 31)
    assert row.created_date == datetime(2026, 5, 1, 7, 25, 37, 123000, tzinfo=UTC)
    assert row.opens_c == time(10, 30)
    assert row.billing_address == {"city": "Ulm"}
    assert str(row) == "Volt"
    assert row.get_industry_display() == "Energy & water"
    field = models.Account._meta.get_field("industry")
    assert (field.verbose_name, field.help_text) == (
        "Branch of industry",
        "What they do",
    )


def test_the_sentence_of_the_readme(models: Any, org: Org) -> None:
    user = User.objects.create(username="ada")
    rows = models.Account.objects.live().for_org(org).for_user(user)
    rows = rows.filter(industry="Energy", annual_revenue__gt=50_000)
    [row] = rows.select_related("owner")
    assert row.owner.name == "Ada"
    org.visible_to.add(Group.objects.create(name="others"))
    assert not rows.exists()


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Q(annual_revenue=Decimal("90000.25")), "Volt"),
        (Q(annual_revenue__lt=50), "Watt"),
        (Q(annual_revenue__in=[10, 11]), "Watt"),
        (Q(annual_revenue__isnull=True), "Nought"),
        (Q(active_c=True), "Volt"),
        (Q(active_c=False), "Watt"),
        (Q(founded_c__year=2020), "Volt"),
        (Q(founded_c__lte=date(2020, 1, 31)), "Volt"),
        (Q(created_date__gte=datetime(2026, 5, 1, 7, 25, 37, 123000, tzinfo=UTC),
           created_date__lt=datetime(2026, 6, 1, tzinfo=UTC)), "Volt"),
        (Q(created_date=datetime(2026, 6, 1, tzinfo=UTC)), "Watt"),
        (Q(opens_c__hour=10), "Volt"),
        (Q(opens_c=time(10, 30)), "Volt"),
        (Q(name__icontains="OUGH"), "Nought"),
        (Q(name__startswith="Wa"), "Watt"),
        (Q(owner__name="Ada"), "Volt"),
        (Q(parent__name="Volt"), "Watt"),
        (Q(account_by_parent__name="Watt"), "Volt"),
        (Q(number_of_employees__gt=2.5), "Volt"),
        (Q(annual_revenue__gt=F("number_of_employees")), "Volt"),
    ],
    ids=str,
)  # fmt: skip
def test_a_filter_finds(models: Any, condition: Q, found: str) -> None:
    assert names(models.Account.objects.filter(condition)) == found.split()


def test_aggregates_and_months(models: Any) -> None:
    rows = models.Account.objects.all()
    told = rows.aggregate(
        Sum("annual_revenue"), Avg("annual_revenue"), Max("created_date")
    )
    assert told["annual_revenue__sum"] == Decimal("90010.25")
    assert told["annual_revenue__avg"] == Decimal("45005.125")
    assert told["created_date__max"] == datetime(2026, 6, 1, tzinfo=UTC)
    months = rows.exclude(created_date=None).annotate(month=TruncMonth("created_date"))
    found = months.values("month").annotate(number=Count("pk")).order_by("month")
    assert [(one["month"].month, one["number"]) for one in found] == [(5, 1), (6, 1)]


def test_a_relation_is_of_one_org(models: Any) -> None:
    other = an_org("other")
    cache(other, {"Name": "Stranger"}, sobject="User", prefix="005")
    cache(other, {"Name": "Elsewhere", "OwnerId": OWNER})
    owned = models.Account.objects.filter(owner__isnull=False)
    assert dict(owned.values_list("name", "owner__name")) == {
        "Volt": "Ada",
        "Elsewhere": "Stranger",
    }
    ada = models.User.objects.get(name="Ada")
    assert names(ada.account_by_owner.all()) == ["Volt"]
    assert names(models.Account.objects.filter(owner=ada)) == ["Volt"]


def test_joins_with_tables_of_the_host(models: Any) -> None:
    for name in ("Volt", "Ampere"):
        Group.objects.create(name=name)
    known = Group.objects.filter(name__in=models.Account.objects.values("name"))
    assert list(known.values_list("name", flat=True)) == ["Volt"]


def test_rows_come_in_pieces(models: Any) -> None:
    rows = models.Account.objects.order_by("record_id").iterator(chunk_size=2)
    assert [row.name for row in rows] == ["Volt", "Watt", "Nought"]


def test_saving_says_one_sentence(models: Any) -> None:
    row = models.Account.objects.first()
    for deed in (
        row.save,
        row.delete,
        lambda: models.Account.objects.create(name="x"),
        lambda: models.Account.objects.update(name="x"),
        lambda: models.Account.objects.all().delete(),
        lambda: models.Account.objects.bulk_create([row]),
    ):
        with pytest.raises(InvalidRequest, match="only read here"):
            deed()
    assert Record.objects.count() == 4


def test_django_finds_no_fault_with_odd_names(org: Org) -> None:
    odd = ["class", "Id__c", "pk", "1st__c", "State", "ns__Foo__c", "FooBar__c", "Foo_Bar__c",
           "objects", "None", "save", "Name__c", "import", "_under", "Org", "RecordId__c"]  # fmt: skip
    quotes = 'It\'s "quoted" \\ {braces} %s \n\u2028'
    describe(
        org,
        {
            **dict.fromkeys(odd, "picklist"),
            **{f"Field_{n}__c": "double" for n in range(800)},
        },
        sobject="Order__c",
        pk={
            "label": quotes,
            "describe": {
                "picklistValues": [{"value": quotes, "label": quotes}],
                "inlineHelpText": quotes,
            },
        },
    )
    made = typed.generate(org, ["order__c"])
    assert made.left_out == {"Order__c._under": "not an API name"}
    assert "1st__c" in made.text
    ast.parse(made.text)
    with generated(org, "Order__c") as models:
        cache(
            org,
            {"pk": quotes, "class": "c", "Field_799__c": 5},
            sobject="Order__c",
            prefix="a01",
        )
        [row] = models.OrderC.objects.filter(pk_field=quotes)
        assert (row.class_field, row.field_799_c) == ("c", 5)
        faults = [one for one in models.OrderC.check() if one.level >= checks.WARNING]
        # The org's model is in the registry of the site, and not in this test's own.
        assert {one.id for one in faults} == {"fields.E300"}


def test_names_do_not_depend_on_other_fields(org: Org) -> None:
    def text_with(*names: str) -> str:
        other = an_org(f"org{len(names)}")
        describe(other, dict.fromkeys(names, "string"))
        return typed.generate(other, ["Account"]).text

    few, many = text_with("B__c", "A"), text_with("A", "Z__c", "B__c")
    for line in ("    b_c = models.TextField(", "    a = models.TextField("):
        assert line in few.splitlines()
        assert line in many.splitlines()


def test_two_orgs_make_the_same_module_twice(org: Org) -> None:
    assert typed.generate(org, ["User", "Account"]) == typed.generate(
        org, ["account", "user"]
    )


def test_an_unknown_object_has_near_names(org: Org) -> None:
    with pytest.raises(CommandError) as raised:
        call_command("sf_models", "acme", "Acount", stdout=io.StringIO())
    assert "Acount" in str(raised.value)
    assert "Account" in str(raised.value)


def test_a_parent_of_several_kinds_is_left_out_and_said(org: Org) -> None:
    refers = {
        "WhatId": {"reference_to": ["Account", "User"], "relationship_name": "What"}
    }
    describe(org, {"WhatId": "reference"}, sobject="Task", **refers)
    said = io.StringIO()
    call_command(
        "sf_models",
        "acme",
        "Account",
        "Task",
        "User",
        stdout=io.StringIO(),
        stderr=said,
    )
    assert "Task.What: left out, refers to several objects" in said.getvalue()


def test_a_relation_costs_no_second_query(
    models: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        rows = models.Account.objects.select_related("owner", "parent").order_by(
            "record_id"
        )
        assert [row.owner and row.owner.name for row in rows] == ["Ada", None, None]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one database is enough")
def test_an_isolated_name_is_an_attribute_of_its_own(models: Any) -> None:
    assert models.Account.api_names["annual_revenue"] == "AnnualRevenue"
    assert models.Account._meta.db_table == "salesforce_account"


def test_a_check_names_models_that_differ_from_their_org(models: Any, org: Org) -> None:
    account = org.sobjects.get(name="Account")

    def told() -> list[tuple[str | None, str]]:
        with in_the_site(models.Account):
            found = checks_of_views(["default"])
        return [(one.id, one.msg) for one in found if one.id == "sfconnector.W504"]

    assert told() == []
    account.sfields.filter(name="Industry").update(type="double")
    account.sfields.create(name="New__c", type="string")
    account.sfields.filter(name="Name").delete()
    typed.make(["Account"])
    [(_id, message)] = told()
    for words in ("Industry is of another kind", "New__c is new", "Name is gone"):
        assert words in message
    typed.drop()
    assert "there is no view" in told()[0][1]


def test_an_object_that_an_org_lost_keeps_its_records(models: Any, org: Org) -> None:
    org.sobjects.filter(name="Account").update(is_present=False)
    typed.make()
    assert names(models.Account.objects.live()) == ["Nought", "Volt", "Watt"]


def asked_for(rows: Any) -> list[Callable[[], Any]]:
    """Return every way in which rows reach the database."""
    return [
        lambda: list(rows.all()),
        rows.first,
        rows.count,
        rows.exists,
        lambda: rows.get(name="Volt"),
        lambda: rows.aggregate(Max("name")),
        lambda: list(rows.values_list("name")),
        lambda: list(rows.iterator()),
        lambda: list(rows.iterator(chunk_size=1)),
    ]


def test_a_model_of_an_object_that_is_forgotten_says_what_to_do(
    models: Any, org: Org
) -> None:
    """Its plan is gone, so ``sf_views`` has dropped the view; the host's code stands."""
    org.plans.filter(sobject="Account").delete()
    call_command("sf_views", "--json", stdout=io.StringIO())
    for ask in asked_for(models.Account.objects.order_by("name")):
        with transaction.atomic(), pytest.raises(ConfigurationError) as raised:
            ask()
        assert "salesforce_account" in str(raised.value)
        assert "sf_views" in (raised.value.remedy or "")


def test_a_model_with_a_field_that_is_gone_says_what_to_do(
    models: Any, org: Org
) -> None:
    org.sobjects.get(name="Account").sfields.filter(name="Industry").delete()
    typed.make(["Account"])
    rows = models.Account.objects.all()
    with transaction.atomic(), pytest.raises(ConfigurationError) as raised:
        list(rows)
    assert "industry" in str(raised.value)
    assert names(rows) == ["Nought", "Volt", "Watt"]  # which asks for another field


def test_what_else_the_database_refuses_stays_its_own_error(models: Any) -> None:
    if connection.vendor == "sqlite":
        rows = models.Account.objects.extra(where=["nonsense()"])
    else:
        rows = models.Account.objects.extra(where=["1 = nonsense_of_nobody"])
    with transaction.atomic(), pytest.raises(DatabaseError):
        list(rows)
