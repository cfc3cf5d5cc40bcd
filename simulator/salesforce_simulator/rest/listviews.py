"""List views over HTTP: lists of them, what they show, and their rows."""

from __future__ import annotations

from typing import Any

from salesforce_simulator.metadata import listviews
from salesforce_simulator.metadata.listviews import ListView
from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import RestError, not_found
from salesforce_simulator.rest.query import run
from salesforce_simulator.schema import SObjectType
from salesforce_simulator.wire.messages import Response

FIRST_ROWS, MOST_ROWS = 25, 2000


def every(call: Call) -> Response:
    """``GET /sobjects/X/listviews``."""
    one = _listed(call)
    views = list(listviews.views(call.place, call.schema, one))
    return _list(call, one, views)


def recent(call: Call) -> Response:
    """``GET /sobjects/X/listviews/recent``: nobody looked at one."""
    return _list(call, _listed(call), [])


def view(call: Call) -> Response:
    """``GET /sobjects/X/listviews/<id>``."""
    return Response(200, value=_found(call).brief(call.place))


def describe(call: Call) -> Response:
    """``GET /sobjects/X/listviews/<id>/describe``."""
    return Response(200, value=_found(call).describe())


def results(call: Call) -> Response:
    """``GET /sobjects/X/listviews/<id>/results?limit=&offset=``."""
    found = _found(call)
    most = call.int_param("limit", FIRST_ROWS)
    start = call.int_param("offset", 0)
    if not 1 <= most <= MOST_ROWS or start < 0:
        message = f"limit must be between 1 and {MOST_ROWS}, offset not below 0"
        raise RestError(400, "INVALID_PARAMETER", message)
    result = run(call, found.soql, include_deleted=False)
    records = result.page(start, start + most, locate=_no_children)
    body = {
        "columns": found.described_columns(),
        "developerName": found.name,
        "done": start + most >= result.total_size,
        "id": found.id,
        "label": found.label,
        "records": [_row(found, record) for record in records],
        "size": len(records),
    }
    return Response(200, value=body)


def _list(call: Call, one: SObjectType, views: list[ListView]) -> Response:
    body = {
        "done": True,
        "listviews": [view.brief(call.place) for view in views],
        "nextRecordsUrl": None,
        "size": len(views),
        "sobjectType": one.name,
    }
    return Response(200, value=body)


def _row(found: ListView, record: dict[str, Any]) -> dict[str, Any]:
    columns = [
        {"fieldNameOrPath": column.path, "value": column.shown(record)}
        for column in found.columns
    ]
    return {"columns": columns}


def _listed(call: Call) -> SObjectType:
    one = call.sobject()
    if not (one.layoutable and one.queryable):
        raise not_found()
    return one


def _found(call: Call) -> ListView:
    one = _listed(call)
    found = listviews.find(call.place, call.schema, one, call.params["view"])
    if found is None:
        raise not_found()
    return found


def _no_children(*_: Any) -> str:
    raise AssertionError("a list view has no subquery")
