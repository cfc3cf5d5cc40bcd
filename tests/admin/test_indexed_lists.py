"""Lists of many records: the very queries of the page use the indexes that people chose."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sfconnector import retention, tasks
from sfconnector.models import ConnectedApp, Org, Record, SObject
from sfconnector.records import indexing
from tests.admin.conftest import add_fields, make_org
from tests.connections import browser_of, cache_accounts

pytestmark = pytest.mark.skipif(
    not indexing.is_offered(), reason="indexes on fields are not offered here"
)
COUNT = 4_000
BIG = 1_000_000
"""What the counter says, so that the list treats the object as a big one."""


@pytest.fixture
def account(transactional_db: None) -> Iterator[SObject]:
    app = ConnectedApp.objects.create(name="a", consumer_key="k")
    org = make_org(app, "acme")
    sobject = SObject.objects.create(
        org=org,
        name="Account",
        wanted_indexes=["Name", "Kind__c"],
        live_count=BIG,
        total_count=BIG,
    )
    add_fields(sobject, ("Name", "string"), ("Kind__c", "picklist"), ("Fax", "phone"))
    values = [{"value": f"Kind {number}", "label": "x"} for number in range(40)]
    sobject.sfields.filter(name="Kind__c").update(describe={"picklistValues": values})
    rows = (
        {"Name": f"Row {number:05d}", "Kind__c": f"Kind {number % 40}"}
        for number in range(COUNT)
    )
    cache_accounts(org, *rows)
    tasks.settle_indexes(sobject.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    yield sobject
    indexing.forget(org)


@pytest.fixture
def visitor(account: SObject) -> Client:
    return browser_of(User.objects.create_superuser("ada"))


def plans_of(visitor: Client, **query: str) -> list[str]:
    """Ask for the list; return how each query for ids or their number was planned."""
    url = reverse("admin:sfconnector_record_browse", args=["acme", "Account"])
    with CaptureQueriesContext(connection) as asked:
        page = visitor.get(url, query).content.decode()
    assert "Row 0" in page
    found = []
    for one in asked:
        sql = str(one["sql"])
        if (
            '"sfconnector_record"' in sql
            and '"sfconnector_record"."data" FROM' not in sql
        ):
            found.append(explained(sql))
    assert found
    return found


def unique_key() -> str:
    """Return what a plan calls the index of org, object and record id."""
    sqlite = "sqlite_autoindex_sfconnector_record_1"
    return sqlite if connection.vendor == "sqlite" else "sfconnector_record_unique"


def explained(sql: str) -> str:
    word = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        cursor.execute(f"{word} {sql}")
        return "\n".join(str(row) for row in cursor.fetchall())


@pytest.mark.parametrize("sort", ["Name", "-Name"])
def test_the_order_of_the_page_comes_from_the_index(
    visitor: Client, account: SObject, sort: str
) -> None:
    name = indexing.index_name(account, "Name", indexing.SORT)
    for plan in plans_of(visitor, sort=sort):
        assert name in plan
        assert "Sort" not in plan
        assert "TEMP B-TREE" not in plan


def test_the_filter_of_the_page_uses_the_index(
    visitor: Client, account: SObject
) -> None:
    name = indexing.index_name(account, "Kind__c", indexing.SORT)
    plans = plans_of(visitor, **{"f.Kind__c": "=Kind 7"})
    assert len(plans) == 2  # the number of rows, and the ids of the page
    assert all(name in plan for plan in plans)


def test_the_search_of_the_page_uses_the_index(
    visitor: Client, account: SObject
) -> None:
    kind = indexing.SORT if connection.vendor == "sqlite" else indexing.SEARCH
    name = indexing.index_name(account, "Name", kind)
    plans = plans_of(visitor, q="Row 01234")
    assert all(name in plan for plan in plans)


def test_a_record_is_found_by_its_id_through_the_unique_key(visitor: Client) -> None:
    for plan in plans_of(visitor, q=f"001{1234:015d}"):
        assert unique_key() in plan


def test_nothing_is_offered_that_would_read_every_record(
    visitor: Client, account: SObject
) -> None:
    url = reverse("admin:sfconnector_record_browse", args=["acme", "Account"])
    page = visitor.get(url, {"sort": "Fax"}).content.decode()
    assert "sort=Fax" not in page
    assert "sort=Name" in page
    for plan in plans_of(visitor, sort="Fax"):
        assert unique_key() in plan


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_a_common_value_is_known_to_be_common(account: SObject) -> None:
    """A tenth of a percent would be read and sorted, a half is walked along."""
    rows = Record.objects.of(account.org, "Account")
    Record.objects.filter(record_id__gte=f"001{COUNT // 2:015d}").update(
        data={"Name": "Row x", "Kind__c": "Most"}
    )
    tasks.settle_indexes(account.pk)
    common = rows.alias(kind=indexing.FieldValue("Kind__c")).filter(kind="Most")
    plan = json.loads(common.order_by().explain(format="json"))
    expected = plan[0]["Plan"]["Plan Rows"]
    assert COUNT // 4 < expected < COUNT


def test_the_indexes_of_an_org_go_with_it(account: SObject) -> None:
    assert {name[:8] for name in there()} >= {"sfc_sort"}
    org = Org.objects.get()
    retention.request_removal(org)
    assert retention.remove(org.pk)
    assert not [name for name in there() if name.startswith("sfc_")]


def there() -> set[str]:
    """Return the indexes of the records' table, and on PostgreSQL its statistics."""
    with connection.cursor() as cursor:
        made = connection.introspection.get_constraints(cursor, Record._meta.db_table)
        names = set(made)
        if connection.vendor == "postgresql":
            cursor.execute("SELECT stxname FROM pg_statistic_ext")
            names |= {name for (name,) in cursor.fetchall()}
    return names
