"""``POST /composite/graph``: up to 75 all-or-none groups of subrequests."""

from __future__ import annotations

from typing import Any

from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.composite import checked_requests, run_all
from salesforce_simulator.rest.errors import RestError, malformed, not_found
from salesforce_simulator.wire.messages import Response

MAX_GRAPHS, MAX_NODES = 75, 500
MAX_FAILED = 14
"""After so many failed graphs the rest is not tried."""
FIRST_VERSION = 50.0


def graph(call: Call) -> Response:
    """Answer 200; each graph says whether it was successful."""
    if float(call.version) < FIRST_VERSION:
        raise not_found()
    graphs = _checked(call.object_body().get("graphs"))
    failed = 0
    items: list[dict[str, Any]]
    results = []
    for one in graphs:
        if failed >= MAX_FAILED:
            items, good = [], False
        else:
            items, good = run_all(call, one["compositeRequest"], all_or_none=True)
        failed += not good
        results.append(
            {
                "graphId": one["graphId"],
                "graphResponse": {"compositeResponse": items},
                "isSuccessful": good,
            }
        )
    return Response(200, value={"graphs": results})


def _checked(graphs: Any) -> list[dict[str, Any]]:
    if not isinstance(graphs, list) or not graphs:
        raise malformed("graphs must be an array of graphs")
    if len(graphs) > MAX_GRAPHS:
        message = f"At most {MAX_GRAPHS} graphs are allowed."
        raise RestError(400, "LIMIT_EXCEEDED", message)
    nodes = 0
    for one in graphs:
        if not isinstance(one, dict) or not one.get("graphId"):
            raise malformed("A graph needs graphId and compositeRequest")
        nodes += len(checked_requests(one.get("compositeRequest"), most=MAX_NODES))
    if nodes > MAX_NODES:
        message = f"At most {MAX_NODES} nodes are allowed in all graphs together."
        raise RestError(400, "LIMIT_EXCEEDED", message)
    return graphs
