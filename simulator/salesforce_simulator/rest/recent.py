"""What each user looked at last: ``/recent`` and ``recentItems``."""

from __future__ import annotations

from typing import Any

from salesforce_simulator.rest.call import Call
from salesforce_simulator.schema import Row, SObjectType
from salesforce_simulator.wire.messages import Response


def newest(
    call: Call, one: SObjectType | None = None, *, most: int
) -> list[dict[str, Any]]:
    """The user's newest rows that still exist, of one object or of all."""
    items: list[dict[str, Any]] = []
    for sobject, record_id in call.org.records.seen(call.user).newest():
        kind = call.schema.object(sobject)
        if kind is None or (one is not None and kind.name != one.name):
            continue
        row = call.rows.get(sobject, record_id)
        if row is not None:
            items.append(item(call, kind, row))
        if len(items) >= most:
            break
    return items


def item(call: Call, one: SObjectType, row: Row) -> dict[str, Any]:
    """A row as ``/recent`` lists it: attributes, Id and its name."""
    name = one.name_field
    return {
        "attributes": call.attributes(one, row),
        "Id": row["Id"],
        "Name": one.value(row, name) if name else None,
    }


def recent(call: Call) -> Response:
    """``GET /recent?limit=``."""
    most = min(call.int_param("limit", 200), 2000)
    return Response(200, value=newest(call, most=most))
