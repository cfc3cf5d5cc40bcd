"""A composite request is what its parts are: it writes when one of them writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sfconnector.exceptions import InvalidRequest
from sfconnector.gateway.addresses import checked_path, steps_of, writes
from sfconnector.gateway.call import Call, Request
from sfconnector.texts import gettext_noop as _

LISTS = {
    "composite": "compositeRequest",
    "composite/batch": "batchRequests",
    "composite/graph": "graphs",
}
"""Resources that take other requests, and where in the body these stand."""
MOST_PARTS = 500
"""Requests of one composite graph [REST API Developer Guide]."""
DEEPEST = 4
_REFERENCE = re.compile(r"@\{[^{}]{1,200}\}")
"""``@{refAccount.id}``: what an earlier part answered."""


def is_write(call: Request) -> bool:
    """Tell whether a call may change something in the org, by its parts if it has some.

    A composite request whose parts cannot be read counts as a write.
    """
    if not writes(call.method, call.path):
        return False
    if call.method.upper() != "POST" or writes("GET", call.path):
        return True
    try:
        parts = parts_of(call)
    except InvalidRequest:
        return True
    return not parts or any(is_write(part) for part in parts)


def parts_of(call: Request, *, depth: int = 0) -> list[Request]:
    """Return the requests that a composite one holds; none for any other call.

    Raises InvalidRequest or HostRefused for parts that are none, or that go elsewhere.
    """
    key = LISTS.get("/".join(steps_of(call.path)).lower().rstrip("/"))
    if key is None or call.method.upper() != "POST":
        return []
    if depth > DEEPEST:
        raise InvalidRequest(_("Composite requests are nested too deeply."))
    try:
        body = json.loads(call.body or "null")
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(_("The composite request is not JSON.")) from error
    found = [_part(one) for one in _listed(body, key)]
    if len(found) > MOST_PARTS:
        message = _("A composite request has at most {most} parts.").format(
            most=MOST_PARTS
        )
        raise InvalidRequest(message, remedy=_("Send it in several calls."))
    return found


def with_parts(call: Call) -> list[Request]:
    """Return a call and, level by level, all that it holds."""
    found: list[Request] = [call]
    level: list[Request] = [call]
    for depth in range(DEEPEST + 1):
        level = [part for one in level for part in parts_of(one, depth=depth)]
        found += level
    return found


def _listed(body: Any, key: str) -> Iterator[Any]:
    listed = body.get(key) if isinstance(body, dict) else None
    if not isinstance(listed, list):
        message = _("The body holds no list of {key}.").format(key=key)
        raise InvalidRequest(message, remedy=_("Write it as the REST API guide shows."))
    for one in listed:
        if key == "graphs":
            yield from _listed(one, "compositeRequest")
        else:
            yield one


def _part(told: Any) -> Request:
    if not isinstance(told, Mapping) or not isinstance(told.get("url"), str):
        message = _("A part of the composite request has no url.")
        raise InvalidRequest(
            message, remedy=_("Give each part its method and its url.")
        )
    url = told["url"].strip()
    if url.startswith("v") and "/" in url:  # a batch may leave the beginning out
        url = f"/services/data/{url}"
    # A reference holds signs that no path has; what it stands for is a value.
    checked_path(_REFERENCE.sub("x", url))
    body = told.get("body", told.get("richInput"))
    return Request(
        method=str(told.get("method") or "GET"),
        path=url,
        body="" if body is None else json.dumps(body),
    )
