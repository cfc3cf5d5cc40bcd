"""Files sent beside their record's values, and read back byte for byte."""

from __future__ import annotations

import json

import pytest
from visitor import rest_error

BYTES = bytes(range(256)) + b"\r\n--x\r\n\r\n--\n\r"
KIND = "multipart/form-data; boundary=x-7"


def body_of(*parts):
    """A body of (headers, content), closed as MIME wants it."""
    pieces = (b"--x-7\r\n" + head + b"\r\n\r\n" + content for head, content in parts)
    return b"\r\n".join((*pieces, b"--x-7--\r\n"))


def told(values, name="entity_content"):
    head = f'Content-Disposition: form-data; name="{name}"'
    return f"{head}\r\nContent-Type: application/json".encode(), json.dumps(
        values
    ).encode()


def file(content, name="VersionData"):
    head = f'Content-Disposition: form-data; name="{name}"; filename="ä b.bin"'
    return f"{head}\r\nContent-Type: application/octet-stream".encode(), content


def send(client, body, path="/sobjects/ContentVersion", method="POST", kind=KIND):
    return client.call(method, path, data=body, headers={"Content-Type": kind})


VALUES = {"Title": "T", "PathOnClient": "t.bin"}


@pytest.mark.parametrize("is_first", [True, False])
def test_a_file_is_kept_as_it_is(client, is_first):
    parts = [told(VALUES), file(BYTES)]
    answer = send(client, body_of(*(parts if is_first else reversed(parts))))
    assert answer.status_code == 201, answer.text
    row = client.get(f"/sobjects/ContentVersion/{answer.json()['id']}").json()
    assert row["Title"] == "T"
    assert client.get(row["VersionData"]).content == BYTES


def test_a_file_without_a_byte_and_one_by_requests(client):
    made = send(client, body_of(told(VALUES), file(b""))).json()["id"]
    row = client.get(f"/sobjects/ContentVersion/{made}").json()
    assert client.get(row["VersionData"]).content == b""
    parent = client.post("/sobjects/Account", {"Name": "A"}).json()["id"]
    values = json.dumps({"ParentId": parent, "Name": "a"})
    files = {
        "entity_attachment": (None, values, "application/json"),
        "Body": ("a.bin", BYTES, "application/octet-stream"),
    }
    made = client.call("POST", "/sobjects/Attachment", files=files).json()["id"]
    row = client.get(f"/sobjects/Attachment/{made}").json()
    assert client.get(row["Body"]).content == BYTES
    changed = send(
        client,
        body_of(told({"Name": "b"}), file(b"new", "Body")),
        f"/sobjects/Attachment/{made}",
        "PATCH",
    )
    assert changed.status_code == 204
    row = client.get(f"/sobjects/Attachment/{made}").json()
    assert (row["Name"], client.get(row["Body"]).content) == ("b", b"new")


def test_files_of_a_collection_are_named_by_their_records(client):
    def record(number):
        told = {
            "type": "ContentVersion",
            "binaryPartName": f"part{number}",
            "binaryPartNameAlias": "VersionData",
        }
        return {"attributes": told, **VALUES}

    sent = told({"records": [record(0), record(1)]}, "collection")
    files = [file(BYTES * (n + 1), f"part{n}") for n in range(2)]
    answer = send(client, body_of(sent, *files), "/composite/sobjects")
    for number, made in enumerate(answer.json()):
        assert made["success"] is True, made
        row = client.get(f"/sobjects/ContentVersion/{made['id']}").json()
        assert client.get(row["VersionData"]).content == BYTES * (number + 1)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (body_of(file(BYTES)), KIND),
        (body_of(told([1]), file(BYTES)), KIND),
        (body_of((b"Content-Disposition: form-data; name=v", b"{"), file(b"")), KIND),
        (body_of(told(VALUES))[:-9], KIND),
        (b"--x-7\r\nno blank line\r\n--x-7--", KIND),
        (b"", KIND),
        (body_of(told(VALUES)), "multipart/form-data"),
    ],
)
def test_bodies_that_cannot_be_read(client, body, kind):
    answer = send(client, body, kind=kind)
    assert rest_error(answer) == (400, "INVALID_MULTIPART_REQUEST")
    assert client.get("/limits").status_code == 200


def test_parts_with_names_that_are_no_fields(client):
    answer = send(client, body_of(told(VALUES), file(b"x", "Nope")))
    assert rest_error(answer) == (400, "INVALID_FIELD")
