"""``/services/Soap/u/NN.0``: ``login()``; every other call says what to use instead."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from salesforce_simulator.soap.envelope import NAMESPACES, SoapFault, wrapped
from salesforce_simulator.state import OrgState
from salesforce_simulator.users import User
from salesforce_simulator.wire.documents import local, read_xml, text_of
from salesforce_simulator.wire.messages import BodyError, Request, Response

PREFIX = "/services/Soap/"
LAST_VERSION = 64.0
"""Salesforce dropped ``login()`` with 65.0."""
_PATH = re.compile(r"/services/Soap/([uc])/(\d+(?:\.\d)?)(?:/\w*)?$", re.IGNORECASE)


def answer(org: OrgState, request: Request) -> Response:
    """Answer a SOAP call: 200, or 500 with a fault."""
    found = _PATH.match(request.path.rstrip("/"))
    if found is None or request.method != "POST":
        return Response(404)
    kind, version = found[1].lower(), float(found[2])
    try:
        return _login(org, request, kind=kind, version=version)
    except SoapFault as fault:
        return fault.response(kind)


def _login(org: OrgState, request: Request, *, kind: str, version: float) -> Response:
    call = _call(request)
    if local(call) != "login":
        raise SoapFault(
            "UNSUPPORTED_API",
            f"The simulator imitates no SOAP call but login(), not {local(call)}(). "
            "Use REST or the Bulk API with the sessionId that login() gives.",
        )
    if version > LAST_VERSION:
        raise SoapFault(
            "UNSUPPORTED_API_VERSION",
            f"login() ended with version {LAST_VERSION}; log in by OAuth.",
        )
    user = org.users.get(text_of(call, "username"))
    if user is None or not user.active or text_of(call, "password") != user.password:
        raise SoapFault(
            "INVALID_LOGIN",
            "Invalid username, password, security token; or user locked out.",
        )
    session = org.grants.open_session(org.app, user, scopes=("api", "web"))
    base = org.instance_url(request)
    tail = f"{version}/{org.org_id[:15]}"
    body = _result(
        org,
        user,
        metadataServerUrl=f"{base}/services/Soap/m/{tail}",
        serverUrl=f"{base}/services/Soap/{kind}/{tail}",
        sessionId=session.token,
    )
    return wrapped(body, spaces=f'xmlns="{NAMESPACES[kind]}"')


def _call(request: Request) -> Element:
    """The element in the envelope's body. Raises `SoapFault`."""
    try:
        root = read_xml(request.body)
    except BodyError as error:
        raise SoapFault("INVALID_SOAP", f"This is no SOAP envelope: {error}") from None
    body = next((one for one in root if local(one) == "Body"), None)
    if body is None or not len(body):
        raise SoapFault("INVALID_SOAP", "There is no call in the envelope's body.")
    return body[0]


def _result(org: OrgState, user: User, **values: str) -> str:
    info = {
        "organizationId": org.org_id,
        "organizationName": org.name,
        "profileId": "",
        "userEmail": user.email,
        "userFullName": user.name,
        "userId": user.id,
        "userLanguage": user.language,
        "userName": user.username,
        "userTimeZone": user.timezone,
        "userType": "Standard",
    }
    row = org.records.store.get("User", user.id) or {}
    info["profileId"] = str(row.get("ProfileId") or "")
    told = {
        "metadataServerUrl": values["metadataServerUrl"],
        "passwordExpired": "false",
        "sandbox": "true" if org.is_sandbox else "false",
        "serverUrl": values["serverUrl"],
        "sessionId": values["sessionId"],
        "userId": user.id,
    }
    inner = _elements(told) + f"<userInfo>{_elements(info)}</userInfo>"
    return f"<loginResponse><result>{inner}</result></loginResponse>"


def _elements(values: dict[str, str]) -> str:
    return "".join(
        f"<{name}>{escape(value)}</{name}>" for name, value in values.items()
    )
