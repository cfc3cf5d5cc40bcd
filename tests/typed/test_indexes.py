"""One choice of *indexed* fields serves the admin's lists and the typed columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Max
from django.db.models.functions import TruncMonth

from sfconnector import records, typed
from sfconnector.models import Org, SObject
from sfconnector.records import indexing
from tests.typed.classes import generated
from tests.typed.orgs import an_org, cache, describe

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not indexing.is_offered(), reason="indexes are not offered here"
    ),
]
FIELDS = {
    "Name": "string",
    "Revenue": "currency",
    "Size__c": "int",
    "Founded": "date",
    "CreatedDate": "datetime",
}


@pytest.fixture(params=[4_000, pytest.param(200_000, marks=pytest.mark.soak)])
def account(
    request: pytest.FixtureRequest, transactional_db: None
) -> Iterator[SObject]:
    org = an_org()
    row = describe(org, FIELDS)
    SObject.objects.filter(pk=row.pk).update(wanted_indexes=list(FIELDS))
    cache(
        org,
        *(
            {
                "Name": f"Row {number}",
                "Revenue": number,
                "Size__c": number,
                "Founded": f"20{number % 90 + 10}-0{number % 9 + 1}-{number % 20 + 10}",
                "CreatedDate": f"20{number % 90 + 10}-05-{number % 20 + 10}T10:{number % 50 + 10}:00.000+0000",
            }
            for number in range(request.param)
        ),
    )
    yield row
    indexing.forget(org)
    typed.drop()


CONDITIONS: list[dict[str, Any]] = [
    {"name": "Row 7"},
    {"revenue": 7},
    {"revenue__gt": 10**9},
    {"size_c__lt": 2},
    {"founded__gt": "2099-06-30"},
    {"created_date__gt": datetime(2099, 5, 28, tzinfo=UTC)},
]


def index_of(account: SObject, field: str) -> str:
    found = typed.index_expression("Account", field, vendor=connection.vendor)
    assert found
    return indexing.index_name(account, field, f"typed_{found[0]}")


def test_both_use_the_index(account: SObject) -> None:
    org: Org = account.org
    with generated(org, "Account") as models:
        assert indexing.waiting() == [account.pk]
        indexing.settle(account.pk)
        assert indexing.waiting() == []
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        api = models.Account.api_names
        for condition in CONDITIONS:
            [(given, value)] = condition.items()
            name, _, how = given.partition("__")
            index = index_of(account, api[name])
            rows = models.Account.objects.for_org(org).filter(**condition)
            assert index in rows.explain(), (given, rows.explain())
            asked = f"{api[name]}__{how or 'exact'}"
            table = records.table(org, "Account").filter(**{asked: value})
            assert index in table.rows.explain(), (asked, table.rows.explain())
            assert rows.count() == table.count()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="a planner's statistics")
def test_months_of_an_indexed_moment_are_counted_without_sorting(
    account: SObject,
) -> None:
    with generated(account.org, "Account") as models:
        rows = models.Account.objects.for_org(account.org)
        months = rows.annotate(month=TruncMonth("created_date")).values("month")
        counted = months.annotate(number=Count("pk"), names=Max("name"))
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE sfconnector_record")
        assert estimated(counted) > 1_000
        indexing.settle(account.pk)
        assert estimated(counted) < 150  # there are ninety
    SObject.objects.filter(pk=account.pk).update(wanted_indexes=[])
    indexing.settle(account.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_statistic_ext WHERE stxname ~ '^sfc_'")
        assert cursor.fetchone() == (0,)


def estimated(rows: Any) -> int:
    """Return how many groups PostgreSQL expects."""
    found = re.search(r"rows=(\d+)", rows.explain())
    assert found
    return int(found[1])


def test_without_a_view_no_second_index_is_kept(account: SObject) -> None:
    assert not [
        one for one in indexing.settle(account.pk) or () if one.startswith("typed:")
    ]
    typed.make(["Account"])
    assert indexing.waiting() == [account.pk]
    SObject.objects.filter(pk=account.pk).update(wanted_indexes=[])
    indexing.settle(account.pk)
    assert indexing.waiting() == []
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, "sfconnector_record")
    assert not [name for name in found if name.startswith("sfc_")]
