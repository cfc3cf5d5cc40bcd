"""Rows over REST: create, read, change, upsert, delete, blobs, conditions."""

from __future__ import annotations

import pytest
from visitor import V, rest_error

from salesforce_simulator import ids

NOT_FOUND = [
    {"message": "The requested resource does not exist", "errorCode": "NOT_FOUND"}
]


def make_account(client, **values):
    answer = client.post("/sobjects/Account", {"Name": "Northwind", **values})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_a_created_row_is_answered_with_its_address(client):
    answer = client.post("/sobjects/Account/", {"Name": "Müller & Söhne", "Phone": "1"})
    body = answer.json()
    assert answer.status_code == 201
    assert list(body) == ["id", "success", "errors"]
    assert (body["success"], body["errors"]) == (True, [])
    assert answer.headers["Location"] == f"{V}/sobjects/Account/{body['id']}"
    row = client.get(answer.headers["Location"]).json()
    assert row["Name"] == "Müller & Söhne"
    assert row["OwnerId"] == client.org.user.id
    assert row["attributes"] == {
        "type": "Account",
        "url": f"{V}/sobjects/Account/{body['id']}",
    }


def test_a_row_can_be_read_in_parts_and_by_its_short_id(client):
    key = make_account(client)
    row = client.get(f"/sobjects/account/{key[:15]}", params={"fields": "name,Id"})
    assert list(row.json()) == ["attributes", "Name", "Id"]


def test_an_unknown_field_is_refused(client):
    key = make_account(client)
    answer = client.get(f"/sobjects/Account/{key}", params={"fields": "Id,Nope"})
    assert rest_error(answer) == (400, "INVALID_FIELD")


def test_a_change_is_answered_with_204_and_no_body(client):
    key = make_account(client)
    answer = client.patch(f"/sobjects/Account/{key}", {"Name": "Southwind"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(f"/sobjects/Account/{key}").json()["Name"] == "Southwind"


def test_a_row_is_deleted_once(client):
    key = make_account(client)
    assert client.delete(f"/sobjects/Account/{key}").status_code == 204
    answer = client.delete(f"/sobjects/Account/{key}")
    assert answer.status_code == 404
    assert answer.json() == [
        {
            "message": "entity is deleted",
            "errorCode": "ENTITY_IS_DELETED",
            "fields": [],
        }
    ]
    assert client.get(f"/sobjects/Account/{key}").json() == NOT_FOUND


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (f"/sobjects/Account/{ids.make('001', 99)}", (404, "NOT_FOUND")),
        ("/sobjects/Account/garbage", (404, "NOT_FOUND")),
        (f"/sobjects/Account/{ids.make('003', 1)}", (400, "MALFORMED_ID")),
        ("/sobjects/Account/001AB0000000001AAA", (400, "MALFORMED_ID")),
        ("/sobjects/Nothing", (404, "NOT_FOUND")),
        ("/sobjects/Nothing/describe", (404, "NOT_FOUND")),
        ("/sobjects/Account/Name/x", (404, "NOT_FOUND")),
        ("/nothing", (404, "NOT_FOUND")),
        ("/services/data/v66/limits", (404, "NOT_FOUND")),
        ("/services/data/vxx.0/limits", (404, "NOT_FOUND")),
        ("/services/data/v69.0/limits", (404, "NOT_FOUND")),
        ("/services/data/v30.0/limits", (410, "GONE")),
        ("/services/apexrest/x", (404, "NOT_FOUND")),
    ],
)
def test_wrong_addresses_get_salesforces_errors(client, path, expected):
    assert rest_error(client.get(path)) == expected


