"""``/services/async/NN.0``: the way into Bulk API 1.0."""

from __future__ import annotations

import re

from salesforce_simulator.batches import Ask, AsyncError
from salesforce_simulator.batches.rendering import TYPES, document
from salesforce_simulator.bulk import Caller
from salesforce_simulator.grants import Session
from salesforce_simulator.state import OrgState
from salesforce_simulator.wire.messages import Request, Response

PREFIX = "/services/async/"
_VERSION = re.compile(r"v?(\d+\.0)$")


def answer(org: OrgState, request: Request) -> Response:
    """Answer a request in the client's own format, errors included."""
    is_json = _wants_json(request)
    try:
        return _answer(org, request, is_json=is_json)
    except AsyncError as error:
        body = document("error", error.told(), is_json=is_json)
        media = TYPES["JSON" if is_json else "XML"]
        return Response(error.status, body=body, headers={"Content-Type": media})


def _wants_json(request: Request) -> bool:
    """Descriptions are JSON when the request is, or asks for it; XML otherwise."""
    kind = request.headers.get("content-type", "").lower()
    accepted = request.headers.get("accept", "").lower()
    return "json" in kind or ("json" in accepted and "xml" not in accepted)


def _answer(org: OrgState, request: Request, *, is_json: bool) -> Response:
    parts = request.segments[2:]
    version = _VERSION.match(parts[0]) if parts else None
    if version is None or len(parts) < 2 or parts[1].lower() != "job":
        raise AsyncError("InvalidUrl", "The requested resource does not exist")
    session = _session(org, request)
    org.advance_jobs()
    if org.read_only and request.method != "GET":
        message = "The organization is in read-only mode for maintenance."
        raise AsyncError("ServerUnavailable", message, status=503)
    caller = Caller(
        schema=org.records.schema_for(session.user),
        store=org.records.store,
        user_id=session.user.id,
        version=version[1],
        client=request.client,
    )
    ask = Ask(
        method=request.method,
        parts=tuple(parts[2:]),
        headers=request.headers,
        body=request.body,
        caller=caller,
        is_json=is_json,
    )
    found = org.batch_jobs.handle(ask)
    if found.status == 201 and len(ask.parts) == 2:
        org.limits.note("DailyBulkApiBatches")
    headers = {"Content-Type": found.media, "Sforce-Limit-Info": org.limits.info}
    if isinstance(found.chunks, list):
        return Response(found.status, body=b"".join(found.chunks), headers=headers)
    return Response(found.status, chunks=found.chunks, headers=headers)


def _session(org: OrgState, request: Request) -> Session:
    token = request.headers.get("x-sfdc-session", "") or org.bearer(request)
    session = org.grants.session(token)
    if session is None or not session.user.api_enabled:
        raise AsyncError("InvalidSessionId", "Invalid session id")
    if not org.limits.spend():
        raise AsyncError("ExceededQuota", "TotalRequests Limit exceeded.")
    return session
