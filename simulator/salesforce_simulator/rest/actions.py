"""Quick actions over HTTP: lists, describes, values to start with, and doing them."""

from __future__ import annotations

from typing import Any

from salesforce_simulator import ids
from salesforce_simulator.metadata import actions
from salesforce_simulator.metadata.actions import QuickAction
from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import RestError, malformed, not_found
from salesforce_simulator.schema import SObjectType
from salesforce_simulator.wire.messages import Response


def every(call: Call) -> Response:
    """``GET /quickActions`` and ``GET /sobjects/X/quickActions``."""
    offered = actions.offered(call.schema, _context(call))
    return Response(200, value=[actions.brief(call.place, one) for one in offered])


def action(call: Call) -> Response:
    """``GET …/quickActions/<name>``, and with ``/describe`` behind it."""
    found = _found(call)
    return Response(200, value=actions.describe(call.place, call.schema, found))


def default_values(call: Call) -> Response:
    """``GET …/quickActions/<name>/defaultValues[/<id>]``."""
    found = _found(call)
    target = _target(call, found)
    values = dict.fromkeys(
        (one.name for one in actions.fields(call.schema, found)), None
    )
    told = {"type": target.name, "url": call.url_of(target.name, "{ID}")}
    context = call.params.get("context", "")
    shown = {"attributes": told, **values, **_linked(call, found, context)}
    return Response(200, value=shown)


def execute(call: Call) -> Response:
    """``POST …/quickActions/<name>``: makes a row; 201."""
    found = _found(call)
    target = _target(call, found)
    body = call.object_body()
    record = body.get("record") or {}
    if not isinstance(record, dict):
        raise malformed("record must be a JSON object.")
    context = str(body.get("contextId") or "")
    values = {**_linked(call, found, context), **record}
    if found.type == "LogACall":
        values = {"Status": "Completed", "TaskSubtype": "Call", **values}
    known = {name: value for name, value in values.items() if target.field(name)}
    row = call.insert(target, known | record)
    done = {
        "contextId": context or None,
        "created": True,
        "errors": [],
        "feedItemIds": [],
        "id": row["Id"],
        "success": True,
        "successMessage": None,
    }
    return Response(201, value=done)


def _context(call: Call) -> SObjectType | None:
    if "sobject" not in call.params:
        return None
    one = call.sobject()
    if not one.layoutable:
        raise not_found()
    return one


def _found(call: Call) -> QuickAction:
    found = actions.find(call.schema, call.params["action"], _context(call))
    if found is None:
        raise not_found()
    return found


def _target(call: Call, found: QuickAction) -> SObjectType:
    """The object whose rows an action makes; a post makes none. Raises 404."""
    if not found.target:
        raise not_found()
    return call.sobject(found.target)


def _linked(call: Call, found: QuickAction, context: str) -> dict[str, Any]:
    """The lookup to the row that the action is done from, as far as there is one."""
    if not context:
        return {}
    source = call.schema.by_prefix(context)
    if source is None or not ids.is_id(context):
        raise RestError(400, "MALFORMED_ID", f"malformed id {context}")
    if call.store.get(source.name, context) is None:
        raise not_found()
    target = _target(call, found)
    names = [found.parent] if found.parent else ["WhoId", "WhatId"]
    for name in names:
        field = target.field(name)
        if field is not None and source.name in field.reference_to:
            return {name: context}
    return {}
