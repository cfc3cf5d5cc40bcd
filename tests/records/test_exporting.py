"""Exports: nothing in them is a formula, numbers are numbers, memory stays flat."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sfconnector import records
from sfconnector.models import ConnectedApp, Org, Record
from sfconnector.models.records import RecordQuerySet
from sfconnector.records import exporting

FORMULAS = (
    "=1+1",
    '=HYPERLINK("https://evil.example","x")',
    "+49 30 123",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
)


@pytest.fixture
def org(db: None) -> Org:
    app = ConnectedApp.objects.create(name="a", consumer_key="k")
    return Org.objects.create(alias="acme", app=app)


def fill(org: Org, *values: Any) -> RecordQuerySet:
    """Cache one record for each value of a field; return them."""
    Record.objects.bulk_create(
        Record(
            org=org,
            sobject="Account",
            record_id=f"001{number:015d}",
            content_hash=number,
            data={"Value__c": value},
        )
        for number, value in enumerate(values)
    )
    return Record.objects.of(org, "Account")


def read_csv(rows: RecordQuerySet) -> list[list[str]]:
    lines = "".join(records.as_csv(rows, fields=["Value__c"]))
    return list(csv.reader(io.StringIO(lines, newline="")))


def test_s19_no_text_is_a_formula(org: Org) -> None:
    read = [row[1] for row in read_csv(fill(org, *FORMULAS))[1:]]
    assert read == [f"'{text}" for text in FORMULAS]


def test_s19_numbers_stay_numbers_and_harmless_texts_themselves(org: Org) -> None:
    values = [-5, -1.5, 0, 1e-7, True, None, "a=b", 'a, "b"\nc', {"city": "Bonn"}]
    read = [row[1] for row in read_csv(fill(org, *values))[1:]]
    assert [float(text) for text in read[:4]] == [-5, -1.5, 0, 1e-7]
    assert read[4:] == ["true", "", "a=b", 'a, "b"\nc', '{"city": "Bonn"}']


def test_json_lines_keep_what_looks_like_a_formula(org: Org) -> None:
    lines = records.as_json_lines(fill(org, *FORMULAS), fields=["Value__c"])
    assert [json.loads(line)["Value__c"] for line in lines] == list(FORMULAS)


def test_an_export_walks_along_the_unique_key(
    org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 2)
    rows = fill(org, *range(5))
    with CaptureQueriesContext(connection) as asked:
        ids = [
            json.loads(line)["Id"]
            for line in records.as_json_lines(rows, fields=["Value__c"])
        ]
    assert ids == sorted(ids)
    assert len(ids) == 5
    assert len(asked) == 3
    assert all("JOIN" not in query["sql"] for query in asked)


def test_no_page_of_an_export_sorts(org: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 100)
    rows = fill(org, *range(3000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    plan = exporting.page_after(rows, "001000000000001000").explain().upper()
    assert "SORT" not in plan
    assert "TEMP B-TREE" not in plan
