"""Resources of the whole org: list of resources, limits, record counts."""

from __future__ import annotations

from salesforce_simulator.rest.call import Call
from salesforce_simulator.wire.messages import Response

_RESOURCES = (
    "compactLayouts",
    "composite",
    "jobs",
    "limits",
    "parameterizedSearch",
    "process",
    "query",
    "queryAll",
    "quickActions",
    "recent",
    "search",
    "sobjects",
    "tabs",
    "theme",
    "tooling",
)


def resources(call: Call) -> Response:
    """``GET /services/data/vXX.X``."""
    body = {name: f"{call.base}/{name}" for name in _RESOURCES}
    body["identity"] = call.org.identity_url(call.user, call.request)
    return Response(200, value=body)


def limits(call: Call) -> Response:
    """``GET /limits``."""
    return Response(200, value=call.org.limits.as_json())


def record_count(call: Call) -> Response:
    """``GET /limits/recordCount?sObjects=A,B``."""
    asked = [n.strip() for n in call.query.get("sObjects", "").split(",") if n.strip()]
    objects = (
        [call.schema.object(name) for name in asked] if asked else call.schema.objects()
    )
    counts = [
        {"count": call.store.count(one.name), "name": one.name}
        for one in objects
        if one is not None and one.queryable
    ]
    if not asked:
        counts = [entry for entry in counts if entry["count"]]
    return Response(200, value={"sObjects": counts})
