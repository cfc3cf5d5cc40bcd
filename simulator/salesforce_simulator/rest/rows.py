"""One row: by id or external id; create, read, change, upsert, delete, blobs."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from salesforce_simulator import ids
from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.describe import (
    check_unmodified_since,
    http_date,
    not_modified_since,
)
from salesforce_simulator.rest.errors import (
    RestError,
    never_was,
    no_such_row,
    not_found,
)
from salesforce_simulator.schema import Field, Row, SObjectType
from salesforce_simulator.wire.messages import Response

TELLS_CREATED = 46.0
"""From this version on, an upsert answers with ``created``."""


def create(call: Call) -> Response:
    """``POST /sobjects/X``: 201 with ``Location``."""
    one = call.sobject()
    row = call.insert(one, call.object_body())
    return _created(call, one, row)


def read(call: Call) -> Response:
    """``GET /sobjects/X/<id>``, whole or only ``?fields=``."""
    one = call.sobject()
    return _read(call, one, live_row(call, one, call.params["id"]))


def change(call: Call) -> Response:
    """``PATCH /sobjects/X/<id>``: 204."""
    one = call.sobject()
    values = call.object_body()
    row = live_row(call, one, call.params["id"], deleted_too=True)
    check_unmodified_since(call, _stamp(row))
    call.update(one, str(row["Id"]), values)
    return Response(204)


def remove(call: Call) -> Response:
    """``DELETE /sobjects/X/<id>``: 204; a second time 404 ``ENTITY_IS_DELETED``."""
    one = call.sobject()
    row = live_row(call, one, call.params["id"], deleted_too=True)
    call.delete(one, str(row["Id"]))
    return Response(204)


def read_external(call: Call) -> Response:
    """``GET /sobjects/X/<field>/<value>``; 300 when several rows match."""
    one = call.sobject()
    found = _matches(call, one)
    if len(found) > 1:
        return _several(call, one, found)
    if not found:
        raise not_found()
    return _read(call, one, found[0])


def upsert(call: Call) -> Response:
    """``PATCH /sobjects/X/<field>/<value>``: 201 made, 200 changed, 300 several."""
    one = call.sobject()
    values = call.object_body()
    found = _matches(call, one)
    if len(found) > 1:
        return _several(call, one, found)
    if found:
        row = call.update(one, str(found[0]["Id"]), values)
        if float(call.version) < TELLS_CREATED:
            return Response(204)
        body = {"id": row["Id"], "success": True, "errors": [], "created": False}
        location = call.url_of(one.name, str(row["Id"]))
        return Response(200, value=body, headers={"Location": location})
    key = external_field(one, call.params["field"])
    if key.name == "Id":
        raise never_was()
    if call.query.get("updateOnly") == "true":
        raise not_found()
    row = call.insert(one, {**values, key.name: call.params["value"]})
    response = _created(call, one, row)
    if float(call.version) >= TELLS_CREATED:
        response.value["created"] = True
    return response


def remove_external(call: Call) -> Response:
    """``DELETE /sobjects/X/<field>/<value>``."""
    one = call.sobject()
    found = _matches(call, one)
    if len(found) > 1:
        return _several(call, one, found)
    if not found:
        raise not_found()
    call.delete(one, str(found[0]["Id"]))
    return Response(204)


def read_by_two(call: Call) -> Response:
    """``GET /sobjects/X/<a>/<b>``: a blob of row a, or the row whose field a is b."""
    first, second = call.params["field"], call.params["value"]
    field = call.sobject().field(second)
    if ids.is_id(first) and field is not None and field.type == "base64":
        call.params.update(id=first, field=second)
        return read_blob(call)
    return read_external(call)


def read_blob(call: Call) -> Response:
    """``GET /sobjects/X/<id>/<field>``: the bytes of a base64 field."""
    one = call.sobject()
    field = one.field(call.params["field"])
    if field is None or field.type != "base64":
        raise not_found()
    row = live_row(call, one, call.params["id"])
    content = one.value(row, field)
    return Response(200, body=_bytes(content), headers={"Content-Type": _kind(row)})


def external_field(one: SObjectType, name: str) -> Field:
    """The field, which must be Id, an external id or an id look-up. Raises 404."""
    field = one.field(name)
    if field is None or not (
        field.name == "Id" or field.external_id or field.id_lookup
    ):
        raise no_such_row(name)
    return field


def live_row(
    call: Call, one: SObjectType, record_id: str, *, deleted_too: bool = False
) -> Row:
    """The row of an id. Raises 404, or 400 for an id of the wrong shape.

    ``deleted_too`` is for changes, which tell a deleted row from one that never was.
    """
    if len(record_id) not in {15, 18} or not record_id.isalnum():
        raise no_such_row(record_id)
    foreign = one.key_prefix and not record_id.startswith(one.key_prefix)
    if foreign or not ids.is_id(record_id):
        message = f"Record ID: id value of incorrect type: {record_id}"
        raise RestError(400, "MALFORMED_ID", message, ["Id"])
    row = call.rows.get(one.name, record_id, include_deleted=deleted_too)
    if row is None:
        raise never_was() if deleted_too else not_found()
    return row


def record(call: Call, one: SObjectType, row: Row, fields: list[Field]) -> Row:
    """A row as the API shows it."""
    shown: dict[str, Any] = {"attributes": call.attributes(one, row)}
    for field in fields:
        shown[field.name] = _shown(call, one, row, field)
    return shown


def named_fields(one: SObjectType, names: list[str]) -> list[Field]:
    """The fields of these names. Raises 400 ``INVALID_FIELD`` for unknown ones."""
    fields = []
    for name in names:
        field = one.field(name.strip())
        if field is None:
            message = f"No such column '{name}' on sobject of type {one.name}"
            raise RestError(400, "INVALID_FIELD", message)
        fields.append(field)
    return fields


def _read(call: Call, one: SObjectType, row: Row) -> Response:
    stamp = _stamp(row)
    check_unmodified_since(call, stamp)
    headers = {"Last-Modified": http_date(stamp)}
    if one.name == "Account":
        headers["ETag"] = etag(call, row)
    seen = call.request.headers.get("if-none-match")
    if not_modified_since(call, stamp) or (seen and seen == headers.get("ETag")):
        return Response(304, headers=headers)
    asked = [name for name in call.query.get("fields", "").split(",") if name.strip()]
    fields = named_fields(one, asked) if asked else list(one.fields.values())
    call.org.records.seen(call.user).see(one.name, str(row["Id"]))
    return Response(200, value=record(call, one, row, fields), headers=headers)


def _created(call: Call, one: SObjectType, row: Row) -> Response:
    record_id = str(row["Id"])
    call.org.records.seen(call.user).see(one.name, record_id)
    body = {"id": record_id, "success": True, "errors": []}
    headers = {"Location": call.url_of(one.name, record_id)}
    return Response(201, value=body, headers=headers)


def _matches(call: Call, one: SObjectType) -> list[Row]:
    field = external_field(one, call.params["field"])
    value: object = call.params["value"]
    if field.type in {"double", "int", "currency", "percent"}:
        value = _number(str(value))
    return call.store.find(one.name, field.name, value)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise no_such_row(text) from None


def _several(call: Call, one: SObjectType, rows: list[Row]) -> Response:
    urls = [call.url_of(one.name, str(row["Id"])) for row in rows]
    return Response(300, value=urls)


def _shown(call: Call, one: SObjectType, row: Row, field: Field) -> object:
    value = one.value(row, field)
    if field.type == "base64" and value is not None:
        return f"{call.url_of(one.name, str(row['Id']))}/{field.name}"
    return value


def etag(call: Call, row: Row) -> str:
    """The ETag of a row; real orgs send it for Account only."""
    text = json.dumps(row, sort_keys=True, default=str)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    zipped = "gzip" in call.request.headers.get("accept-encoding", "")
    return f'"{digest}{"--gzip" if zipped else ""}"'


def _stamp(row: Row) -> datetime:
    text = str(row.get("SystemModstamp") or row.get("CreatedDate") or "")
    try:
        moment = datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")  # noqa: DTZ007 - the zone follows
    except ValueError:
        return datetime(2020, 1, 1, tzinfo=UTC)
    return moment.replace(tzinfo=UTC)


def _bytes(content: object) -> bytes:
    if content is None:
        return b""
    if isinstance(content, bytes):
        return content
    try:
        return base64.b64decode(str(content), validate=True)
    except (binascii.Error, ValueError):
        return str(content).encode()


def _kind(row: Row) -> str:
    return str(row.get("ContentType") or "application/octet-stream")
