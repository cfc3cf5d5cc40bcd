"""The front desk: what happens to every request before and after its endpoint."""

from __future__ import annotations

import gzip
import logging
import time
import traceback
import zlib
from collections.abc import Callable, Iterable, Iterator
from email.utils import format_datetime
from functools import partial
from uuid import uuid4

from salesforce_simulator import async_api
from salesforce_simulator.control import actions, switchboard
from salesforce_simulator.faults import Fault
from salesforce_simulator.oauth import authorize, identity, token
from salesforce_simulator.oauth.errors import RefusalError
from salesforce_simulator.pages.home import home
from salesforce_simulator.rest import gate
from salesforce_simulator.rest.errors import RestError
from salesforce_simulator.soap import login
from salesforce_simulator.state import OrgState
from salesforce_simulator.wire.messages import Request, Response

Endpoint = Callable[[OrgState, Request], Response]
logger = logging.getLogger(__name__)

URI_LIMIT = 16_384
"""Longest URI, and longest URI with headers, in bytes."""
_GZIP_FROM = 1024
_LARGEST_INFLATED = 256 * 1024 * 1024

_ENDPOINTS: dict[str, Endpoint] = {
    "/": home,
    "/services/oauth2/authorize": authorize.authorize,
    "/services/oauth2/token": token.token,
    "/services/oauth2/revoke": identity.revoke,
    "/services/oauth2/introspect": identity.introspect,
    "/services/oauth2/userinfo": identity.userinfo,
    "/.well-known/openid-configuration": identity.discovery,
    "/id/keys": identity.keys,
}
_PREFIXES: dict[str, Endpoint] = {
    "/id/": identity.identity,
    login.PREFIX: login.answer,
    async_api.PREFIX: async_api.answer,
}


class Desk:
    """Takes every request of one org through faults, endpoint, encoding and log."""

    def __init__(self, org: OrgState) -> None:
        self._org = org

    def respond(self, request: Request) -> Response:
        """Answer, never raising. ``Date`` is the org's time, which a test may set."""
        response = self._respond(request)
        date = format_datetime(self._org.clock.now(), usegmt=True)
        response.headers.setdefault("Date", date)
        return response

    def _respond(self, request: Request) -> Response:
        if request.path.startswith(switchboard.PREFIX):
            return self._guarded(request, endpoint=switchboard.answer, fault=None)
        if request.path in {"/", "/favicon.ico"}:
            return self._guarded(request, endpoint=_for(request.path), fault=None)
        return self._answer(request)

    def _answer(self, request: Request) -> Response:
        org, started = self._org, time.perf_counter()
        if org.latency_ms:
            time.sleep(org.latency_ms / 1000)
        username = org.username_of(request)
        fault = org.faults.due(request, username=username)
        response = self._guarded(request, endpoint=_for(request.path), fault=fault)
        if fault is not None:
            fault.spoil(response)
        org.requests.note(
            request,
            response,
            at=org.clock.time(),
            seconds=time.perf_counter() - started,
            username=username,
        )
        if fault is not None and fault.hook is not None:
            fault.hook(request, response)
        for hook in org.before_send:
            hook(request, response)
        response.after += [partial(hook, request, response) for hook in org.after_send]
        return response

    def _guarded(
        self, request: Request, *, endpoint: Endpoint, fault: Fault | None
    ) -> Response:
        try:
            response = self._run(request, endpoint=endpoint, fault=fault)
            _encode(request, response)
            if fault is not None:
                fault.edit(response)
            return _finish(request, response)
        except Exception as error:
            logger.exception("The simulator failed on %s", request.path)
            response = _bug(error)
            response.encode()
            return _finish(Request("GET", "/"), response)

    def _run(
        self, request: Request, *, endpoint: Endpoint, fault: Fault | None
    ) -> Response:
        if fault is None:
            return _checked(self._org, request, endpoint)
        if fault.refuse and fault.refuse.startswith("authorize."):
            name = fault.refuse.partition(".")[2]
            return authorize.refuse(self._org, request, name)
        if fault.after:
            response = _checked(self._org, request, endpoint)
            self._act(fault)
            return fault.answer() or response
        self._act(fault)
        return fault.answer() or _checked(self._org, request, endpoint)

    def _act(self, fault: Fault) -> None:
        if fault.action:
            actions.run(self._org, fault.action, fault.arguments)


def _checked(org: OrgState, request: Request, endpoint: Endpoint) -> Response:
    """Run the endpoint; its refusals become answers."""
    uri = len(request.path) + len(request.query_string) + 1
    if uri > URI_LIMIT:
        return _too_long(414, "URI_TOO_LONG")
    if uri + sum(len(k) + len(v) + 4 for k, v in request.headers.items()) > URI_LIMIT:
        return _too_long(431, "REQUEST_HEADER_FIELDS_TOO_LARGE")
    try:
        _inflate(request)
        return endpoint(org, request)
    except RefusalError as refused:
        return refused.response()
    except RestError as error:
        return error.response()


def _too_long(status: int, code: str) -> Response:
    message = "The URI and headers of a request may have 16,384 bytes."
    return RestError(status, code, message).response()


def _for(path: str) -> Endpoint:
    path = path.rstrip("/") or "/"
    if path in _ENDPOINTS:
        return _ENDPOINTS[path]
    for prefix, endpoint in _PREFIXES.items():
        if path.lower().startswith(prefix.lower()):
            return endpoint
    return gate.answer


def _inflate(request: Request) -> None:
    """Undo ``Content-Encoding: gzip``. Raises `RestError` for a damaged body."""
    if request.headers.get("content-encoding", "").lower() != "gzip":
        return
    try:
        reader = zlib.decompressobj(31)
        body = reader.decompress(request.body, _LARGEST_INFLATED)
    except zlib.error:
        raise RestError(400, "INVALID_GZIP", "The body is not gzip.") from None
    if not reader.eof:
        raise RestError(400, "INVALID_GZIP", "The gzip body is cut short.")
    request.body = body


def _encode(request: Request, response: Response) -> None:
    asked = request.headers.get("x-prettyprint", "") in {"1", "true"}
    response.encode(pretty=asked and request.path.startswith("/services/data"))


def _finish(request: Request, response: Response) -> Response:
    """Compress the body and add the headers that every answer carries."""
    headers = response.headers
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-SFDC-Request-Id", uuid4().hex)
    large = len(response.body) >= _GZIP_FROM or response.chunks is not None
    accepted = "gzip" in request.headers.get("accept-encoding", "")
    if accepted and large and "Content-Encoding" not in headers:
        _compress(response)
    if response.body or large:
        headers.setdefault("Vary", "Accept-Encoding")
    return response


def _compress(response: Response) -> None:
    response.headers["Content-Encoding"] = "gzip"
    if response.chunks is None:
        response.body = gzip.compress(response.body, 1, mtime=0)
    else:
        response.chunks = _compressed(response.chunks)


def _compressed(chunks: Iterable[bytes]) -> Iterator[bytes]:
    writer = zlib.compressobj(1, zlib.DEFLATED, 31)
    for chunk in chunks:
        yield writer.compress(chunk)
    yield writer.flush()


def _bug(error: Exception) -> Response:
    place = traceback.extract_tb(error.__traceback__)[-1]
    message = (
        f"The simulator has a bug: {type(error).__name__} in "
        f"{place.name} (line {place.lineno}). It is not an answer of Salesforce."
    )
    value = [{"message": message, "errorCode": "SIMULATOR_ERROR"}]
    return Response(500, value=value, headers={"X-Simulator-Error": "1"})
