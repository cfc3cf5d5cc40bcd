"""Which endpoint answers which path and method."""

from __future__ import annotations

from collections.abc import Callable

from sfconnector.simulator.rest import (
    batch,
    collections,
    composite,
    describe,
    graph,
    jobs,
    orgwide,
    query,
    recent,
    replication,
    rows,
    search,
    tree,
)
from sfconnector.simulator.rest.call import Call
from sfconnector.simulator.rest.errors import RestError, not_found
from sfconnector.simulator.wire.messages import Response

Endpoint = Callable[[Call], Response]

ROUTES: list[tuple[str, dict[str, Endpoint]]] = [
    ("", {"GET": orgwide.resources}),
    ("limits", {"GET": orgwide.limits}),
    ("limits/recordCount", {"GET": orgwide.record_count}),
    ("recent", {"GET": recent.recent}),
    ("query", {"GET": query.query}),
    ("queryAll", {"GET": query.query_all}),
    ("query/{locator}", {"GET": query.more}),
    ("queryAll/{locator}", {"GET": query.more}),
    ("search", {"GET": search.search}),
    (
        "parameterizedSearch",
        {"GET": search.parameterized, "POST": search.parameterized},
    ),
    ("composite", {"POST": composite.composite}),
    ("composite/batch", {"POST": batch.batch}),
    ("composite/graph", {"POST": graph.graph}),
    ("composite/tree/{sobject}", {"POST": tree.tree}),
    (
        "composite/sobjects",
        {
            "POST": collections.create,
            "PATCH": collections.change,
            "DELETE": collections.remove,
        },
    ),
    (
        "composite/sobjects/{sobject}",
        {"GET": collections.read, "POST": collections.read},
    ),
    ("composite/sobjects/{sobject}/{field}", {"PATCH": collections.upsert}),
    ("sobjects", {"GET": describe.describe_global}),
    ("sobjects/{sobject}", {"GET": describe.basic_information, "POST": rows.create}),
    ("sobjects/{sobject}/describe", {"GET": describe.describe}),
    ("sobjects/{sobject}/describe/layouts", {"GET": describe.layouts}),
    ("sobjects/{sobject}/updated", {"GET": replication.updated}),
    ("sobjects/{sobject}/deleted", {"GET": replication.deleted}),
    (
        "sobjects/{sobject}/{id}",
        {"GET": rows.read, "PATCH": rows.change, "DELETE": rows.remove},
    ),
    (
        "sobjects/{sobject}/{field}/{value}",
        {
            "GET": rows.read_by_two,
            "PATCH": rows.upsert,
            "DELETE": rows.remove_external,
        },
    ),
]
_SPLIT = [([p for p in path.split("/") if p], table) for path, table in ROUTES]


def find(call: Call) -> Endpoint:
    """The endpoint of a call, its path parameters filled in.

    Raises 404 for an unknown path and 405 for a method that the path has not.
    """
    if call.parts and call.parts[0].lower() == "jobs":
        return jobs.jobs
    for pattern, table in _SPLIT:
        params = _match(pattern, call.parts)
        if params is None:
            continue
        call.params = params
        method = "GET" if call.request.method == "HEAD" else call.request.method
        if method not in table:
            message = (
                f"HTTP Method '{method}' not allowed. Allowed are {','.join(table)}"
            )
            allow = {"Allow": ",".join(table)}
            raise RestError(405, "METHOD_NOT_ALLOWED", message, headers=allow)
        return table[method]
    raise not_found()


def writes(call: Call) -> bool:
    """Whether a call changes rows itself, rather than through subrequests."""
    if call.request.method not in {"POST", "PATCH", "PUT", "DELETE"}:
        return False
    path = "/".join(call.parts).lower()
    if path.startswith(("jobs/query", "composite", "parameterizedsearch")):
        return path.startswith(("composite/sobjects", "composite/tree"))
    return True


def _match(pattern: list[str], parts: list[str]) -> dict[str, str] | None:
    if len(pattern) != len(parts):
        return None
    params = {}
    for expected, part in zip(pattern, parts, strict=True):
        if expected.startswith("{"):
            params[expected[1:-1]] = part
        elif expected.lower() != part.lower():
            return None
    return params
