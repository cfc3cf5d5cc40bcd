"""``/query``, ``/queryAll`` and their further pages."""

from __future__ import annotations

import gzip
import re
from typing import Any

from salesforce_simulator import soql
from salesforce_simulator.cursors import Cursor, Question
from salesforce_simulator.metadata import listviews
from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import RestError, of_query
from salesforce_simulator.soql.children import FIRST_PAGE
from salesforce_simulator.soql.errors import QueryError
from salesforce_simulator.wire.messages import JSON_TYPE, Response, encode_json

MIN_BATCH, MAX_BATCH = 200, 2000
MAX_STATEMENT = 100_000
_BATCH = re.compile(r"batchSize\s*=\s*(\d+)", re.IGNORECASE)
_LOCATOR = re.compile(r"([A-Za-z0-9]{18})-(\d+)$")
_DATE_WORDS = re.compile(
    r"\b(?:TODAY|YESTERDAY|TOMORROW|(?:LAST|NEXT|THIS)_\w+|N_\w+_AGO)", re.IGNORECASE
)
_TOKENS = re.compile(r"\w+")


def query(call: Call) -> Response:
    """``GET /query?q=``: the first page."""
    return _first(call, include_deleted=False)


def query_all(call: Call) -> Response:
    """``GET /queryAll?q=``: deleted rows too."""
    return _first(call, include_deleted=True)


def more(call: Call) -> Response:
    """``GET /query/<locator>-<offset>``: a further page, for the same user only."""
    cursor, start = located(call)
    return _page(call, cursor, start=start)


def located(call: Call) -> tuple[Cursor, int]:
    """The open cursor that the path names, and the offset. Raises `RestError`."""
    match = _LOCATOR.match(call.params["locator"])
    cursor = match and call.org.cursors.find(match[1], user_id=call.user.id)
    if not match or not cursor or int(match[2]) > cursor.result.total_size:
        raise RestError(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    return cursor, int(match[2])


def _first(call: Call, *, include_deleted: bool) -> Response:
    if "explain" in call.query:
        return _explain(call)
    text = statement(call)
    if call.query.get("columns", "").lower() == "true":
        return _columns(call, text)
    cursor = opened(call, text, include_deleted=include_deleted)
    if cursor.result.purposes & {"VIEW", "REFERENCE"}:
        _see(call, cursor)
    return _page(call, cursor, start=0)


def statement(call: Call) -> str:
    """What ``q`` asks. Raises `RestError` when it is missing or too long."""
    text = call.query.get("q", "")
    if not text.strip():
        message = "A query string has to be specified"
        raise RestError(400, "MALFORMED_QUERY", message)
    if len(text) > MAX_STATEMENT:
        message = "SOQL statements cannot be longer than 100,000 characters."
        raise RestError(400, "MALFORMED_QUERY", message)
    return text


def _columns(call: Call, text: str) -> Response:
    """``columns=true``: what the statement would show, instead of its rows."""
    try:
        return Response(200, value=soql.describe(text, call.context()))
    except QueryError as error:
        raise of_query(error) from error


def _see(call: Call, cursor: Cursor) -> None:
    """Count the first page as looked at, its first row last: it is the newest."""
    seen = call.org.records.seen(call.user)
    for record in reversed(cursor.result.page(0, cursor.asked.size)):
        told = record["attributes"]
        seen.see(told["type"], told["url"].rpartition("/")[2])


def opened(call: Call, text: str, *, include_deleted: bool) -> Cursor:
    """The open cursor of the same question to the same data, or a new one.

    A statement with words such as TODAY may answer differently later: it is asked
    anew each time.
    """
    cursors = call.org.cursors
    asked = Question(
        text=text,
        include_deleted=include_deleted,
        user_id=call.user.id,
        hidden=call.user.hidden,
        base=call.base,
        size=_size(call, text),
        stamp=call.org.records.stamp,
        turn=call.org.next_number() if _DATE_WORDS.search(text) else 0,
    )
    cursor = cursors.same(asked)
    if cursor is None:
        result = run(call, text, include_deleted=include_deleted)
        cursor = cursors.open(result, asked=asked)
    return cursor


def run(call: Call, text: str, *, include_deleted: bool) -> Any:
    """Evaluate a statement in the user's name. Raises `RestError`."""
    try:
        return soql.run(
            text,
            schema=call.schema,
            store=call.rows,
            include_deleted=include_deleted,
            now=call.now,
            user_id=call.user.id,
            version=call.version,
            root=call.base,
        )
    except QueryError as error:
        raise of_query(error) from error


def _page(call: Call, cursor: Cursor, *, start: int) -> Response:
    """One page, from the cache of encoded pages when it is there."""
    zipped = "gzip" in call.request.headers.get("accept-encoding", "")
    headers = {"Content-Type": JSON_TYPE}
    if call.request.nested or "x-prettyprint" in call.request.headers:
        return Response(
            200, value=page_body(call, cursor, start=start), headers=headers
        )
    pages = call.org.cursors.pages
    key = (cursor.locator, start, zipped)
    body = pages.get(key)
    if body is None:
        value = page_body(call, cursor, start=start)
        body = encode_json(value)
        if zipped and len(body) >= 1024:
            body = gzip.compress(body, 1, mtime=0)
        if not cursor.has_children:
            pages.put(key, body)
    if body[:2] == b"\x1f\x8b":
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(200, body=body, headers=headers)


def page_body(call: Call, cursor: Cursor, *, start: int) -> dict[str, Any]:
    """A page of a cursor as it is answered."""
    result, stop = cursor.result, start + cursor.asked.size
    done = result.is_count or stop >= result.total_size
    body: dict[str, Any] = {"totalSize": result.total_size, "done": done}
    if not done:
        body["nextRecordsUrl"] = _url(cursor, stop)

    def locate(child: Any, parent_id: str, relationship: str) -> str:
        del parent_id, relationship
        return _url(call.org.cursors.open_child(child, parent=cursor), FIRST_PAGE)

    body["records"] = [] if result.is_count else result.page(start, stop, locate=locate)
    return body


def _url(cursor: Cursor, offset: int) -> str:
    return f"{cursor.asked.base}/query/{cursor.locator}-{offset}"


def _size(call: Call, text: str) -> int:
    """Rows per page. Long text areas halve it, as real orgs do."""
    match = _BATCH.search(call.request.headers.get("sforce-query-options", ""))
    asked = max(MIN_BATCH, min(MAX_BATCH, int(match[1]))) if match else MAX_BATCH
    size = min(asked, call.org.page_size)
    words = {word.lower() for word in _TOKENS.findall(text[:20_000])}
    return max(1, size // 2) if size > 1 and _has_long_text(call, words) else size


def _has_long_text(call: Call, words: set[str]) -> bool:
    for word in words:
        one = call.schema.object(word)
        if one is not None:
            return any(
                field.type == "textarea" and field.length > 255 and name in words
                for name, field in one.fields.items()
            )
    return False


def _explain(call: Call) -> Response:
    text = call.query["explain"]
    view = listviews.find_anywhere(call.place, call.schema, text)
    text = view.soql if view is not None else text
    result = run(call, text, include_deleted=False)
    plan = {
        "cardinality": result.total_size,
        "fields": [],
        "leadingOperationType": "TableScan",
        "notes": [],
        "relativeCost": 1.0,
        "sobjectCardinality": result.total_size,
        "sobjectType": "",
    }
    return Response(200, value={"plans": [plan], "sourceQuery": text})
