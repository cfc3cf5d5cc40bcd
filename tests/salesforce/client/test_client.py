"""What a client asks for, and how it reads what an org answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sfconnector.exceptions import (
    Conflict,
    Corrupt,
    InvalidRequest,
    NotFound,
)
from sfconnector.salesforce import Client, Limit, ObjectDescribe
from tests.salesforce.conftest import Stage, answer, refusal

DATA = "/services/data/v66.0"
START = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
END = datetime(2026, 5, 2, 12, 30, tzinfo=UTC)


def describe_of(name: str, **more: Any) -> dict[str, Any]:
    field = {"name": "Id", "type": "id", "soapType": "tns:ID", "length": 18}
    return {"name": name, "label": name, "fields": [field], **more}


def test_versions_are_sorted_by_number(client: Client, stage: Stage) -> None:
    stage.puts(
        answer(200, [{"version": "100", "url": "/x", "label": "a"},
                     {"version": "20.0", "url": "/y", "label": "b"}])
    )  # fmt: skip
    assert [one.version for one in client.versions()] == ["20.0", "100"]
    assert stage.seen[0].target == "/services/data"


def test_describe_global_is_conditional(client: Client, stage: Stage) -> None:
    moment = "Wed, 06 May 2026 09:49:20 GMT"
    body = {"maxBatchSize": 200, "sobjects": [{"name": "Account", "keyPrefix": None}]}
    stage.puts(answer(200, body, headers={"Last-Modified": moment}), answer(304))
    first = client.describe_global()
    assert first is not None
    assert (first.objects[0].name, first.objects[0].key_prefix) == ("Account", None)
    assert client.describe_global(first.last_modified) is None
    assert stage.seen[1].headers["if-modified-since"] == moment


def test_a_describe_reads_fields_of_any_age(client: Client, stage: Stage) -> None:
    picklist = {
        "name": "Level__c", "type": "picklist", "label": "Level", "custom": True,
        "picklistValues": [{"value": "a", "label": "A", "active": True,
                            "defaultValue": False, "validFor": None}],
        "referenceTo": [], "defaultValue": None, "calculated": False,
        "compoundFieldName": None, "filterable": True,
    }  # fmt: skip
    body = describe_of("Account", queryable=True, keyPrefix="001")
    body["fields"].append(picklist)
    stage.puts(answer(200, body))
    found = client.describe("Account")
    assert found is not None
    assert (found.queryable, found.key_prefix, found.deletable) == (True, "001", False)
    level = found.field("level__C")
    assert level is not None
    assert (level.custom, level.filterable, level.sortable) == (True, True, False)
    assert level.picklist_values[0].label == "A"
    assert found.field("Nope") is None


@pytest.mark.parametrize(
    "body",
    [{}, {"name": "Account"}, {"name": "Account", "fields": {}}, [],
     {"name": "Account", "fields": [{"name": "Id"}]},
     {"name": "Account", "fields": ["Id"]}, {"name": 5, "fields": []}],
)  # fmt: skip
def test_what_is_no_describe_is_corrupt(
    body: Any, client: Client, stage: Stage
) -> None:
    stage.puts(answer(200, body))
    with pytest.raises(Corrupt):
        client.describe("Account")


def test_many_describes_go_25_to_a_call(client: Client, stage: Stage) -> None:
    names = [f"Object_{number}__c" for number in range(30)]

    def reply(some: list[str]) -> bytes:
        parts = [
            {"referenceId": f"describe{at}", "httpStatusCode": 200,
             "httpHeaders": {"Last-Modified": "then"}, "body": describe_of(name)}
            for at, name in enumerate(some)
        ]  # fmt: skip
        return answer(200, {"compositeResponse": parts})

    stage.puts(reply(names[:25]), reply(names[25:]))
    found = dict(client.describe_many(names))
    assert list(found) == names
    assert len(stage.seen) == 2
    first = found[names[0]]
    assert isinstance(first, ObjectDescribe)
    assert first.last_modified == "then"


def test_one_object_that_fails_does_not_hide_the_others(
    client: Client, stage: Stage
) -> None:
    gone = [{"errorCode": "NOT_FOUND", "message": "The requested resource"}]
    parts = [
        {"referenceId": "describe0", "httpStatusCode": 304, "body": None,
         "httpHeaders": {}},
        {"referenceId": "describe1", "httpStatusCode": 404, "body": gone,
         "httpHeaders": {}},
        {"referenceId": "describe2", "httpStatusCode": 200, "body": {"name": "C"},
         "httpHeaders": {}},
        {"referenceId": "describe3", "httpStatusCode": 200, "body": describe_of("D"),
         "httpHeaders": {}},
    ]  # fmt: skip
    stage.puts(answer(200, {"compositeResponse": parts}))
    found = dict(client.describe_many("ABCD", if_modified_since={"A": "then"}))
    assert found["A"] is None
    assert isinstance(found["B"], NotFound)
    assert isinstance(found["C"], Corrupt)
    assert isinstance(found["D"], ObjectDescribe)
    sent = json.loads(stage.seen[0].body)["compositeRequest"]
    assert sent[0]["httpHeaders"] == {"If-Modified-Since": "then"}
    assert "httpHeaders" not in sent[1]


def test_a_composite_that_leaves_a_part_out_is_corrupt(
    client: Client, stage: Stage
) -> None:
    stage.puts(answer(200, {"compositeResponse": []}))
    with pytest.raises(Corrupt, match="every part"):
        list(client.describe_many(["Account"]))


def test_sobject_info_takes_any_version_and_case(client: Client, stage: Stage) -> None:
    stage.puts(answer(200, {"objectDescribe": {"name": "Account"}, "recentItems": []}))
    assert "recentItems" in client.sobject_info("account", "39.0")
    assert stage.seen[0].target == "/services/data/v39.0/sobjects/account"


def test_limits_may_be_overdrawn(client: Client, stage: Stage) -> None:
    stage.puts(
        answer(200, {"DailyApiRequests": {"Max": 15000, "Remaining": -3, "app": {}}})
    )
    assert client.limits() == {
        "DailyApiRequests": Limit(name="DailyApiRequests", maximum=15000, remaining=-3)
    }


def test_record_counts_leave_out_what_has_none(client: Client, stage: Stage) -> None:
    stage.puts(answer(200, {"sObjects": [{"count": 7, "name": "Account"}]}))
    assert client.record_counts(["Account", "Contact"]) == {"Account": 7}
    assert stage.seen[0].target.endswith("recordCount?sObjects=Account%2CContact")


def test_changed_ids_of_a_window(client: Client, stage: Stage) -> None:
    body = {"ids": ["a00"], "latestDateCovered": "2013-05-08T21:20:00.000+0000"}
    stage.puts(answer(200, body))
    found = client.updated("Lead", start=START, end=END)
    assert found.ids == ("a00",)
    assert found.latest_date_covered == datetime(2013, 5, 8, 21, 20, tzinfo=UTC)
    assert stage.seen[0].target == (
        f"{DATA}/sobjects/Lead/updated/?start=2026-05-01T12%3A30%3A00%2B00%3A00"
        "&end=2026-05-02T12%3A30%3A00%2B00%3A00"
    )


def test_deleted_ids_of_a_window(client: Client, stage: Stage) -> None:
    moment = "2013-05-07T22:07:19.000+0000"
    body = {"deletedRecords": [{"id": "a00", "deletedDate": moment}],
            "earliestDateAvailable": moment, "latestDateCovered": moment}  # fmt: skip
    stage.puts(answer(200, body))
    found = client.deleted("Lead", start=START, end=END)
    assert found.records == (("a00", datetime(2013, 5, 7, 22, 7, 19, tzinfo=UTC)),)


def test_a_window_needs_a_time_zone(client: Client) -> None:
    with pytest.raises(InvalidRequest, match="time zone"):
        client.updated("Lead", start=START.replace(tzinfo=None), end=END)


def test_a_record_is_read_with_the_fields_named(client: Client, stage: Stage) -> None:
    stage.puts(answer(200, {"Id": "001", "Name": "x"}))
    assert client.record("Account", "001", ["Id", "Name"])["Name"] == "x"
    assert stage.seen[0].target == f"{DATA}/sobjects/Account/001?fields=Id%2CName"


def test_create_update_delete(client: Client, stage: Stage) -> None:
    stage.puts(
        answer(201, {"id": "001", "success": True, "errors": []}),
        answer(204),
        answer(204),
    )
    assert client.create("Account", {"Name": "é"}).id == "001"
    assert client.update("Account", "001", {"Name": None}).success
    assert client.delete("Account", "001").success
    assert [(one.method, one.target) for one in stage.seen] == [
        ("POST", f"{DATA}/sobjects/Account"),
        ("PATCH", f"{DATA}/sobjects/Account/001"),
        ("DELETE", f"{DATA}/sobjects/Account/001"),
    ]
    assert json.loads(stage.seen[1].body) == {"Name": None}
    assert stage.seen[0].headers["content-type"] == "application/json; charset=UTF-8"


@pytest.mark.parametrize(
    ("written", "created"),
    [
        (answer(201, {"id": "003", "success": True, "created": True}), True),
        (answer(200, {"id": "003", "success": True, "created": False}), False),
        (answer(201, {"id": "003", "success": True}), True),
        (answer(204), None),
    ],
)
def test_upsert_tells_whether_it_created(
    written: bytes, created: bool | None, client: Client, stage: Stage
) -> None:
    stage.puts(written)
    saved = client.upsert("Contact", "Email", "a+b/c@x.example", {"LastName": "x"})
    assert saved.created is created
    target = f"{DATA}/sobjects/Contact/Email/a%2Bb%2Fc%40x.example"
    assert stage.seen[0].target == target


def test_upsert_of_several_records_is_a_conflict(client: Client, stage: Stage) -> None:
    stage.puts(answer(300, ["/services/data/v66.0/sobjects/A__c/1"]))
    with pytest.raises(Conflict):
        client.upsert("A__c", "Key__c", "1", {})


def test_deleting_what_is_deleted_is_a_success(client: Client, stage: Stage) -> None:
    stage.puts(refusal(404, "ENTITY_IS_DELETED", "entity is deleted"))
    assert client.delete("Account", "001").success
    stage.script = [refusal(404, "NOT_FOUND", "nothing")]
    with pytest.raises(NotFound):
        client.delete("Account", "001")


def test_who_is_connected(client: Client, stage: Stage) -> None:
    stage.puts(
        answer(200, {"user_id": "005dM00000awSFJ", "name": "Ada", "active": True,
                     "organization_id": "00DdM00000vfgTuUAI",
                     "preferred_username": "ada@acme.example"})
    )  # fmt: skip
    found = client.identity()
    assert found.user_id == "005dM00000awSFJQA2"
    assert (found.username, found.active) == ("ada@acme.example", True)


def test_a_dead_token_at_userinfo_is_renewed(client: Client, stage: Stage) -> None:
    dead = answer(403, b"Bad_OAuth_Token", kind="text/html")
    stage.puts(dead, answer(200, {"user_id": "005dM00000awSFJ",
                                  "organization_id": "00DdM00000vfgTuUAI"}))  # fmt: skip
    assert client.identity().username == ""
    assert len(stage.seen) == 2
