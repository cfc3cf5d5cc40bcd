from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from sfconnector.models import AuditEvent, Record, SyncRun
from tests.sync.conftest import org, simulated

__all__ = ["org", "simulated"]


def said(*arguments: str, **options: object) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_sf_sync_fetches_and_says_what_it_did(org):
    line = said("sf_sync", "acme", "account").splitlines()[1]
    assert line.split()[:2] == ["Account", "succeeded"]
    assert Record.objects.of(org, "Account").live().count() == 450
    again = json.loads(said("sf_sync", "acme", json=True))
    assert again[0]["state"] == "succeeded"
    assert again[0]["created"] == 0


def test_sf_sync_tells_the_counts_of_one_object_as_one_object(org):
    told = json.loads(said("sf_sync", "acme", "Account", json=True))
    assert told["fetched"] == told["created"] >= 450
    counts = {"fetched", "created", "updated", "deleted", "unchanged"}
    assert counts | {"api_calls", "seconds"} <= told.keys()


def test_sf_sync_takes_fields_filter_and_mode(org):
    words = ["acme", "Account", "--fields", "Name,Industry", "Website"]
    said("sf_sync", *words, "--where", "Industry = 'Energy'", "--mode", "rest")
    plan = org.plans.get()
    assert plan.fields == ["Name", "Industry", "Website"]
    assert (plan.where, plan.mode) == ("Industry = 'Energy'", "rest")
    energy = {row.data["Industry"] for row in Record.objects.of(org, "Account")}
    assert energy == {"Energy"}
    said("sf_sync", "acme", "Account")
    plan.refresh_from_db()
    assert plan.fields == ["Name", "Industry", "Website"]


def test_sf_sync_refuses_fields_without_an_object(org):
    with pytest.raises(CommandError, match="Name the object") as refused:
        said("sf_sync", "acme", "--fields", "Name")
    assert refused.value.returncode == 2


def test_sf_sync_ends_with_status_1_when_a_run_fails(org, capsys):
    with pytest.raises(SystemExit) as ended:
        said("sf_sync", "acme", "Nothing__c")
    assert ended.value.code == 1
    assert "Nothing__c" in capsys.readouterr().err


def test_sf_sync_can_leave_the_work_to_workers(org):
    assert "queued" in said("sf_sync", "acme", "Account", queue=True)
    assert SyncRun.objects.get().state == "queued"


def test_an_unknown_org_is_named_with_the_known_ones(org):
    with pytest.raises(CommandError, match="acme"):
        said("sf_sync", "acne")


def test_sf_query_prints_records(org):
    soql = "SELECT Id, Name FROM Account ORDER BY Id LIMIT 3"
    lines = said("sf_query", "acme", soql).splitlines()
    assert [sorted(json.loads(line)) for line in lines] == [["Id", "Name"]] * 3
    table = said("sf_query", "acme", soql, format="csv").splitlines()
    assert table[0] == "Id,Name"
    assert len(table) == 4
    assert len(json.loads(said("sf_query", "acme", soql, json=True))) == 3


def test_sf_query_prints_what_a_count_counted(org):
    soql = "SELECT COUNT() FROM Account WHERE Id != null"
    lines = said("sf_query", "acme", "SELECT Id FROM Account").splitlines()
    assert json.loads(said("sf_query", "acme", soql)) == {"count": len(lines)}
    assert json.loads(said("sf_query", "acme", soql, json=True)) == [
        {"count": len(lines)}
    ]
    none = "select count() from Account where Name = 'nobody'"
    assert said("sf_query", "acme", none, format="csv").split() == ["count", "0"]


def test_s19_no_command_prints_a_formula(org, tmp_path):
    path = tmp_path / "account.json"
    path.write_text('{"Name": "\u200b=1+1"}')
    address = "/services/data/v66.0/sobjects/Account"
    said("sf_request", "acme", "POST", address, data=str(path))
    soql = "SELECT Name FROM Account WHERE Name LIKE '%=1+1'"
    assert said("sf_query", "acme", soql, format="csv").splitlines() == [
        "Name",
        "'\u200b=1+1",
    ]
    said("sf_sync", "acme", "Account")
    assert ",'\u200b=1+1" in said("sf_export", "acme", "Account", fields="Name")


def test_sf_query_says_what_salesforce_says(org):
    with pytest.raises(CommandError, match=r"(?i)no such column"):
        said("sf_query", "acme", "SELECT Nope FROM Account")


def test_sf_request_prints_an_answer(org):
    text = said("sf_request", "acme", "get", "/services/data/v39.0/sobjects/account")
    assert json.loads(text)["objectDescribe"]["name"] == "Account"


def test_sf_request_sends_a_file_and_tells_a_refusal_with_status_1(org, tmp_path):
    path = tmp_path / "account.json"
    path.write_text('{"Name": "By hand"}')
    address = "/services/data/v66.0/sobjects/Account"
    told = json.loads(
        said("sf_request", "acme", "POST", address, data=str(path), json=True)
    )
    assert told["status"] == 201
    assert told["body"]["success"] is True
    with pytest.raises(SystemExit) as ended:
        said("sf_request", "acme", "GET", f"{address}/001000000000000AAA")
    assert ended.value.code == 1


def test_sf_request_names_a_file_that_cannot_be_read(org):
    with pytest.raises(CommandError, match=r"nowhere\.json cannot be read") as refused:
        said("sf_request", "acme", "POST", "/services/data", data="nowhere.json")
    assert refused.value.returncode == 2


def test_sf_discover_counts_objects_and_fields(org):
    text = said("sf_discover", "acme", "Account")
    assert "objects" in text
    assert "Account: " in text


def test_sf_export_writes_every_live_record(org, tmp_path):
    said("sf_sync", "acme", "Account")
    path = tmp_path / "out.csv"
    said("sf_export", "acme", "account", fields="Name", output=str(path))
    lines = path.read_text().splitlines()
    assert lines[0] == "Id,Name"
    assert len(lines) >= 451
    assert AuditEvent.objects.filter(action="records.exported").exists()


def test_sf_prune_purges_only_when_told_twice(org):
    said("sf_sync", "acme", "Account")
    with pytest.raises(CommandError, match="--yes"):
        said("sf_prune", org="acme")
    assert Record.objects.exists()
    said("sf_prune", org="acme", yes=True)
    assert not Record.objects.exists()
    assert "calls" in said("sf_prune")
