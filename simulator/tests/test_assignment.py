"""Owners by assignment rule, as REST requests ask for them or not."""

from __future__ import annotations


def test_an_assignment_rule_gives_rows_to_a_queue_unless_told_not_to(client):
    org = client.org
    queue = org.records.store.insert(
        "Group", {"Name": "Q", "Type": "Queue"}, user_id=org.user.id
    )["Id"]
    told = {"sobject": "Case", "field": "Subject", "begins": "Q", "owner": queue}
    assert (
        client.post("/__simulator__/actions/assignment_rule", told).status_code == 200
    )

    def owner(subject, **headers):
        made = client.post("/sobjects/Case", {"Subject": subject}, headers=headers)
        return made.json()["id"], client.get(
            f"/sobjects/Case/{made.json()['id']}"
        ).json()["OwnerId"]

    assert owner("Q1")[1] == queue
    assert owner("other")[1] == org.user.id
    key, kept = owner("Q2", **{"Sforce-Auto-Assign": "FALSE"})
    assert kept == org.user.id
    client.patch(f"/sobjects/Case/{key}", {"Priority": "High"})
    assert client.get(f"/sobjects/Case/{key}").json()["OwnerId"] == queue
    org.reset(grants=False)
    assert org.assignment_rules == {}
