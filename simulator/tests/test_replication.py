"""``/updated`` and ``/deleted``: windows of whole minutes, and their bounds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from visitor import rest_error


def window(client, *, before=3600, after=120):

    now = client.org.clock.now()
    start, end = now - timedelta(seconds=before), now + timedelta(seconds=after)
    return {"start": start.isoformat(), "end": end.isoformat()}


def test_updated_lists_changed_ids_by_whole_minutes(client):
    key = client.post("/sobjects/Account", {"Name": "Moved"}).json()["id"]
    client.org.clock.advance(120)
    body = client.get("/sobjects/Account/updated/", params=window(client))
    assert key in body.json()["ids"]
    assert body.json()["latestDateCovered"].endswith(":00.000+0000")


def test_deleted_lists_ids_with_their_times(client):
    key = client.post("/sobjects/Account", {"Name": "Moved"}).json()["id"]
    client.delete(f"/sobjects/Account/{key}")
    client.org.clock.advance(120)
    body = client.get("/sobjects/Account/deleted", params=window(client))
    body = body.json()
    assert key in [entry["id"] for entry in body["deletedRecords"]]
    assert sorted(body) == [
        "deletedRecords",
        "earliestDateAvailable",
        "latestDateCovered",
    ]


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("updated", 31 * 86_400, 0),
        ("deleted", 16 * 86_400, 0),
        ("updated", 0, -60),
    ],
)
def test_a_window_out_of_reach_is_refused(client, kind, before, after):
    params = window(client, before=before, after=after)
    answer = client.get(f"/sobjects/Account/{kind}", params=params)
    assert rest_error(answer) == (400, "INVALID_REPLICATION_DATE")


def test_a_window_that_is_no_date_is_refused(client):
    params = {"start": "yesterday", "end": "today"}
    answer = client.get("/sobjects/Account/updated", params=params)
    assert answer.status_code == 400


@pytest.mark.parametrize("listed", [False, True])
def test_whether_the_running_minute_is_listed_is_a_switch(client, listed):
    """Which of the two real orgs do is not known: clients bear both."""
    client.org.clock.advance(60 - client.org.clock.now().second + 5)
    client.org.lists_running_minute = listed
    key = client.post("/sobjects/Account", {"Name": "Moved"}).json()["id"]
    body = client.get("/sobjects/Account/updated", params=window(client)).json()
    assert (key in body["ids"]) == listed
    client.delete(f"/sobjects/Account/{key}")
    body = client.get("/sobjects/Account/deleted", params=window(client)).json()
    assert (key in [one["id"] for one in body["deletedRecords"]]) == listed
    assert body["latestDateCovered"].endswith(":00.000+0000")
