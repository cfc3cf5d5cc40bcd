"""The way into the REST API: version, session, limit, then the route."""

from __future__ import annotations

from salesforce_simulator.grants import Session
from salesforce_simulator.refusals import REST
from salesforce_simulator.rest import routes
from salesforce_simulator.rest.call import Call
from salesforce_simulator.rest.errors import RestError, not_found, of_store
from salesforce_simulator.rest.tooling import ToolingCall
from salesforce_simulator.rest.versions import all_versions, checked
from salesforce_simulator.state import OrgState
from salesforce_simulator.store.changes import Origin, signed
from salesforce_simulator.store.errors import StoreError
from salesforce_simulator.wire.messages import Request, Response

_HEADERS = {
    "Cache-Control": "no-cache,must-revalidate,max-age=0,no-store,private",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Robots-Tag": "none",
    "Server": "sfdcedge",
}


def answer(org: OrgState, request: Request) -> Response:
    """Answer a request under ``/services/data``; anything else is not there."""
    if request.segments[:2] != ["services", "data"]:
        raise not_found()
    if org.close_old_instance and request.origin != org.moved_to:
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
    org.advance_jobs()
    try:
        with signed(Origin.of(request.client)):
            response = dispatch(call)
    except RestError as error:
        response = error.response()
    headers["Sforce-Limit-Info"] = org.limits.info
    response.headers = {**headers, **response.headers}
    return response


def enter(org: OrgState, request: Request) -> Call:
    """Check version, session and limit. Raises `RestError`."""
    version = checked(request.segments[2])
    session = _session(org, request)
    if not org.limits.spend():
        message = "TotalRequests Limit exceeded."
        raise RestError(403, "REQUEST_LIMIT_EXCEEDED", message)
    return _call(org, request, session=session, version=version)


def _call(org: OrgState, request: Request, *, session: Session, version: str) -> Call:
    """The call of a request to the data API, or to the Tooling API beside it."""
    parts = request.segments[3:]
    kind = Call
    if parts and parts[0].lower() == "tooling":
        kind, parts = ToolingCall, parts[1:]
    return kind(
        org=org,
        request=request,
        session=session,
        version=version,
        parts=parts,
        within=subcall,
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
        version = checked("".join(request.segments[2:3]))
        inner = _call(call.org, request, session=call.session, version=version)
        return dispatch(inner)
    except RestError as error:
        return error.response()


def _session(org: OrgState, request: Request) -> Session:
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