@pytest.mark.parametrize(
    ("values", "code", "fields"),
    [
        ({}, "REQUIRED_FIELD_MISSING", ["Name"]),
        ({"Name": "x" * 300}, "STRING_TOO_LONG", ["Name"]),
        ({"Name": "x", "Nope": 1}, "INVALID_FIELD", None),
        ({"Name": "x", "Id": "001"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Id"]),
        ({"Name": "x", "OwnerId": "nobody"}, "MALFORMED_ID", ["OwnerId"]),
    ],
)
def test_wrong_values_are_refused_with_their_fields(client, values, code, fields):
    answer = client.post("/sobjects/Account", values)
    assert rest_error(answer) == (400, code)
    assert answer.json()[0].get("fields") == fields


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(client, body):
    headers = {"Content-Type": "application/json"}
    answer = client.call("POST", "/sobjects/Account", data=body, headers=headers)
    assert rest_error(answer) == (400, "JSON_PARSER_ERROR")


@pytest.mark.parametrize("kind", [None, "text/plain"])
def test_a_body_needs_its_content_type(client, kind):
    headers = {"Content-Type": kind} if kind else {}
    answer = client.call("POST", "/sobjects/Account", data=b"{}", headers=headers)
    assert rest_error(answer) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_method_the_address_lacks_is_refused_with_the_ones_it_has(client):
    answer = client.call("PUT", "/sobjects/Account")
    assert rest_error(answer) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "GET,POST"


class TestUpsert:
    """``/sobjects/X/<field>/<value>``."""

    @pytest.fixture
    def field(self, client):
        client.org.records.add_field(
            "Account", "Key__c", external_id=True, id_lookup=True
        )
        return "/sobjects/Account/Key__c"

    def test_it_creates_with_201_and_changes_with_200(self, client, field):
        made = client.patch(f"{field}/a%2Fb%40c", {"Name": "One"})
        again = client.patch(f"{field}/a%2Fb%40c", {"Name": "Two"})
        key = made.json()["id"]
        assert made.status_code == 201
        assert made.json() == {
            "id": key,
            "success": True,
            "errors": [],
            "created": True,
        }
        assert again.status_code == 200
        assert again.json()["created"] is False
        assert again.headers["Location"] == f"{V}/sobjects/Account/{key}"
        row = client.get(f"{field}/a%2Fb%40c").json()
        assert (row["Name"], row["Key__c"]) == ("Two", "a/b@c")

    def test_old_versions_answer_a_change_with_204(self, client, field):
        old = field.replace("/sobjects", "/services/data/v45.0/sobjects")
        made = client.patch(f"{old}/k", {"Name": "One"})
        assert (made.status_code, "created" in made.json()) == (201, False)
        assert client.patch(f"{old}/k", {"Name": "Two"}).status_code == 204

    def test_several_matches_get_300_and_their_addresses(self, client, field):
        keys = [make_account(client, Key__c="twin") for _ in range(2)]
        answer = client.patch(f"{field}/twin", {"Name": "Which"})
        assert answer.status_code == 300
        assert answer.json() == [f"{V}/sobjects/Account/{key}" for key in keys]
        assert client.get(f"{field}/twin").status_code == 300

    def test_update_only_does_not_create(self, client, field):
        answer = client.patch(
            f"{field}/none", {"Name": "x"}, params={"updateOnly": "true"}
        )
        assert answer.status_code == 404

    def test_the_id_works_as_external_id(self, client):
        key = make_account(client)
        answer = client.patch(f"/sobjects/Account/Id/{key}", {"Phone": "555"})
        assert (answer.status_code, answer.json()["created"]) == (200, False)

    def test_a_row_can_be_deleted_by_external_id(self, client, field):
        key = make_account(client, Key__c="gone")
        assert client.delete(f"{field}/gone").status_code == 204
        assert client.get(f"/sobjects/Account/{key}").status_code == 404

    def test_a_field_that_is_no_external_id_is_refused(self, client):
        answer = client.patch("/sobjects/Account/Phone/1", {"Name": "x"})
        assert answer.status_code == 404
        assert answer.json()[0]["message"] == (
            "Provided external ID field does not exist or is not accessible: Phone"
        )


def test_a_row_that_did_not_change_is_not_sent_again(client):
    key = make_account(client)
    first = client.get(f"/sobjects/Account/{key}")
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    again = client.get(f"/sobjects/Account/{key}", headers=since)
    assert (again.status_code, again.content) == (304, b"")


def test_an_account_has_an_etag_and_other_rows_have_none(client):
    key = make_account(client)
    first = client.get(f"/sobjects/Account/{key}")
    since = {"If-None-Match": first.headers["ETag"]}
    assert client.get(f"/sobjects/Account/{key}", headers=since).status_code == 304
    client.patch(f"/sobjects/Account/{key}", {"Name": "New"})
    assert client.get(f"/sobjects/Account/{key}", headers=since).status_code == 200
    user = client.get(f"/sobjects/User/{client.org.user.id}")
    assert "ETag" not in user.headers
    assert "Last-Modified" in user.headers


def test_if_unmodified_since_guards_a_change(client):
    key = make_account(client)
    old = {"If-Unmodified-Since": "Wed, 01 Jan 2020 00:00:00 GMT"}
    answer = client.patch(f"/sobjects/Account/{key}", {"Name": "x"}, headers=old)
    assert answer.status_code == 412


def test_pretty_print_indents(client):
    text = client.get("/limits", headers={"X-PrettyPrint": "1"}).text
    assert text.startswith('{\n  "')
    assert '" : {' in text


def test_gzip_is_used_both_ways(client):
    import gzip
    import json

    body = gzip.compress(json.dumps({"Name": "Packed"}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    made = client.call("POST", "/sobjects/Account", data=body, headers=headers)
    assert made.status_code == 201, made.text
    plain = client.get("/sobjects/Account/describe")
    packed = client.get(
        "/sobjects/Account/describe", headers={"Accept-Encoding": "gzip"}
    )
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["ETag"].endswith('--gzip"')
    assert int(packed.headers["Content-Length"]) < len(plain.content) / 3
    assert packed.json() == plain.json()


def test_a_damaged_gzip_body_is_refused(client):
    headers = {"Content-Encoding": "gzip"}
    answer = client.call("POST", "/sobjects/Account", data=b"junk", headers=headers)
    assert answer.status_code == 400


def test_field_level_security_hides_a_field_from_one_user(client):
    key = make_account(client, Phone="555")
    client.org.user.hide("Account.Phone")
    fields = client.get("/sobjects/Account/describe").json()["fields"]
    assert "Phone" not in {field["name"] for field in fields}
    assert "Phone" not in client.get(f"/sobjects/Account/{key}").json()
    soql = {"q": "SELECT Phone FROM Account"}
    assert rest_error(client.get("/query", params=soql)) == (400, "INVALID_FIELD")
    change = client.patch(f"/sobjects/Account/{key}", {"Phone": "1"})
    assert rest_error(change) == (400, "INVALID_FIELD")
    client.org.user.reveal("Account.Phone")
    assert client.get(f"/sobjects/Account/{key}").json()["Phone"] == "555"


def test_a_hidden_object_is_not_there(client):
    client.org.user.hide("Lead")
    assert client.get("/sobjects/Lead/describe").status_code == 404
    soql = {"q": "SELECT Id FROM Lead"}
    assert rest_error(client.get("/query", params=soql)) == (400, "INVALID_TYPE")


def test_objects_and_fields_come_and_go_at_run_time(client):
    schema = client.org.records.schema
    client.org.records.add_field("Contact", "Shoe_Size__c", kind="double", precision=4)
    made = client.post("/sobjects/Contact", {"LastName": "Lee", "Shoe_Size__c": 43})
    key = made.json()["id"]
    row = client.get(f"/sobjects/Contact/{key}", params={"fields": "Shoe_Size__c"})
    assert row.json()["Shoe_Size__c"] == 43
    schema.remove_field("Contact", "Shoe_Size__c")
    assert "Shoe_Size__c" not in client.get(f"/sobjects/Contact/{key}").json()
    schema.remove_object("Contact")
    assert client.get("/sobjects/Contact").status_code == 404


def test_the_daily_limit_is_counted_and_then_enforced(client):
    client.org.limits.daily_api_requests = client.org.limits.used + 2
    first = client.get("/limits")
    used, most = first.headers["Sforce-Limit-Info"].split("=")[1].split("/")
    assert int(most) - int(used) == 1
    assert first.json()["DailyApiRequests"]["Remaining"] == 1
    assert client.get("/limits").status_code == 200
    answer = client.get("/limits")
    assert rest_error(answer) == (403, "REQUEST_LIMIT_EXCEEDED")
    assert answer.json()[0]["message"] == "TotalRequests Limit exceeded."


def test_versions_need_no_token_and_cost_nothing(visitor):
    answer = visitor.get("/services/data")
    versions = answer.json()
    assert versions[0] == {
        "label": "Summer '14",
        "url": "/services/data/v31.0",
        "version": "31.0",
    }
    assert versions[-1]["label"] == "Winter '27"
    assert [v["version"] for v in versions] == [f"{n}.0" for n in range(31, 69)]
    assert {v["version"]: v["label"] for v in versions}["66.0"] == "Spring '26"
    assert "Sforce-Limit-Info" not in answer.headers
    assert visitor.org.limits.used == 0


@pytest.mark.parametrize("version", ["v31.0", "v39.0", "v68.0"])
def test_every_living_version_works(client, version):
    answer = client.get(f"/services/data/{version}/sobjects/account")
    assert answer.json()["objectDescribe"]["urls"]["sobject"] == (
        f"/services/data/{version}/sobjects/Account"
    )


def test_a_uri_may_have_sixteen_kilobytes(client):
    soql = "SELECT Id FROM Account WHERE Name = '" + "x" * 16_400 + "'"
    assert client.get("/query", params={"q": soql}).status_code == 414
    padded = {"X-Padding": "x" * 16_400}
    assert client.get("/limits", headers=padded).status_code == 431


def test_recent_lists_what_was_seen_last(client):
    keys = [make_account(client, Name=f"N{n}") for n in range(3)]
    client.get(f"/sobjects/Account/{keys[0]}")
    items = client.get("/recent").json()
    assert [item["Id"] for item in items] == [keys[0], keys[2], keys[1]]
    assert items[0]["Name"] == "N0"
    info = client.get("/sobjects/Account").json()
    assert [item["Id"] for item in info["recentItems"]] == [keys[0], keys[2], keys[1]]


def test_record_counts_are_told(client):
    body = client.get("/limits/recordCount", params={"sObjects": "Account,Nope"})
    count = client.query("SELECT COUNT() FROM Account")["totalSize"]
    assert body.json() == {"sObjects": [{"count": count, "name": "Account"}]}


def test_describes_answer_304_until_the_schema_changes(client):
    for path in ("/sobjects", "/sobjects/Account/describe"):
        first = client.get(path)
        since = {"If-Modified-Since": first.headers["Last-Modified"]}
        again = client.get(path, headers=since)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
    client.org.clock.advance(5)
    client.org.records.add_field("Account", "New__c")
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get("/sobjects/Lead/describe", headers=since).status_code == 200


def test_a_blob_is_read_at_the_address_its_row_names(client):
    import base64

    content = bytes(range(256))
    account = make_account(client)
    made = client.post(
        "/sobjects/Attachment",
        {
            "Name": "all.bin",
            "ParentId": account,
            "ContentType": "application/octet-stream",
            "Body": base64.b64encode(content).decode(),
        },
    )
    assert made.status_code == 201, made.text
    key = made.json()["id"]
    row = client.get(f"/sobjects/Attachment/{key}").json()
    assert row["Body"] == f"{V}/sobjects/Attachment/{key}/Body"
    answer = client.get(row["Body"])
    assert answer.content == content
    assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("given", "title", "extension"),
    [
        ({"PathOnClient": "C:\\files\\Price list.v2.pdf"}, "Price list.v2", "pdf"),
        ({"PathOnClient": "LICENSE"}, "LICENSE", None),
        ({"PathOnClient": "a.csv", "Title": "Own"}, "Own", "csv"),
    ],
)
def test_a_file_without_a_title_bears_its_name(client, given, title, extension):
    made = client.post("/sobjects/ContentVersion", {"VersionData": "aGk=", **given})
    assert made.status_code == 201, made.text
    row = client.get(f"/sobjects/ContentVersion/{made.json()['id']}").json()
    assert (row["Title"], row["FileExtension"]) == (title, extension)
    assert client.get(row["VersionData"]).content == b"hi"
