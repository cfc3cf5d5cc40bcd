"""``POST /composite/batch``: up to 25 independent subrequests, each counted."""

from __future__ import annotations

from typing import Any

from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.composite import subrequest
from salesforce_simulator.rest.errors import RestError, malformed
from salesforce_simulator.wire.messages import Response

MAX_SUBREQUESTS = 25
_HALTED = RestError(
    412,
    "BATCH_PROCESSING_HALTED",
    "Batch processing halted per request due to error in previous subrequest.",
)


def batch(call: Call) -> Response:
    """Answer 200 with one result per subrequest."""
    body = call.object_body()
    requests = body.get("batchRequests")
    if not isinstance(requests, list) or not requests:
        raise malformed("batchRequests must be an array of subrequests")
    if len(requests) > MAX_SUBREQUESTS:
        message = f"A batch may have at most {MAX_SUBREQUESTS} subrequests."
        raise RestError(400, "LIMIT_EXCEEDED", message)
    results: list[dict[str, Any]] = []
    failed = False
    for one in requests:
        halted = failed and bool(body.get("haltOnError"))
        response = _HALTED.response() if halted else _one(call, one)
        failed = failed or response.status >= 400
        results.append({"statusCode": response.status, "result": response.payload()})
    return Response(200, value={"hasErrors": failed, "results": results})


def _one(call: Call, one: Any) -> Response:
    if not isinstance(one, dict) or not one.get("url"):
        return malformed("A subrequest needs method and url").response()
    if not call.org.limits.spend():
        message = "TotalRequests Limit exceeded."
        return RestError(403, "REQUEST_LIMIT_EXCEEDED", message).response()
    url = str(one["url"])
    if not url.startswith("/"):
        url = f"/services/data/{url}"
    request = subrequest(
        call,
        method=str(one.get("method", "GET")),
        url=url,
        body=one.get("richInput"),
    )
    return call.answer(request)
