"""The change log: what each commit changed, told as change events tell it."""

from __future__ import annotations

from contextlib import suppress

import pytest

from salesforce_simulator.bulk import Pace
from salesforce_simulator.store import Store, StoreError
from store.orgs import user_of


def told(store: Store, number: int = 0) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(c.kind, c.sobject, c.fields) for c in store.changes.since(number)]


def test_each_kind_of_change_is_told(store, user):
    row = store.insert("Account", {"Name": "a"}, user_id=user)
    store.update("Account", row["Id"], {"Phone": "1", "Name": "a"}, user_id=user)
    store.delete("Account", row["Id"], user_id=user)
    store.undelete("Account", row["Id"], user_id=user)
    store.hard_delete("Account", row["Id"], user_id=user)
    assert told(store) == [
        ("CREATE", "Account", ()),
        ("UPDATE", "Account", ("Phone",)),
        ("DELETE", "Account", ()),
        ("UNDELETE", "Account", ()),
        ("DELETE", "Account", ()),
    ]
    changes = store.changes.since(0)
    assert [c.number for c in changes] == [1, 2, 3, 4, 5]
    assert {c.record_id for c in changes} == {row["Id"]}
    assert {c.user_id for c in changes} == {user}
    assert changes[0].values == row
    assert changes[1].values == {"Phone": "1"}
    assert changes[-1].values == {}
    assert told(store, 4) == [("DELETE", "Account", ())]


def test_a_row_of_the_bin_is_not_deleted_a_second_time(store, user):
    row = store.insert("Account", {"Name": "a"}, user_id=user)
    store.delete("Account", row["Id"], user_id=user)
    store.hard_delete("Account", row["Id"])
    assert [kind for kind, _, _ in told(store)] == ["CREATE", "DELETE"]


def test_rows_of_one_commit_share_a_number(store, user):
    with store.transaction() as change:
        for name in "ab":
            change.insert("Account", {"Name": name}, user_id=user)
    changes = store.changes.since(0)
    assert [(c.number, c.sequence) for c in changes] == [(1, 1), (1, 2)]
    assert len({c.key for c in changes}) == 1


def test_what_was_undone_is_not_told(store, user):
    store.insert("Account", {"Name": "kept"}, user_id=user)
    with suppress(StoreError), store.atomic():
        store.insert("Account", {"Name": "dropped"}, user_id=user)
        store.insert("Account", {}, user_id=user)
    assert told(store) == [("CREATE", "Account", ())]
    assert store.insert("Account", {"Name": "next"}, user_id=user)
    assert len(store.changes.since(0)) == 2


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({}, ""),
        ({"Sforce-Call-Options": "client=astro/1.0, defaultNamespace=x"}, "astro/1.0"),
        ({"Sforce-Call-Options": "defaultNamespace=x"}, ""),
    ],
)
def test_a_request_is_one_transaction_of_its_client(client, options, name):
    client.http.headers.update(options)
    records = [{"attributes": {"type": "Account"}, "Name": n} for n in "ab"]
    client.post("/composite/sobjects", {"records": records})
    client.post("/sobjects/Account", {"Name": "c"})
    store = client.org.records.store
    changes = store.changes.since(0)[-3:]
    assert changes[0].key == changes[1].key != changes[2].key
    assert {c.client for c in changes} == {name}
    assert {c.user_id for c in changes} == {user_of(store)}


def test_a_bulk_job_is_told_by_the_client_that_made_it(client):
    client.org.jobs.pace = Pace(queue_seconds=0, run_seconds=0)
    job = {"operation": "insert", "object": "Account", "contentType": "CSV"}
    client.http.headers["Sforce-Call-Options"] = "client=loader"
    path = f"/jobs/ingest/{client.post('/jobs/ingest', job).json()['id']}"
    csv = {"Content-Type": "text/csv"}
    client.call("PUT", f"{path}/batches", data=b"Name\nx\ny\n", headers=csv)
    client.patch(path, {"state": "UploadComplete"})
    client.http.headers["Sforce-Call-Options"] = "client=other"
    client.get(path)
    changes = client.org.records.store.changes.since(0)[-2:]
    assert [c.client for c in changes] == ["loader", "loader"]
    assert changes[0].key == changes[1].key
