"""The Tooling API over HTTP, for reading; what would change or run code is refused."""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn

from salesforce_simulator.cursors import Cursor
from salesforce_simulator.rest import query
from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import RestError
from salesforce_simulator.rest.rows import live_row
from salesforce_simulator.schema import Schema
from salesforce_simulator.soql.parser import parse
from salesforce_simulator.store import Reading
from salesforce_simulator.store.transaction import refused_right
from salesforce_simulator.wire.messages import Response

_RESOURCES: Final = (
    "completions",
    "composite",
    "executeAnonymous",
    "query",
    "sobjects",
)
_RIGHTS: Final = {"POST": "createable", "PATCH": "updateable", "DELETE": "deletable"}
_ENTITIES: Final = {
    "CustomField": "CustomFieldDefinition",
    "CustomObject": "CustomEntityDefinition",
}
"""What answers call these objects."""
_WHOLE: Final = re.compile(
    r"\bselect\b.*\b(?:metadata|fullname)\b.*\bfrom\b", re.I | re.S
)
_UNKNOWN: Final = re.compile(r"sObject type '[^']*' is not supported\.")


class ToolingCall(Call):
    """A request under ``/tooling``: other objects, and rows for reading only."""

    @property
    def base(self) -> str:
        return f"{super().base}/tooling"

    @property
    def schema(self) -> Schema:
        return self._view[0]

    @property
    def rows(self) -> Reading:
        return self._view[1]

    @property
    def _view(self) -> tuple[Schema, Reading]:
        return self.org.records.tooling(self.user, self.place)


def resources(call: Call) -> Response:
    """``GET /tooling``."""
    return Response(200, value={name: f"{call.base}/{name}" for name in _RESOURCES})


def ask(call: Call) -> Response:
    """``GET /tooling/query?q=``."""
    try:
        if {"columns", "explain"} & call.query.keys():
            return query.query(call)
        text = query.statement(call)
        cursor = query.opened(call, text, include_deleted=False)
    except RestError as error:
        raise _briefly(error) from error
    if cursor.result.total_size > 1 and _WHOLE.search(text):
        raise _too_many(cursor.result.total_size)
    return _page(call, cursor, start=0)


def more(call: Call) -> Response:
    """``GET /tooling/query/<locator>-<offset>``."""
    cursor, start = query.located(call)
    return _page(call, cursor, start=start)


def completions(call: Call) -> Response:
    """``GET /tooling/completions?type=``: no code is known."""
    kind = call.query.get("type", "").lower()
    if kind not in {"apex", "visualforce"}:
        message = "The type parameter must be apex or visualforce"
        raise RestError(400, "INVALID_PARAMETER", message)
    key = "publicDeclarations" if kind == "apex" else "completions"
    return Response(200, value={key: {}})


def refuse_code(call: Call) -> NoReturn:
    """``executeAnonymous`` and running tests: there is nothing that runs Apex."""
    del call  # whatever it asks for
    message = "insufficient access rights: the user has no Author Apex permission"
    raise RestError(403, "INSUFFICIENT_ACCESS", message)


def refuse_change(call: Call) -> NoReturn:
    """Writing: described as not createable, updateable or deletable, and so refused."""
    one = call.sobject()
    if "id" in call.params:
        live_row(call, one, call.params["id"])
    raise refused_right(one, _RIGHTS[call.request.method])


def _page(call: Call, cursor: Cursor, *, start: int) -> Response:
    """A page with the further keys that the Tooling API has."""
    page = query.page_body(call, cursor, start=start)
    name = parse(cursor.asked.text).target.text
    one = call.schema.object(name)
    name = one.name if one is not None else name
    following = page.pop("nextRecordsUrl", None)
    body: dict[str, Any] = {
        "size": len(page["records"]),
        "totalSize": page["totalSize"],
        "done": page["done"],
        "queryLocator": following.rpartition("/")[2] if following else None,
        "entityTypeName": _ENTITIES.get(name, name),
        "records": page["records"],
    }
    if following:
        body["nextRecordsUrl"] = following
    return Response(200, value=body)


def _briefly(error: RestError) -> RestError:
    """Unknown objects are told in one sentence, without the place in the statement."""
    found = _UNKNOWN.search(error.message)
    message = found[0] if found else error.message
    return RestError(error.status, error.code, message)


def _too_many(size: int) -> RestError:
    message = (
        "When retrieving results with Metadata or FullName fields, the query "
        "qualifications must specify no more than one row for retrieval. "
        f"Result size: {size}"
    )
    return RestError(400, "MALFORMED_QUERY", message)
