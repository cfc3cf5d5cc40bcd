"""Filters, columns, masks and exports of a record list."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.test import Client
from django.urls import reverse

from sfconnector.models import AuditEvent, SField, SObject
from sfconnector.records import indexing
from tests.admin.conftest import ACCOUNT, House, add_record

GLOBEX = "0015g00000BBBBBBBB"
PICKLIST = {"picklistValues": [{"value": "Energy", "label": "Energie"}]}


def url(verb: str) -> str:
    return reverse(f"admin:sfconnector_record_{verb}", args=["northwind", "Account"])


@pytest.fixture
def listed(house: House) -> House:
    """Give Account a picklist, a check mark, a date and a second record."""
    for name, kind in (
        ("Industry", "picklist"),
        ("VIP__c", "boolean"),
        ("Day__c", "date"),
    ):
        SField.objects.create(
            sobject=house.sobject, name=name, type=kind, describe=PICKLIST
        )
    values = {"Industry": "Energy", "VIP__c": True, "Day__c": "2999-01-01"}
    add_record(house.org, GLOBEX, Name="=Globex()", **values)
    SObject.objects.filter(pk=house.sobject.pk).update(live_count=2, total_count=2)
    house.record.data |= {"Industry": None, "VIP__c": False, "Day__c": "2001-01-01"}
    house.record.save()
    return house


@pytest.mark.parametrize(
    ("parameter", "value", "kept"),
    [
        ("f.Industry", "=Energy", "Globex"),
        ("f.Industry", "Energy", "Globex"),
        ("f.Industry", "!", "Acme"),
        ("f.VIP__c", "=true", "Globex"),
        ("f.VIP__c", "=false", "Acme"),
        ("f.Day__c", ">30", "Globex"),
    ],
)
def test_a_filter_narrows_the_list(
    listed: House, full: Client, parameter: str, value: str, kept: str
) -> None:
    page = full.get(url("browse"), {parameter: value}).content.decode()
    assert "Energie" in page
    assert kept in page
    assert {"Globex": "Acme", "Acme": "Globex"}[kept] not in page


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("f.Industry", "=Nope"), ("f.Nope", "=x"), ("f.Day__c", ">x"), ("f.", "!")],
)
def test_a_filter_that_makes_no_sense_is_left_out_and_told(
    listed: House, full: Client, parameter: str, value: str
) -> None:
    page = full.get(url("browse"), {parameter: value}).content.decode()
    assert "Acme" in page
    assert "Globex" in page
    assert f"Left out: the filter on {parameter.removeprefix('f.')}." in page
    assert "Left out" not in full.get(url("browse")).content.decode()


def test_a_big_object_offers_filters_and_order_on_indexed_fields_alone(
    listed: House, full: Client
) -> None:
    rows = SObject.objects.filter(pk=listed.sobject.pk)
    rows.update(total_count=30_000, indexed_fields=["Industry"])
    page = full.get(url("browse")).content.decode()
    assert 'name="f.Industry"' in page
    assert 'name="f.VIP__c"' not in page
    assert "sort=Industry" in page
    assert "sort=Name" not in page


def export(client: Client, kind: str, query: str = "") -> str:
    response = client.post(f"{url('export')}{query}", {"format": kind})
    assert response.status_code == 200
    return b"".join(response.streaming_content).decode()


def test_an_export_holds_the_filtered_list_safe_for_spreadsheets(
    listed: House, full: Client
) -> None:
    text = export(full, "csv", "?f.Industry=%3DEnergy")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert [row["Id"] for row in rows] == [GLOBEX]
    assert rows[0]["Name"] == "'=Globex()"


def test_json_lines_hold_the_values_as_they_are(listed: House, full: Client) -> None:
    rows = [json.loads(line) for line in export(full, "jsonl").splitlines()]
    assert {row["Name"] for row in rows} == {"Acme", "=Globex()"}
    assert {row["Id"] for row in rows} == {ACCOUNT, GLOBEX}


def test_an_export_is_written_down(listed: House, full: Client) -> None:
    export(full, "csv", "?q=Acme")
    event = AuditEvent.objects.get(action="records.export")
    assert event.user_name == "full"
    assert event.detail == {
        "sobject": "Account",
        "format": "csv",
        "list": "?q=Acme",
        "fields": "shown",
    }


def test_columns_are_shown_in_the_order_that_was_chosen(
    listed: House, full: Client
) -> None:
    full.post(url("columns"), {"columns": "VIP__c\nName", "masked": "Industry"})
    page = full.get(url("browse")).content.decode()
    assert page.index("sort=VIP__c") < page.index("sort=Name")
    assert "Energy" not in page
    assert "Energy" not in export(full, "jsonl")
    assert "Energy" not in export(full, "csv")
    assert AuditEvent.objects.filter(action="records.columns").exists()


def test_a_column_that_is_not_there_is_refused(listed: House, full: Client) -> None:
    page = full.post(url("columns"), {"columns": "Nope", "masked": ""})
    assert "This object has no field Nope." in page.content.decode()


def test_an_index_that_is_wanted_is_built_by_a_worker(
    listed: House, full: Client
) -> None:
    chosen = {"columns": "", "masked": "", "indexed": "Name"}
    full.post(url("columns"), chosen)
    listed.sobject.refresh_from_db()
    assert listed.sobject.wanted_indexes == ["Name"]
    assert "Indexes wait for a worker" in full.get(url("columns")).content.decode()
    assert indexing.waiting() == [listed.sobject.pk]


def test_too_many_indexes_are_refused(listed: House, full: Client) -> None:
    names = [f"F{number}" for number in range(9)]
    SField.objects.bulk_create(
        SField(sobject=listed.sobject, name=name, type="string") for name in names
    )
    page = full.post(url("columns"), {"indexed": " ".join(names)})
    told = "Choose up to 8 fields."
    if not indexing.is_offered():
        told = "This database keeps no indexes on fields of records"
    assert told in page.content.decode()


def test_a_csv_holds_what_the_list_shows_in_its_order(
    listed: House, full: Client
) -> None:
    full.post(url("columns"), {"columns": "VIP__c\nName"})
    text = export(full, "csv", "?sort=-Name").lstrip("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["Id", "VIP__c", "Name"]
    shown = [row["Id"] for row in rows]
    turned = export(full, "csv", "?sort=Name").lstrip("\ufeff")
    assert [row["Id"] for row in csv.DictReader(io.StringIO(turned))] == shown[::-1]
    whole = full.post(url("export"), {"format": "csv", "all": "1"})
    header = b"".join(whole.streaming_content).decode().splitlines()[0]
    assert "Industry" in header


def test_an_export_has_the_fields_that_were_ticked_in_their_order(
    listed: House, full: Client
) -> None:
    query = "?f.Industry=%3DEnergy"
    page = full.get(url("export") + query).content.decode()
    assert 'name="fields_chosen_tick"' in page
    assert f'action="{url("export")}?f.Industry=%3DEnergy"' in page
    given = {"format": "csv", "fields_chosen": "VIP__c\nName", "all": "1"}
    answer = full.post(url("export") + query, given)
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Id,VIP__c,Name"
    assert len(lines) == 2
    event = AuditEvent.objects.filter(action="records.export").latest("pk")
    assert event.detail["fields"] == ["VIP__c", "Name"]


@pytest.mark.parametrize("asked", ["Nope__c", "Industry", ""])
def test_an_export_refuses_what_is_masked_or_no_field(
    listed: House, full: Client, asked: str
) -> None:
    SField.objects.filter(name="Industry").update(is_masked=True)
    answer = full.post(url("export"), {"format": "csv", "fields_chosen": asked})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert "Globex" not in answer.content.decode()
