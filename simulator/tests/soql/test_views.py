"""Objects without rows of their own: activities and attachments of a record."""

from __future__ import annotations

import base64
from typing import Any

import pytest


@pytest.fixture
def account(client) -> str:
    """An account with a note, an attachment, a file, tasks and events."""
    key = str(client.post("/sobjects/Account", {"Name": "a"}).json()["id"])
    body = base64.b64encode(b"hello").decode()
    rows: list[tuple[str, dict[str, Any]]] = [
        ("Note", {"ParentId": key, "Title": "n"}),
        ("Attachment", {"ParentId": key, "Name": "a.txt", "Body": body}),
        (
            "ContentVersion",
            {
                "PathOnClient": "f.csv",
                "VersionData": body,
                "FirstPublishLocationId": key,
            },
        ),
        ("Task", {"WhatId": key, "Subject": "done", "Status": "Completed"}),
        ("Task", {"WhatId": key, "Subject": "open"}),
        ("Event", {"WhatId": key, "Subject": "past", **_hour("2020")}),
        ("Event", {"WhatId": key, "Subject": "ahead", **_hour("2120")}),
    ]
    for name, values in rows:
        answer = client.post(f"/sobjects/{name}", values)
        assert answer.status_code == 201, answer.text
    return key


def _hour(year: str) -> dict[str, Any]:
    return {"StartDateTime": f"{year}-01-01T10:00:00Z", "DurationInMinutes": 60}


def children(client, account: str, fields: str, relation: str) -> list[dict[str, Any]]:
    soql = (
        f"SELECT (SELECT {fields} FROM {relation}) FROM Account WHERE Id = '{account}'"
    )
    (row,) = client.query(soql)["records"]
    found: list[dict[str, Any]] = row[relation]["records"]
    return found


def test_activities_are_open_or_history(client, account):
    open_ones = children(client, account, "Subject, IsTask", "OpenActivities")
    assert {row["Subject"]: row["IsTask"] for row in open_ones} == {
        "open": True,
        "ahead": False,
    }
    history = children(client, account, "Subject, IsClosed", "ActivityHistories")
    assert {row["Subject"] for row in history} == {"done", "past"}
    assert all(row["IsClosed"] for row in history)
    assert history[0]["attributes"]["type"] == "ActivityHistory"


def test_attachments_of_every_kind_stand_together(client, account):
    fields = "Title, RecordType, ContentSize, FileExtension"
    found = children(client, account, fields, "CombinedAttachments")
    assert {(row["Title"], row["RecordType"]) for row in found} == {
        ("n", "Note"),
        ("a.txt", "Attachment"),
        ("f", "File"),
    }
    sizes = {row["RecordType"]: row["ContentSize"] for row in found}
    assert sizes == {"Note": None, "Attachment": 5, "File": 5}
    files = children(client, account, "Title", "AttachedContentDocuments")
    assert [row["Title"] for row in files] == ["f"]
    old = children(client, account, "Title, IsNote", "NotesAndAttachments")
    assert {(row["Title"], row["IsNote"]) for row in old} == {
        ("n", True),
        ("a.txt", False),
    }


def test_they_are_deleted_with_their_record_once(client, account):
    store = client.org.records.store
    before = store.changes.number
    client.delete(f"/sobjects/Account/{account}")
    gone = [change.sobject for change in store.changes.since(before)]
    assert sorted(gone) == [
        "Account",
        "Attachment",
        "ContentDocumentLink",
        "Event",
        "Event",
        "Note",
        "Task",
        "Task",
    ]


@pytest.mark.parametrize("name", ["OpenActivity", "CombinedAttachment"])
def test_they_cannot_be_queried_by_themselves(client, name):
    answer = client.get("/query", params={"q": f"SELECT Id FROM {name}"})
    assert answer.status_code == 400
