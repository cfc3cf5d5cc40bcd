"""Which endpoint answers which path and method."""

from __future__ import annotations

from collections.abc import Callable

from salesforce_simulator.rest import (
    actions,
    appearance,
    batch,
    collections,
    composite,
    describe,
    graph,
    jobs,
    layouts,
    listviews,
    orgwide,
    processes,
    query,
    recent,
    replication,
    rows,
    search,
    tooling,
    tree,
)
from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import RestError, not_found
from salesforce_simulator.wire.messages import Response

Endpoint = Callable[[Call], Response]
Routes = list[tuple[str, dict[str, Endpoint]]]

_ACTION: dict[str, Endpoint] = {"GET": actions.action, "POST": actions.execute}
_DEFAULTS: dict[str, Endpoint] = {"GET": actions.default_values}

ROUTES: Routes = [
    ("", {"GET": orgwide.resources}),
    ("limits", {"GET": orgwide.limits}),
    ("limits/recordCount", {"GET": orgwide.record_count}),
    ("recent", {"GET": recent.recent}),
    ("quickActions", {"GET": actions.every}),
    ("quickActions/{action}", _ACTION),
    ("quickActions/{action}/describe", {"GET": actions.action}),
    ("quickActions/{action}/defaultValues", _DEFAULTS),
    ("quickActions/{action}/defaultValues/{context}", _DEFAULTS),
    ("process/rules", {"GET": processes.rules, "POST": processes.trigger}),
    ("process/rules/{sobject}", {"GET": processes.rules}),
    ("process/rules/{sobject}/{rule}", {"GET": processes.rule}),
    ("process/approvals", {"GET": processes.approvals, "POST": processes.approve}),
    ("tabs", {"GET": appearance.tabs}),
    ("theme", {"GET": appearance.theme}),
    ("compactLayouts", {"GET": layouts.compacts_of_many}),
    ("query", {"GET": query.query}),
    ("queryAll", {"GET": query.query_all}),
    ("query/{locator}", {"GET": query.more}),
    ("queryAll/{locator}", {"GET": query.more}),
    ("search", {"GET": search.search}),
    ("search/layout", {"GET": layouts.of_search}),
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
    ("sobjects/{sobject}/describe/layouts", {"GET": layouts.layouts}),
    ("sobjects/{sobject}/describe/layouts/{record_type}", {"GET": layouts.layout}),
    ("sobjects/{sobject}/describe/namedLayouts/{name}", {"GET": layouts.named}),
    ("sobjects/{sobject}/describe/compactLayouts", {"GET": layouts.compacts}),
    (
        "sobjects/{sobject}/describe/compactLayouts/{record_type}",
        {"GET": layouts.compact},
    ),
    ("sobjects/{sobject}/describe/approvalLayouts", {"GET": layouts.approvals}),
    ("sobjects/{sobject}/listviews", {"GET": listviews.every}),
    ("sobjects/{sobject}/listviews/recent", {"GET": listviews.recent}),
    ("sobjects/{sobject}/listviews/{view}", {"GET": listviews.view}),
    ("sobjects/{sobject}/listviews/{view}/describe", {"GET": listviews.describe}),
    ("sobjects/{sobject}/listviews/{view}/results", {"GET": listviews.results}),
    ("sobjects/{sobject}/quickActions", {"GET": actions.every}),
    ("sobjects/{sobject}/quickActions/{action}", _ACTION),
    ("sobjects/{sobject}/quickActions/{action}/describe", {"GET": actions.action}),
    ("sobjects/{sobject}/quickActions/{action}/defaultValues", _DEFAULTS),
    ("sobjects/{sobject}/quickActions/{action}/defaultValues/{context}", _DEFAULTS),
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
TOOLING_ROUTES: Routes = [
    ("", {"GET": tooling.resources}),
    ("query", {"GET": tooling.ask}),
    ("query/{locator}", {"GET": tooling.more}),
    ("completions", {"GET": tooling.completions}),
    ("composite", {"POST": composite.composite}),
    ("executeAnonymous", {"GET": tooling.refuse_code}),
    (
        "runTestsAsynchronous",
        {"GET": tooling.refuse_code, "POST": tooling.refuse_code},
    ),
    ("runTestsSynchronous", {"GET": tooling.refuse_code, "POST": tooling.refuse_code}),
    ("sobjects", {"GET": describe.describe_global}),
    (
        "sobjects/{sobject}",
        {"GET": describe.basic_information, "POST": tooling.refuse_change},
    ),
    ("sobjects/{sobject}/describe", {"GET": describe.describe}),
    (
        "sobjects/{sobject}/{id}",
        {
            "GET": rows.read,
            "PATCH": tooling.refuse_change,
            "DELETE": tooling.refuse_change,
        },
    ),
    ("sobjects/{sobject}/{field}/{value}", {"GET": rows.read_by_two}),
]


def _split(routes: Routes) -> list[tuple[list[str], dict[str, Endpoint]]]:
    return [([p for p in path.split("/") if p], table) for path, table in routes]


_SPLIT = _split(ROUTES)
_SPLIT_TOOLING = _split(TOOLING_ROUTES)


def find(call: Call) -> Endpoint:
    """The endpoint of a call, its path parameters filled in.

    Raises 404 for an unknown path and 405 for a method that the path has not.
    """
    is_tooling = isinstance(call, tooling.ToolingCall)
    if call.parts and call.parts[0].lower() == "jobs" and not is_tooling:
        return jobs.jobs
    for pattern, table in _SPLIT_TOOLING if is_tooling else _SPLIT:
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
