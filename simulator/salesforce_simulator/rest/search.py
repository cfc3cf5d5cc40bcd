"""``/search`` (SOSL) and ``/parameterizedSearch``."""

from __future__ import annotations

from typing import Any

from salesforce_simulator import sosl
from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import RestError, of_query
from salesforce_simulator.soql.errors import QueryError
from salesforce_simulator.wire.messages import Response


def search(call: Call) -> Response:
    """``GET /search?q=FIND {…}``."""
    text = call.query.get("q", "")
    if "{" not in text:
        message = "No search term found. The search term must be enclosed in braces."
        raise RestError(400, "MALFORMED_SEARCH", message)
    return _run(call, text)


def parameterized(call: Call) -> Response:
    """``/parameterizedSearch``: the same search, its parts as parameters."""
    if call.request.method == "POST":
        asked = call.object_body()
        objects = [_name(one) for one in call.list_in(asked, "sobjects")]
    else:
        asked = dict(call.query)
        objects = [n for n in asked.get("sobject", "").split(",") if n]
    term = str(asked.get("q", ""))
    if not term:
        raise RestError(400, "INVALID_INPUT", "Include the q parameter.")
    returning = f" RETURNING {', '.join(objects)}" if objects else ""
    return _run(call, f"FIND {{{term}}} IN ALL FIELDS{returning}")


def _name(one: Any) -> str:
    return str(one.get("name")) if isinstance(one, dict) else str(one)


def _run(call: Call, text: str) -> Response:
    try:
        records = sosl.search(
            text,
            schema=call.schema,
            store=call.store,
            now=call.now,
            user_id=call.user.id,
            version=call.version,
        )
    except QueryError as error:
        raise of_query(error) from error
    return Response(200, value={"searchRecords": records})
