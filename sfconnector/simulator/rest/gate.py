"""The way into the REST API: version, session, limit, then the route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sfconnector.simulator.catalogue import REST
from sfconnector.simulator.grants import Session
from sfconnector.simulator.rest import routes
from sfconnector.simulator.rest.call import Call
from sfconnector.simulator.rest.errors import RestError, not_found, of_store
from sfconnector.simulator.rest.versions import all_versions, checked
from sfconnector.simulator.store.errors import StoreError
from sfconnector.simulator.wire.messages import Request, Response

if TYPE_CHECKING:
    from sfconnector.simulator.org import SalesforceOrg

_HEADERS = {
    "Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Robots-Tag": "none",
    "Server": "sfdcedge",
}


def answer(org: SalesforceOrg, request: Request) -> Response:
    """Answer a request under ``/services/data``; anything else is not there."""
    if request.segments[:2] != ["services", "data"]:
        raise not_found()
    if org.close_old_instance and f"http://{request.host}" != org.moved_to:
        return Response(420)
    if len(request.segments) == 2:
        return Response(200, value=all_versions(), headers=dict(_HEADERS))
    headers = dict(_HEADERS)
    try:
        call = enter(org, request)
    except RestError as error:
        response = error.response()
        response.headers |= headers
        return response
    org.jobs.advance()
    try:
        response = dispatch(call)
    except RestError as error:
        response = error.response()
    headers["Sforce-Limit-Info"] = org.limits.info
    response.headers = {**headers, **response.headers}
    return response


def enter(org: SalesforceOrg, request: Request) -> Call:
    """Check version, session and limit. Raises `RestError`."""
    version = checked(request.segments[2])
    session = _session(org, request)
    if not org.limits.spend():
        message = "TotalRequests Limit exceeded."
        raise RestError(403, "REQUEST_LIMIT_EXCEEDED", message)
    return Call(
        org=org,
        request=request,
        session=session,
        version=version,
        parts=request.segments[3:],
    )


def dispatch(call: Call) -> Response:
    """Run the endpoint; refusals of the store become REST errors."""
    endpoint = routes.find(call)
    if call.org.read_only and routes.writes(call):
        refused = REST["read_only"].body[0]
        raise RestError(503, refused["errorCode"], refused["message"])
    try:
        return endpoint(call)
    except StoreError as error:
        raise of_store(error) from error


def subcall(call: Call, request: Request) -> Response:
    """Answer a subrequest of a composite call, in the same user's name."""
    try:
        if request.segments[:2] != ["services", "data"]:
            raise not_found()
        inner = Call(
            org=call.org,
            request=request,
            session=call.session,
            version=checked("".join(request.segments[2:3])),
            parts=request.segments[3:],
        )
        return dispatch(inner)
    except RestError as error:
        return error.response()


def _session(org: SalesforceOrg, request: Request) -> Session:
    token = org.bearer(request)
    if not token:
        raise RestError(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
    session = org.grants.session(token)
    if session is None:
        raise RestError(401, "INVALID_SESSION_ID", "Session expired or invalid")
    if not {"api", "full", "chatter_api"} & set(session.scopes):
        message = "This session is not valid for use with the REST API"
        raise RestError(401, "INVALID_SESSION_ID", message)
    if not session.user.api_enabled:
        message = "API is currently disabled for this user"
        raise RestError(403, "API_CURRENTLY_DISABLED", message)
    return session
