"""Workflow rules and approval processes over HTTP; an org starts without any."""

from __future__ import annotations

from typing import Any

from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import malformed, not_found
from salesforce_simulator.wire.messages import Response


def rules(call: Call) -> Response:
    """``GET /process/rules`` and ``GET /process/rules/X``."""
    named: dict[str, Any] = (
        {call.sobject().name: []} if "sobject" in call.params else {}
    )
    return Response(200, value={"rules": named})


def rule(call: Call) -> Response:
    """``GET /process/rules/X/<id>``: there is none."""
    call.sobject()
    raise not_found()


def trigger(call: Call) -> Response:
    """``POST /process/rules``: every rule of the rows is tried, and there is none."""
    _ids(call.object_body().get("contextIds"))
    return Response(200, value={"errors": None, "success": True})


def approvals(call: Call) -> Response:
    """``GET /process/approvals``."""
    del call  # the same for everybody
    return Response(200, value={"approvals": {}})


def approve(call: Call) -> Response:
    """``POST /process/approvals``: no process takes the row."""
    requests = Call.list_in(call.object_body(), "requests")
    if not requests or not all(isinstance(one, dict) for one in requests):
        raise malformed("requests must be an array of objects.")
    refused = {
        "errors": [
            {
                "statusCode": "NO_APPLICABLE_PROCESS",
                "message": "No applicable approval process was found.",
                "fields": [],
            }
        ],
        "success": False,
    }
    nothing = dict.fromkeys(
        ("actorIds", "instanceId", "instanceStatus", "newWorkitemIds")
    )
    told = [
        {"entityId": one.get("contextId"), **nothing, **refused} for one in requests
    ]
    return Response(400, value=told)


def _ids(found: Any) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise malformed("contextIds must be an array of ids.")
    return found
