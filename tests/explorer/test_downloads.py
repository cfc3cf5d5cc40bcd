"""Rows of the explorer as CSV: whole, spread like the table, safe, or a sentence."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.test import Client

from salesforce_simulator import SalesforceOrg
from sfconnector import explorer
from sfconnector.exceptions import InvalidRequest
from sfconnector.explorer import downloads
from sfconnector.models import Org
from tests.admin.conftest import person
from tests.connections import browser_of

pytestmark = pytest.mark.django_db
EXPLORE = "/admin/sfconnector/org/explore/"
DATA = "/services/data/v66.0"


@pytest.fixture
def ada(connected_org: Org) -> Client:
    return browser_of(person("ada", "*"))


def taken(client: Client, url: str, **given: Any) -> list[list[str]]:
    answer = client.post(url, {"do": "csv", **given})
    assert "text/csv" in answer["Content-Type"], answer.content.decode()[:2000]
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]  # a streaming answer
    return list(csv.reader(io.StringIO(text)))


def test_a_query_gives_all_of_its_pages(
    ada: Client, connected_org: Org, salesforce_org: SalesforceOrg
) -> None:
    wanted = salesforce_org.records.store.count("Account")
    soql = "SELECT Id, Name, Owner.Name FROM Account"
    rows = taken(ada, f"{EXPLORE}query/", orgs=[connected_org.pk], soql=soql)
    assert rows[0] == ["Id", "Name", "Owner.Name"]
    assert len({row[0] for row in rows[1:]}) == wanted


def test_a_get_gives_its_rows_and_the_pages_behind_it(
    ada: Client, connected_org: Org, salesforce_org: SalesforceOrg
) -> None:
    wanted = salesforce_org.records.store.count("Account")
    assert wanted > 200
    path = f"{DATA}/query?q=SELECT Id, Name FROM Account"
    given = {"org": connected_org.pk, "method": "GET", "path": path}
    pages = {"headers": "Sforce-Query-Options: batchSize=200"}
    before = salesforce_org.requests.count("/services/data/*/query*")
    rows = taken(ada, EXPLORE, **given, **pages)
    assert len({row[0] for row in rows[1:]}) == wanted
    assert salesforce_org.requests.count("/services/data/*/query*") > before + 1
    objects = taken(ada, EXPLORE, **{**given, "path": f"{DATA}/sobjects"})
    assert "name" in objects[0]
    assert any("Account" in row for row in objects[1:])


def test_what_writes_is_never_sent_for_a_csv(
    ada: Client, connected_org: Org, salesforce_org: SalesforceOrg
) -> None:
    before = salesforce_org.records.store.count("Account")
    given = {"org": connected_org.pk, "method": "POST", "body": '{"Name": "No"}'}
    given["path"] = f"{DATA}/sobjects/Account"
    page = ada.post(EXPLORE, {"do": "csv", **given}).content.decode()
    assert "Only the answer of a GET can be had as CSV." in page
    assert salesforce_org.records.store.count("Account") == before


def test_of_several_orgs_a_first_column_says_which() -> None:
    rows = {"acme": [{"Name": "=1+1"}], "box": [{"Owner": None, "Name": "B"}]}
    lines = [*explorer.csv_of(rows, of_many="org")]
    assert lines[0] == "org,Name,Owner\r\n" or lines[0] == "org,Name\r\n"
    assert lines[1].startswith("acme,'=1+1")
    assert lines[2].startswith("box,B")


def test_it_is_whole_or_there_is_none(
    connected_org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "MOST_ROWS", 1)
    with pytest.raises(InvalidRequest, match="at most 1 rows"):
        explorer.whole_query([connected_org], soql="SELECT Id FROM Account")
    with pytest.raises(InvalidRequest, match="No row came"):
        explorer.csv_of({"acme": []})
