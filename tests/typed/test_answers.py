"""Random records and filters: the ORM's answer is plain Python's over the JSON."""

from __future__ import annotations

import operator
import string
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from sfconnector import records
from sfconnector.models import Org, Record
from tests.typed.classes import generated
from tests.typed.orgs import an_org, cache, describe

pytestmark = pytest.mark.django_db(transaction=True)

FIELDS = {
    "Text": "string",
    "Amount__c": "currency",
    "Count": "int",
    "Flag": "boolean",
    "Day": "date",
    "Moment": "datetime",
    "Clock__c": "time",
}
# MariaDB compares texts whatever their case, as Django's other columns there.
TEXTS = st.text(string.ascii_lowercase + string.digits + " '\"%_\\", max_size=6)
# SQLite keeps 15 digits.
AMOUNTS = st.integers(-(10**11), 10**11).map(lambda one: one / 100) | st.integers(
    -999, 999
)
COUNTS = st.integers(-(10**15), 10**15) | st.integers(-3, 3)
DAYS = st.dates(date(1000, 1, 1))
MOMENTS = st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 30)).map(  # noqa: DTZ001 - made aware
    lambda one: one.replace(microsecond=one.microsecond // 1000 * 1000, tzinfo=UTC)
)
CLOCKS = st.times().map(
    lambda one: one.replace(microsecond=one.microsecond // 1000 * 1000)
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "Text": TEXTS,
    "Amount__c": AMOUNTS,
    "Count": COUNTS,
    "Flag": st.booleans(),
    "Day": DAYS,
    "Moment": MOMENTS,
    "Clock__c": CLOCKS,
}
SPOILT = st.sampled_from(
    [None, "x", "2026-02-30", {"a": 1}, [], "24:00:00.000Z", "now", ""]
)
NAMES = {"Amount__c": "amount_c", "Clock__c": "clock_c"}
COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def as_json(value: Any) -> Any:
    """Write a value as Salesforce does."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03}+0000".zfill(
            28
        )
    if isinstance(value, time):
        return f"{value:%H:%M:%S}.{value.microsecond // 1000:03}Z"
    return value.isoformat() if isinstance(value, date) else value


def as_python(field: str, value: Any) -> Any:
    """Read a value of the JSON as its field's type; None where it does not fit."""
    kinds = {"Text": str, "Flag": bool}
    if field in kinds:
        return value if isinstance(value, kinds[field]) else None
    if field in ("Amount__c", "Count"):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return Decimal(str(value)) if is_number else None
    readers: dict[str, Callable[[str], Any]] = {
        "Day": date.fromisoformat,
        "Moment": datetime.fromisoformat,
        "Clock__c": lambda text: time.fromisoformat(text).replace(tzinfo=None),
    }
    shapes = {"Day": 10, "Moment": 28, "Clock__c": 13}
    try:
        return readers[field](value) if len(value) == shapes[field] else None
    except (TypeError, ValueError):
        return None


@st.composite
def rows(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Some records: fields are there, empty, spoilt or missing."""
    found = []
    for _ in range(draw(st.integers(0, 8))):
        row = {}
        for field, values in VALUES.items():
            spoilt = SPOILT if field != "Text" else st.none()
            for value in draw(st.lists(values | spoilt, max_size=1)):
                row[field] = as_json(value)
        found.append(row)
    return found


@st.composite
def conditions(draw: st.DrawFn) -> tuple[str, str, Any]:
    """A comparison that every database makes in the same way."""
    field = draw(st.sampled_from(list(FIELDS)))
    # Which text is greater is a matter of each database's collation.
    hows = ["exact"] if field in ("Text", "Flag") else list(COMPARED)
    how = draw(st.sampled_from([*hows, "in", "isnull"]))
    if how == "isnull":
        return field, how, draw(st.booleans())
    if how == "in":
        return field, how, draw(st.lists(VALUES[field], max_size=3))
    return field, how, draw(VALUES[field])


def meets(row: dict[str, Any], field: str, how: str, value: Any) -> bool:
    found = as_python(field, row.get(field))
    if how == "isnull":
        return (found is None) is value
    if found is None:
        return False
    wanted = [_exact(one) for one in value] if how == "in" else _exact(value)
    return found in wanted if how == "in" else COMPARED[how](found, wanted)


def _exact(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, float) else value


def expected(
    data: list[dict[str, Any]], asked: list[tuple[str, str, Any]]
) -> list[str]:
    return [
        f"001{number:015d}"
        for number, row in enumerate(data)
        if all(meets(row, *one) for one in asked)
    ]


def _trailing(text: Any) -> bool:
    return isinstance(text, str) and text != text.rstrip()


@pytest.fixture
def org(transactional_db: None) -> Org:
    org = an_org()
    describe(org, FIELDS)
    return org


def test_the_orms_answer_is_that_of_python(org: Org) -> None:
    with generated(org, "Account") as models:

        @settings(max_examples=120, suppress_health_check=list(HealthCheck))
        @given(data=rows(), asked=st.lists(conditions(), min_size=1, max_size=2))
        @example(data=[{"Amount__c": 0.01}], asked=[("Amount__c", "exact", 0.01)])
        @example(data=[{"Day": "2026-02-30"}], asked=[("Day", "gt", date(2000, 1, 1))])
        def check(
            data: list[dict[str, Any]], asked: list[tuple[str, str, Any]]
        ) -> None:
            if connection.vendor == "mysql":  # blanks at an end do not count there
                data = [
                    {k: v.rstrip() if _trailing(v) else v for k, v in one.items()}
                    for one in data
                ]
                asked = [(f, h, v.rstrip() if _trailing(v) else v) for f, h, v in asked]
                asked = [one for one in asked if one[:2] != ("Text", "in")]
                assume(asked)
            Record.objects.all().delete()
            cache(org, *data)
            table = records.table(org, "Account")
            found = models.Account.objects.for_org(org)
            left = models.Account.objects.for_org(org)
            met = Q()
            for field, how, value in asked:
                name = NAMES.get(field, field.lower())
                met &= Q(**{f"{name}__{how}": value})
                table = table.filter(**{f"{field}__{how}": value})
            wanted = expected(data, asked)
            assert (
                sorted(found.filter(met).values_list("record_id", flat=True)) == wanted
            )
            assert sorted(row.record_id for row in table) == wanted
            others = sorted(left.exclude(met).values_list("record_id", flat=True))
            assert sorted([*others, *wanted]) == sorted(
                f"001{n:015d}" for n in range(len(data))
            )

        check()
