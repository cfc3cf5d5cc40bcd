"""``POST /composite``: up to 25 subrequests that may use each other's answers."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import RestError, malformed
from salesforce_simulator.rest.references import resolve
from salesforce_simulator.wire.messages import Request, Response

MAX_SUBREQUESTS = 25
MAX_QUERIES = 5
_REFERENCE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*$")
"""Documented without the hyphen; real orgs take one."""
_FORBIDDEN = frozenset({"accept", "authorization", "content-type"})
_PASSED_UP = ("Location", "ETag", "Last-Modified")
Item = dict[str, Any]

HALTED = RestError(
    400,
    "PROCESSING_HALTED",
    "The transaction was rolled back since another operation in the same "
    "transaction failed.",
)


class RolledBackError(Exception):
    """A subrequest of an all-or-none call failed; carries the items' answers."""

    def __init__(self, items: list[Item]) -> None:
        super().__init__()
        self.items = items


def composite(call: Call) -> Response:
    """Answer always 200; each item carries its own status."""
    body = call.object_body()
    requests = checked_requests(body.get("compositeRequest"), most=MAX_SUBREQUESTS)
    queries = sum(bool(_IS_QUERY.search(str(one.get("url")))) for one in requests)
    if queries > MAX_QUERIES:
        message = f"At most {MAX_QUERIES} subrequests may be queries or collections."
        raise RestError(400, "LIMIT_EXCEEDED", message)
    items = run_all(call, requests, all_or_none=bool(body.get("allOrNone")))[0]
    return Response(200, value={"compositeResponse": items})


_IS_QUERY = re.compile(r"/(query|queryAll)(/|\?)|/composite/sobjects", re.IGNORECASE)


def checked_requests(requests: Any, *, most: int) -> list[Item]:
    """The subrequests. Raises `RestError` for too many or malformed ones."""
    if not isinstance(requests, list) or not requests:
        raise malformed("compositeRequest must be an array of subrequests")
    if len(requests) > most:
        message = f"The composite request may have at most {most} subrequests."
        raise RestError(400, "LIMIT_EXCEEDED", message)
    seen: set[str] = set()
    for one in requests:
        _check(one, seen)
    return requests


def _check(one: Any, seen: set[str]) -> None:
    if not isinstance(one, dict) or not one.get("url") or not one.get("method"):
        raise malformed("A subrequest needs method, url and referenceId")
    reference = one.get("referenceId")
    if not isinstance(reference, str) or not _REFERENCE_ID.match(reference):
        message = f"Provided referenceId ('{reference}') has an invalid form."
        raise RestError(400, "INVALID_FIELD", message)
    if reference in seen:
        message = f"Duplicate referenceId: {reference}"
        raise RestError(400, "INVALID_FIELD", message)
    seen.add(reference)
    given = one.get("httpHeaders") or {}
    if not isinstance(given, dict):
        raise malformed("httpHeaders must be a JSON object")
    headers = {str(name).lower() for name in given}
    if headers & _FORBIDDEN:
        message = f"Header not allowed: {', '.join(sorted(headers & _FORBIDDEN))}"
        raise RestError(400, "INVALID_HTTP_HEADER", message)


def run_all(
    call: Call, requests: list[Item], *, all_or_none: bool
) -> tuple[list[Item], bool]:
    """Run the subrequests in order; returns their answers and whether all did well."""
    if not all_or_none:
        items = _run(call, requests, stop=False)
        return items, all(item["httpStatusCode"] < 400 for item in items)
    try:
        with call.store.atomic():
            items = _run(call, requests, stop=True)
            if any(item["httpStatusCode"] >= 400 for item in items):
                raise RolledBackError(items)
            return items, True
    except RolledBackError as rolled_back:
        return _halted(requests, rolled_back.items), False


def _run(call: Call, requests: list[Item], *, stop: bool) -> list[Item]:
    answers: dict[str, Any] = {}
    items: list[Item] = []
    for one in requests:
        response = _one(call, one, answers)
        value = response.payload()
        if response.status < 400:
            answers[one["referenceId"]] = value
        items.append(_item(one, response, value))
        if stop and response.status >= 400:
            break
    return items


def _one(call: Call, one: Item, answers: dict[str, Any]) -> Response:
    try:
        request = subrequest(
            call,
            method=str(one["method"]),
            url=str(resolve(str(one["url"]), answers)),
            body=resolve(one.get("body"), answers),
            headers=one.get("httpHeaders") or {},
        )
    except RestError as error:
        return error.response()
    return call.answer(request)


def _item(one: Item, response: Response, value: Any) -> Item:
    headers = {k: response.headers[k] for k in _PASSED_UP if k in response.headers}
    if "Last-Modified" in headers:
        # Observed: inside of composite answers the day has no leading zero.
        headers["Last-Modified"] = headers["Last-Modified"].replace(", 0", ", ")
    return {
        "body": value,
        "httpHeaders": headers,
        "httpStatusCode": response.status,
        "referenceId": one["referenceId"],
    }


def _halted(requests: list[Item], items: list[Item]) -> list[Item]:
    """The failed item keeps its error; all others say that they were rolled back."""
    done = {item["referenceId"]: item for item in items}
    result = []
    for one in requests:
        item = done.get(one["referenceId"])
        if item is None or item["httpStatusCode"] < 400:
            item = _item(one, HALTED.response(), HALTED.body())
        result.append(item)
    return result


def subrequest(
    call: Call,
    *,
    method: str,
    url: str,
    body: Any = None,
    headers: dict[str, str] | None = None,
) -> Request:
    """The inner request, with the outer one's host and token."""
    path, _, query_string = url.partition("?")
    inner = {"host": call.request.host}
    inner |= {str(k).lower(): str(v) for k, v in (headers or {}).items()}
    return Request(
        method=method.upper(),
        path=quote(path, safe="/%:@"),
        query_string=query_string,
        headers=inner,
        body=b"" if body is None else json.dumps(body).encode(),
        scheme=call.request.scheme,
        nested=True,
    )
