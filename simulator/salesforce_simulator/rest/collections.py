"""sObject Collections: up to 200 rows written, up to 2,000 read, in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from salesforce_simulator import ids
from salesforce_simulator.rest import rows
from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import (
    RestError,
    item_error,
    malformed,
    not_found,
)
from salesforce_simulator.schema import SObjectType
from salesforce_simulator.store.errors import StoreError
from salesforce_simulator.wire.messages import Response

MAX_WRITTEN, MAX_READ = 200, 2000
ROLLED_BACK = RestError(
    400,
    "ALL_OR_NONE_OPERATION_ROLLED_BACK",
    "Record rolled back because not all records were valid and the request was "
    "using AllOrNone header",
)
Item = dict[str, Any]


class _RollBackError(Exception):
    """One row of an all-or-none call failed."""


def create(call: Call) -> Response:
    """``POST /composite/sobjects``."""

    def one_row(record: Item) -> Item:
        kind = _kind(call, record)
        return _done(str(call.insert(kind, _values(record))["Id"]))

    return _write(call, one_row)


def change(call: Call) -> Response:
    """``PATCH /composite/sobjects``: each record carries its id."""

    def one_row(record: Item) -> Item:
        kind = _kind(call, record)
        values = _values(record)
        key = _take_id(values)
        if not key:
            raise StoreError("MISSING_ARGUMENT", "Id not specified in an update call")
        return _done(str(call.update(kind, key, values)["Id"]))

    return _write(call, one_row)


def upsert(call: Call) -> Response:
    """``PATCH /composite/sobjects/X/<external id field>``."""
    one = call.sobject()
    key = rows.external_field(one, call.params["field"])
    is_new: list[bool] = []

    def one_row(record: Item) -> Item:
        is_new.append(True)
        if _kind(call, record).name != one.name:
            raise StoreError("INVALID_TYPE", f"records must be of type {one.name}")
        values = {name: v for name, v in record.items() if name != "attributes"}
        value = _take(values, key.name)
        found = call.store.find(one.name, key.name, value) if value else []
        is_new[-1] = not found
        if len(found) > 1:
            message = f"{key.name}: more than one record found for external id field"
            raise StoreError("DUPLICATE_EXTERNAL_ID", message, [key.name])
        if found:
            row = call.update(one, str(found[0]["Id"]), values)
        elif key.name == "Id" and value:
            raise StoreError(
                "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"
            )
        else:
            extra = {} if key.name == "Id" else {key.name: value}
            row = call.insert(one, {**values, **extra})
        return _done(str(row["Id"]))

    response = _write(call, one_row)
    # Of a row that failed or was rolled back it says what it would have been.
    for result, new in zip(response.value, is_new, strict=True):
        result["created"] = new
    return response


def remove(call: Call) -> Response:
    """``DELETE /composite/sobjects?ids=a,b&allOrNone=``."""
    keys = [key for key in call.query.get("ids", "").split(",") if key]
    if not keys:
        raise RestError(400, "MISSING_ARGUMENT", "The ids parameter is required.")
    _check_number(len(keys), MAX_WRITTEN)

    def one_row(key: str) -> Item:
        kind = call.schema.by_prefix(key)
        if kind is None or not ids.is_id(key):
            raise StoreError("MALFORMED_ID", f"malformed id {key}")
        call.delete(kind, key)
        return _done(ids.to18(key[:15]))

    all_or_none = call.query.get("allOrNone", "").lower() == "true"
    return Response(200, value=_each(call, keys, one_row, all_or_none=all_or_none))


def read(call: Call) -> Response:
    """``GET`` or ``POST /composite/sobjects/X`` with ids and fields; null if none."""
    one = call.sobject()
    if call.request.method == "POST":
        body = call.object_body()
        keys, names = call.list_in(body, "ids"), call.list_in(body, "fields")
    else:
        keys = [k for k in call.query.get("ids", "").split(",") if k]
        names = [f for f in call.query.get("fields", "").split(",") if f]
    _check_number(len(keys), MAX_READ)
    fields = rows.named_fields(one, [str(name) for name in names or ["Id"]])
    found = []
    for key in keys:
        row = call.store.get(one.name, str(key)) if ids.is_id(key) else None
        found.append(rows.record(call, one, row, fields) if row else None)
    return Response(200, value=found)


def _write(call: Call, one_row: Callable[[Item], Item]) -> Response:
    body = call.object_body()
    records = call.list_in(body, "records")
    if not records:
        raise malformed("records must be an array with at least one record")
    _check_number(len(records), MAX_WRITTEN)
    all_or_none = bool(body.get("allOrNone"))
    records = [_with_file(record, body) for record in records]
    return Response(200, value=_each(call, records, one_row, all_or_none=all_or_none))


def _with_file(record: Any, body: Item) -> Any:
    """The record with the part of a multipart body that its attributes name."""
    told = record.get("attributes") if isinstance(record, dict) else None
    if not isinstance(told, dict) or told.get("binaryPartName") not in body:
        return record
    field = str(told.get("binaryPartNameAlias") or "Body")
    return {**record, field: body[told["binaryPartName"]]}


def _each(
    call: Call, items: list[Any], one_row: Callable[[Any], Item], *, all_or_none: bool
) -> list[Item]:
    results: list[Item] = []
    if not all_or_none:
        return [_tried(one_row, item)[0] for item in items]
    try:
        with call.store.atomic():
            tried = [_tried(one_row, item) for item in items]
            results = [result for result, _ in tried]
            if not all(good for _, good in tried):
                raise _RollBackError
    except _RollBackError:
        return [_failed(ROLLED_BACK) if r["success"] else r for r in results]
    return results


def _tried(one_row: Callable[[Any], Item], item: Any) -> tuple[Item, bool]:
    try:
        return one_row(item), True
    except (StoreError, RestError) as error:
        return _failed(error), False


def _done(record_id: str) -> Item:
    return {"id": record_id, "success": True, "errors": []}


def _failed(error: StoreError | RestError) -> Item:
    return {"success": False, "errors": [item_error(error)]}


def _kind(call: Call, record: Any) -> SObjectType:
    if not isinstance(record, dict):
        raise malformed("A record must be a JSON object.")
    attributes = record.get("attributes")
    name = attributes.get("type") if isinstance(attributes, dict) else None
    if not name:
        name = call.params.get("sobject", "")
    one = call.schema.object(str(name))
    if one is None:
        error = not_found()
        raise StoreError("INVALID_TYPE", error.message)
    return one


def _values(record: Item) -> Item:
    return {name: v for name, v in record.items() if name != "attributes"}


def _take_id(values: Item) -> str:
    return str(_take(values, "Id") or "")


def _take(values: Item, name: str) -> Any:
    for key in list(values):
        if key.lower() == name.lower():
            return values.pop(key)
    return None


def _check_number(number: int, most: int) -> None:
    if number > most:
        message = f"record limit reached. cannot submit more than {most} records"
        raise RestError(400, "EXCEEDED_ID_LIMIT", f"{message} into this call")
