"""Composite, batch, graph, tree and collections."""

from __future__ import annotations

import pytest
from visitor import V, rest_error


def sub(reference, method, path, body=None, **headers):
    one = {"method": method, "url": V + path, "referenceId": reference}
    if body is not None:
        one["body"] = body
    if headers:
        one["httpHeaders"] = {k.replace("_", "-"): v for k, v in headers.items()}
    return one


def composite(client, *subs, **more):
    answer = client.post("/composite", {"compositeRequest": list(subs), **more})
    assert answer.status_code == 200, answer.text
    items = answer.json()["compositeResponse"]
    for item in items:
        assert sorted(item) == ["body", "httpHeaders", "httpStatusCode", "referenceId"]
    return items


def _until(moment):
    from datetime import UTC, datetime

    return (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()


def count(client, name):
    soql = f"SELECT COUNT() FROM Account WHERE Name = '{name}'"
    return client.query(soql)["totalSize"]


class TestComposite:
    def test_later_subrequests_use_earlier_answers(self, client):
        items = composite(
            client,
            sub("newAccount", "POST", "/sobjects/Account", {"Name": "Ref"}),
            sub(
                "newContact",
                "POST",
                "/sobjects/Contact",
                {"LastName": "Lee", "AccountId": "@{newAccount.id}"},
            ),
            sub("read", "GET", "/sobjects/Contact/@{newContact.id}?fields=AccountId"),
            sub(
                "query",
                "GET",
                "/query?q=SELECT+Id+FROM+Contact+WHERE+AccountId='@{newAccount.id}'",
            ),
            sub("again", "GET", "/sobjects/Account/@{query.records[0].Id}"),
        )
        assert [item["httpStatusCode"] for item in items] == [201, 201, 200, 200, 400]
        account = items[0]["body"]["id"]
        assert items[0]["httpHeaders"] == {
            "Location": f"{V}/sobjects/Account/{account}"
        }
        assert items[2]["body"]["AccountId"] == account
        assert items[3]["body"]["totalSize"] == 1
        assert items[4]["body"][0]["errorCode"] == "MALFORMED_ID"

    def test_one_failure_leaves_the_others_alone(self, client):
        items = composite(
            client,
            sub("a", "POST", "/sobjects/Account", {"Name": "Kept"}),
            sub("b", "GET", "/nothing"),
            sub("c", "GET", "/sobjects/Account/@{b.id}"),
        )
        assert [item["httpStatusCode"] for item in items] == [201, 404, 400]
        assert items[1]["body"] == [
            {
                "message": "The requested resource does not exist",
                "errorCode": "NOT_FOUND",
            }
        ]
        assert count(client, "Kept") == 1

    def test_all_or_none_rolls_everything_back(self, client):
        items = composite(
            client,
            sub("a", "POST", "/sobjects/Account", {"Name": "Undone"}),
            sub("b", "POST", "/sobjects/Contact", {}),
            sub("c", "GET", "/limits"),
            allOrNone=True,
        )
        codes = [item["body"][0]["errorCode"] for item in items]
        assert codes == [
            "PROCESSING_HALTED",
            "REQUIRED_FIELD_MISSING",
            "PROCESSING_HALTED",
        ]
        assert count(client, "Undone") == 0

    def test_it_costs_one_call(self, client):
        used = client.org.limits.used
        composite(client, *[sub(f"r{n}", "GET", "/limits") for n in range(25)])
        assert client.org.limits.used == used + 1

    def test_twenty_five_describes_answer_304_when_nothing_changed(self, client):
        stamp = client.get("/sobjects").headers["Last-Modified"]
        names = [one.name for one in client.org.records.schema.objects()][:25]
        items = composite(
            client,
            *[
                sub(
                    f"d{n}",
                    "GET",
                    f"/sobjects/{name}/describe",
                    If_Modified_Since=stamp,
                )
                for n, name in enumerate(names)
            ],
        )
        assert {item["httpStatusCode"] for item in items} == {304}
        assert {item["body"] for item in items} == {None}
        assert sorted(items[0]["httpHeaders"]) == ["ETag", "Last-Modified"]
        assert items[0]["httpHeaders"]["Last-Modified"] == stamp.replace(", 0", ", ")

    def test_the_day_of_a_date_has_no_leading_zero_there(self, client):
        client.org.clock.offset = _until("2031-05-06T12:00:00+00:00")
        client.org.records.add_field("Account", "Late__c")
        (item,) = composite(client.enter(), sub("d", "GET", "/sobjects"))
        assert item["httpHeaders"]["Last-Modified"].startswith("Tue, 6 May 2031 12:0")

    def test_an_unpadded_day_in_the_condition_is_understood(self, client):
        unpadded = {"If_Modified_Since": "Fri, 1 Jan 2100 00:00:00 GMT"}
        (item,) = composite(client, sub("d", "GET", "/sobjects", **unpadded))
        assert item["httpStatusCode"] == 304

    @pytest.mark.parametrize(
        "requests",
        [
            [],
            "x",
            [{"method": "GET"}],
            [sub(f"r{n}", "GET", "/limits") for n in range(26)],
            [sub("a", "GET", "/limits"), sub("a", "GET", "/limits")],
            [sub("with space", "GET", "/limits")],
            [sub("a", "GET", "/limits", Authorization="Bearer x")],
            [sub(f"q{n}", "GET", "/query?q=SELECT+Id+FROM+Lead") for n in range(6)],
        ],
    )
    def test_what_breaks_the_rules_is_refused_whole(self, client, requests):
        answer = client.post("/composite", {"compositeRequest": requests})
        assert answer.status_code == 400
        assert "errorCode" in answer.json()[0]


class TestBatch:
    def test_each_subrequest_counts_and_stands_alone(self, client):
        used = client.org.limits.used
        body = {
            "batchRequests": [
                {"method": "GET", "url": "v57.0/limits"},
                {"method": "GET", "url": V + "/nothing"},
                {
                    "method": "POST",
                    "url": "v66.0/sobjects/Account",
                    "richInput": {"Name": "Batched"},
                },
            ]
        }
        answer = client.post("/composite/batch", body).json()
        assert answer["hasErrors"] is True
        assert [r["statusCode"] for r in answer["results"]] == [200, 404, 201]
        assert answer["results"][1]["result"][0]["errorCode"] == "NOT_FOUND"
        assert count(client, "Batched") == 1
        assert client.org.limits.used - used == 5

    def test_it_halts_when_asked(self, client):
        requests = [
            {"method": "GET", "url": V + path} for path in ("/nothing", "/limits")
        ]
        body = {"batchRequests": requests, "haltOnError": True}
        results = client.post("/composite/batch", body).json()["results"]
        assert results[1]["statusCode"] == 412
        assert results[1]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"


class TestGraph:
    def test_each_graph_succeeds_or_fails_as_a_whole(self, client):
        good = [
            sub("a", "POST", "/sobjects/Account", {"Name": "Graph"}),
            sub("b", "PATCH", "/sobjects/Account/@{a.id}", {"Phone": "1"}),
        ]
        bad = [
            sub("a", "POST", "/sobjects/Account", {"Name": "Undone"}),
            sub("b", "POST", "/sobjects/Account", {}),
        ]
        body = {
            "graphs": [
                {"graphId": "1", "compositeRequest": good},
                {"graphId": "2", "compositeRequest": bad},
            ]
        }
        graphs = client.post("/composite/graph", body).json()["graphs"]
        assert [(g["graphId"], g["isSuccessful"]) for g in graphs] == [
            ("1", True),
            ("2", False),
        ]
        items = graphs[0]["graphResponse"]["compositeResponse"]
        assert [item["httpStatusCode"] for item in items] == [201, 204]
        assert items[1]["body"] is None
        assert (count(client, "Graph"), count(client, "Undone")) == (1, 0)

    def test_a_reference_id_may_have_a_hyphen(self, client):
        asked = [
            sub("new-account", "POST", "/sobjects/Account", {"Name": "Hyphen"}),
            sub("b", "PATCH", "/sobjects/Account/@{new-account.id}", {"Phone": "1"}),
        ]
        body = {"graphs": [{"graphId": "1", "compositeRequest": asked}]}
        (graph,) = client.post("/composite/graph", body).json()["graphs"]
        assert graph["isSuccessful"]
        assert count(client, "Hyphen") == 1

    def test_it_came_with_version_50(self, client):
        answer = client.post("/services/data/v49.0/composite/graph", {"graphs": []})
        assert answer.status_code == 404


class TestTree:
    def tree(self, name, contacts):
        return {
            "records": [
                {
                    "attributes": {"type": "Account", "referenceId": "ref1"},
                    "Name": name,
                    "Contacts": {
                        "records": [
                            {
                                "attributes": {
                                    "type": "Contact",
                                    "referenceId": f"c{number}",
                                },
                                **values,
                            }
                            for number, values in enumerate(contacts)
                        ]
                    },
                }
            ]
        }

    def test_children_are_hung_under_their_parent(self, client):
        body = self.tree("Tree", [{"LastName": "One"}, {"LastName": "Two"}])
        answer = client.post("/composite/tree/Account", body)
        assert answer.status_code == 201
        results = answer.json()["results"]
        assert [r["referenceId"] for r in results] == ["ref1", "c0", "c1"]
        found = client.query(
            f"SELECT LastName FROM Contact WHERE AccountId = '{results[0]['id']}'"
        )
        assert {r["LastName"] for r in found["records"]} == {"One", "Two"}

    def test_one_error_undoes_the_tree(self, client):
        answer = client.post("/composite/tree/Account", self.tree("Gone", [{}]))
        assert answer.status_code == 400
        body = answer.json()
        assert body["hasErrors"] is True
        assert body["results"][0]["referenceId"] == "c0"
        error = body["results"][0]["errors"][0]
        assert sorted(error) == ["fields", "message", "statusCode"]
        assert count(client, "Gone") == 0


class TestCollections:
    def records(self, *names, kind="Account"):
        return [{"attributes": {"type": kind}, "Name": name} for name in names]

    def create(self, client, *names, **more):
        body = {"records": self.records(*names), **more}
        answer = client.post("/composite/sobjects", body)
        assert answer.status_code == 200
        return answer.json()

    def test_create_read_change_and_delete_together(self, client):
        made = self.create(client, "One", "Two")
        keys = [result["id"] for result in made]
        assert made[0] == {"id": keys[0], "success": True, "errors": []}
        read = client.get(
            "/composite/sobjects/Account",
            params={"ids": ",".join(keys), "fields": "Name"},
        ).json()
        assert [row["Name"] for row in read] == ["One", "Two"]
        records = [{"attributes": {"type": "Account"}, "id": keys[0], "Name": "Uno"}]
        changed = client.patch("/composite/sobjects", {"records": records}).json()
        assert changed == [{"id": keys[0], "success": True, "errors": []}]
        gone = client.delete("/composite/sobjects", params={"ids": ",".join(keys)})
        assert [result["success"] for result in gone.json()] == [True, True]
        ids = {"ids": keys, "fields": ["Id"]}
        assert client.post("/composite/sobjects/Account", ids).json() == [None, None]

    def test_each_row_fails_alone_and_without_an_id(self, client):
        made = client.post(
            "/composite/sobjects",
            {"allOrNone": False, "records": [*self.records("Good"), *self.records("")]},
        ).json()
        assert made[0]["success"] is True
        assert made[1] == {
            "success": False,
            "errors": [
                {
                    "statusCode": "REQUIRED_FIELD_MISSING",
                    "message": "Required fields are missing: [Name]",
                    "fields": ["Name"],
                }
            ],
        }
        assert count(client, "Good") == 1

    def test_all_or_none_writes_nothing(self, client):
        made = self.create(client, "Undone", "", allOrNone=True)
        codes = [result["errors"][0]["statusCode"] for result in made]
        assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
        assert count(client, "Undone") == 0

    def test_an_unknown_id_is_a_wrong_cross_reference(self, client):
        from salesforce_simulator import ids

        records = [{"attributes": {"type": "Account"}, "id": ids.make("001", 5)}]
        (result,) = client.patch("/composite/sobjects", {"records": records}).json()
        assert result == {
            "success": False,
            "errors": [
                {
                    "statusCode": "INVALID_CROSS_REFERENCE_KEY",
                    "message": "invalid cross reference id",
                    "fields": [],
                }
            ],
        }

    def test_upsert_says_what_was_created(self, client):
        client.org.records.add_field("Account", "Key__c", external_id=True)
        records = [
            {"attributes": {"type": "Account"}, "Name": "A", "Key__c": "k1"},
            {"attributes": {"type": "Account"}, "Name": "B", "Key__c": "k2"},
        ]
        path = "/composite/sobjects/Account/Key__c"
        first = client.patch(path, {"records": records}).json()
        assert [result["created"] for result in first] == [True, True]
        again = client.patch(path, {"records": records[:1]}).json()
        assert again == [{**first[0], "created": False}]
        (bad,) = client.patch(path, {"records": [{**records[0], "Name": ""}]}).json()
        assert (bad["success"], bad["created"]) == (False, False)
        assert list(bad) == ["success", "errors", "created"]

    def test_upsert_says_what_a_row_rolled_back_would_have_been(self, client):
        client.org.records.add_field("Account", "Key__c", external_id=True)
        old = {"attributes": {"type": "Account"}, "Name": "A", "Key__c": "k1"}
        path = "/composite/sobjects/Account/Key__c"
        client.patch(path, {"records": [old]})
        records = [
            old,
            {**old, "Key__c": "k2"},
            {**old, "Key__c": "k3", "OwnerId": "INVALID"},
        ]
        results = client.patch(path, {"allOrNone": True, "records": records}).json()
        assert [
            (one["success"], one["created"], one["errors"][0]["statusCode"])
            for one in results
        ] == [
            (False, False, "ALL_OR_NONE_OPERATION_ROLLED_BACK"),
            (False, True, "ALL_OR_NONE_OPERATION_ROLLED_BACK"),
            (False, True, "MALFORMED_ID"),
        ]

    def test_upsert_by_a_null_id_inserts(self, client):
        records = [{"attributes": {"type": "Account"}, "Id": None, "Name": "Null"}]
        path = "/composite/sobjects/Account/Id"
        (result,) = client.patch(path, {"records": records}).json()
        assert result["created"] is True

    def test_two_hundred_rows_are_the_most(self, client):
        body = {"records": self.records(*["x"] * 201)}
        answer = client.post("/composite/sobjects", body)
        assert rest_error(answer) == (400, "EXCEEDED_ID_LIMIT")
