"""Exports: nothing in them is a formula, numbers are numbers, memory stays flat."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import sfconnector
from sfconnector import records
from sfconnector.models import Org, Record
from sfconnector.models.records import RecordQuerySet
from sfconnector.records import exporting
from tests.connections import bare_org, cache_accounts

SOURCE = Path(sfconnector.__file__).parent
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
    return bare_org()


def fill(org: Org, *values: Any) -> RecordQuerySet:
    """Cache one record for each value of a field; return them."""
    cache_accounts(org, *({"Value__c": value} for value in values))
    return Record.objects.of(org, "Account")


def read_csv(rows: RecordQuerySet) -> list[list[str]]:
    lines = "".join(records.as_csv(rows, fields=["Value__c"]))
    return list(csv.reader(io.StringIO(lines, newline="")))


def test_s19_no_text_is_a_formula(org: Org) -> None:
    read = [row[1] for row in read_csv(fill(org, *FORMULAS))[1:]]
    assert read == [f"'{text}" for text in FORMULAS]


@pytest.mark.parametrize(
    "sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "﹢", "⁼"]
)
@pytest.mark.parametrize(
    "before",
    ["", " ", "  \t", "\n\n", "\u00a0", "\u200b", "\ufeff", "\u2060\u200d", "\u2028",
     "\x0b", "\x1f", "\u3000", "\u00ad", "\u2066", "\u3164", "\u115f", "\x00 "],
    ids=ascii,
)  # fmt: skip
def test_s19_nothing_unseen_before_a_sign_arms_it(before: str, sign: str) -> None:
    text = f"{before}{sign}1+1"
    assert exporting.cell(text) == f"'{text}"


def test_s19_a_name_in_the_header_is_no_formula_either(org: Org) -> None:
    cache_accounts(org, {"=1+1": 2})
    lines = "".join(records.as_csv(Record.objects.of(org, "Account"), fields=["=1+1"]))
    assert lines.splitlines()[0] == "Id,'=1+1"


def test_s19_whoever_writes_csv_for_people_writes_it_by_one_class() -> None:
    writers = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if "csv.writer(" in path.read_text() or "csv.DictWriter(" in path.read_text()
    }
    to_salesforce = "salesforce/bulk/csv_pieces.py"
    assert writers == {"records/exporting.py", to_salesforce}


@pytest.mark.parametrize(
    "text", ["", " ", "a=1", " a", "\u200bx=1", "5-3", "\u00e9=", "(=1"]
)
def test_s19_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert exporting.cell(text) == text


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
    pages = [
        one["sql"]
        for one in asked
        if '"sfconnector_record"' in one["sql"].replace("`", '"')
    ]
    assert len(pages) == 3
    assert all("JOIN" not in sql for sql in pages)
    assert len(asked) == 4, "one more for what may be seen"


@pytest.mark.skipif(connection.vendor == "mysql", reason="its plans are told otherwise")
def test_no_page_of_an_export_sorts(org: Org, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 100)
    rows = fill(org, *range(3000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    plan = exporting.page_after(rows, "001000000000001000").explain().upper()
    assert "SORT" not in plan
    assert "TEMP B-TREE" not in plan
