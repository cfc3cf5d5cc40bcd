"""``/__simulator__/``: the switchboard over HTTP, in JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from salesforce_simulator import refusals
from salesforce_simulator.control import actions, guard
from salesforce_simulator.faults import FaultError
from salesforce_simulator.state import OrgState
from salesforce_simulator.wire.messages import BodyError, Request, Response

PREFIX = "/__simulator__"


def answer(org: OrgState, request: Request) -> Response:
    """Answer a request to the switchboard; a mistake in it gets 400 with a reason."""
    objection = guard.objection(request, hosts=org.control_hosts)
    if objection is not None:
        return _error(*objection)
    parts = request.segments[1:]
    handler = _HANDLERS.get(parts[0] if parts else "")
    if handler is None:
        known = ", ".join(sorted(name for name in _HANDLERS if name))
        return _error(404, f"The switchboard has: {known}.")
    try:
        return handler(org, request, parts[1:])
    except BodyError:
        return _error(400, "The body must be a JSON object.")
    except (FaultError, actions.ActionError, ValueError, TypeError) as error:
        return _error(400, str(error))


def _status(org: OrgState, request: Request, parts: list[str]) -> Response:
    del request, parts
    body = {
        "org_id": org.org_id,
        "name": org.name,
        "base_url": org.base_url,
        "faults": len(org.faults),
        "requests": len(org.requests),
        "counts": org.requests.counts(),
        "api_usage": org.limits.info,
        "sessions": len(org.grants.sessions()),
        "approvals": len(org.grants.approvals()),
        "refresh_reuses": org.refresh_reuses,
        "records": {k: v for k, v in org.record_counts().items() if v},
        "actions": sorted(actions.ACTIONS),
    }
    return Response(200, value=body)


def _faults(org: OrgState, request: Request, parts: list[str]) -> Response:
    if request.method == "POST":
        return Response(201, value=[_add(org, one) for one in _objects(request)])
    if request.method == "DELETE":
        if not parts:
            org.faults.clear()
        elif not org.faults.remove(int(parts[0])):
            return _error(404, f"There is no fault {parts[0]}.")
        return Response(204)
    return Response(200, value=[fault.as_json() for fault in org.faults])


def _add(org: OrgState, described: dict[str, Any]) -> dict[str, Any]:
    if "hook" in described:
        raise FaultError("A hook can only be set from Python.")
    return org.faults.add(**described).as_json()


def _objects(request: Request) -> list[dict[str, Any]]:
    body = request.json()
    objects = body if isinstance(body, list) else [body]
    if not all(isinstance(one, dict) for one in objects):
        raise FaultError("A fault is a JSON object; several come in an array.")
    return objects


def _requests(org: OrgState, request: Request, parts: list[str]) -> Response:
    del parts
    if request.method == "DELETE":
        org.requests.clear()
        return Response(204)
    pattern = request.query.get("path", "*")
    found = org.requests.matching(pattern, method=request.query.get("method", "*"))
    return Response(200, value=[entry.as_json() for entry in found])


def _counts(org: OrgState, request: Request, parts: list[str]) -> Response:
    del request, parts
    return Response(200, value=org.requests.counts())


def _reset(org: OrgState, request: Request, parts: list[str]) -> Response:
    del parts
    if request.method != "POST":
        return _error(405, "Reset with POST.")
    org.reset(**(request.json() if request.body else {}))
    return Response(204)


def _actions(org: OrgState, request: Request, parts: list[str]) -> Response:
    if request.method != "POST" or not parts:
        return Response(200, value=sorted(actions.ACTIONS))
    arguments = request.json() if request.body else {}
    return Response(200, value={"result": actions.run(org, parts[0], arguments)})


def _refusals(org: OrgState, request: Request, parts: list[str]) -> Response:
    del org, request, parts
    return Response(
        200,
        value={
            "token": sorted(refusals.TOKEN),
            "authorize": sorted({*refusals.AUTHORIZE, refusals.APPROVAL_ERROR}),
            "rest": sorted(refusals.REST),
        },
    )


def _users(org: OrgState, request: Request, parts: list[str]) -> Response:
    del parts
    if request.method == "POST":
        described = request.json()
        if "hidden" in described:
            described["hidden"] = frozenset(described["hidden"])
        org.users.add(**described)
    listed = [
        {"id": user.id, "username": user.username, "active": user.active}
        for user in org.users
    ]
    return Response(200, value=listed)


def _apps(org: OrgState, request: Request, parts: list[str]) -> Response:
    del parts
    if request.method != "POST":
        return Response(200, value=[app.consumer_key for app in org.apps])
    described: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in request.json().items()
    }
    app = org.apps.add(**described)
    made = {"consumer_key": app.consumer_key, "consumer_secret": app.consumer_secret}
    return Response(201, value=made)


def _error(status: int, message: str) -> Response:
    return Response(status, value={"error": message})


_HANDLERS: dict[str, Callable[[OrgState, Request, list[str]], Response]] = {
    "": _status,
    "faults": _faults,
    "requests": _requests,
    "counts": _counts,
    "reset": _reset,
    "actions": _actions,
    "refusals": _refusals,
    "users": _users,
    "apps": _apps,
}
