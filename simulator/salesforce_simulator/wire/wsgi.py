"""The org as a WSGI callable, for tests that need no socket."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Any

from salesforce_simulator.wire.messages import Delivery, Request, Response
from salesforce_simulator.wire.server import Application

StartResponse = Callable[..., Any]


def answer_wsgi(
    application: Application, environ: dict[str, Any], start_response: StartResponse
) -> Iterable[bytes]:
    """Answer one WSGI call. Spoilt deliveries are imitated as far as WSGI can."""
    response = application.respond(_request(environ))
    response.gather()
    delivery = response.delivery or Delivery()
    if delivery.delay:
        time.sleep(delivery.delay)
    if delivery.reset:
        raise ConnectionResetError("The simulator reset the connection.")
    body = response.body if delivery.cut is None else response.body[: delivery.cut]
    start_response(_status(response.status), _headers(response, delivery))
    return _pieces(body, response=response, pace=delivery.drip)


def _pieces(body: bytes, *, response: Response, pace: float) -> Iterator[bytes]:
    if pace:
        for start in range(len(body)):
            yield body[start : start + 1]
            time.sleep(1 / pace)
    else:
        yield body
    for hook in response.after:
        hook()


def _headers(response: Response, delivery: Delivery) -> list[tuple[str, str]]:
    headers = list(response.headers.items())
    if delivery.cut is None or delivery.keep_length:
        headers.append(("Content-Length", str(len(response.body))))
    return headers


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Salesforce Edge"


def _request(environ: dict[str, Any]) -> Request:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI") or ""
    path = raw.partition("?")[0] or (
        environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "/")
    )
    headers = {
        key[5:].replace("_", "-").lower(): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    headers.setdefault(
        "host", f"{environ.get('SERVER_NAME')}:{environ.get('SERVER_PORT')}"
    )
    return Request(
        method=environ["REQUEST_METHOD"],
        path=path,
        query_string=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=environ["wsgi.input"].read(length) if length else b"",
        scheme=environ.get("wsgi.url_scheme", "http"),
    )
