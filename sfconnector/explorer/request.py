"""One call as a person wrote it, and what is wrong with it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping

from sfconnector.exceptions import InvalidRequest
from sfconnector.explorer.addresses import READING, checked_path
from sfconnector.salesforce.redaction import redact_tokens

METHODS = (*READING, "POST", "PATCH", "PUT", "DELETE")
BODILESS = (*READING, "DELETE")
HEADERS = (
    "Accept",
    "Accept-Language",
    "Content-Type",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Unmodified-Since",
    "Sforce-Auto-Assign",
    "Sforce-Call-Options",
    "Sforce-Duplicate-Rule-Header",
    "Sforce-Mru",
    "Sforce-Query-Options",
    "X-PrettyPrint",
)
"""Headers that may be written by hand."""
MOST_SENT = 1024 * 1024
_ALLOWED = frozenset(name.lower() for name in HEADERS)
_HEADER_VALUE = re.compile(r"[\t -~]{0,1000}")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call as a person wrote it."""

    method: str = "GET"
    path: str
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: str = dataclasses.field(default="", repr=False)


def check(request: Request, *, origin: str = "") -> Request:
    """Return the call in its proper form, or raise InvalidRequest or HostRefused.

    ``origin`` is the org's own address, which is cut off a path that begins with it.
    """
    method = request.method.strip().upper()
    if method not in METHODS:
        raise InvalidRequest(
            f"{method[:20]!r} is not a method of this API.",
            remedy=f"Use one of {', '.join(METHODS)}.",
        )
    headers = _checked_headers(request.headers)
    path = checked_path(request.path, origin=origin)
    if any(redact_tokens(text) != text for text in (path, *headers.values())):
        raise InvalidRequest(
            "The call holds a token.",
            remedy="Take it out; the explorer adds the org's own by itself.",
        )
    return Request(
        method=method,
        path=path,
        headers=headers,
        body=_checked_body(method, request.body, headers),
    )


def parse_headers(text: str) -> dict[str, str]:
    """Read headers written one to a line, or raise InvalidRequest."""
    headers = {}
    for line in text.replace("\r\n", "\n").split("\n"):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon:
            raise InvalidRequest(
                f"{line.strip()[:60]!r} is not a header.",
                remedy="Write one to a line, as in Sforce-Query-Options: batchSize=200",
            )
        headers[name.strip(" ")] = value.strip(" ")
    return headers


def _checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if name.lower() not in _ALLOWED:
            raise InvalidRequest(
                f"The header {name[:60]!r} may not be set here.",
                remedy=f"These may: {', '.join(HEADERS)}.",
            )
        if not _HEADER_VALUE.fullmatch(value):
            raise InvalidRequest(
                f"The value of {name} holds characters that no header may have.",
                remedy="Write it on one line, in plain ASCII.",
            )
    return dict(headers)


def media_type(headers: Mapping[str, str]) -> str:
    """Return the media type of a body with these headers; JSON unless they say."""
    given = {name.lower(): value for name, value in headers.items()}
    return given.get("content-type", "application/json").lower()


def _checked_body(method: str, body: str, headers: Mapping[str, str]) -> str:
    if not body.strip():
        return ""
    if method in BODILESS:
        raise InvalidRequest(
            f"{method} takes no body.",
            remedy="Empty the body, or choose POST or PATCH.",
        )
    if len(body.encode("utf-8", "surrogatepass")) > MOST_SENT:
        raise InvalidRequest(
            "The body is larger than 1 MB.", remedy="Use the Bulk API for so much data."
        )
    if "json" in media_type(headers):
        _check_json(body)
    return body


def _check_json(body: str) -> None:
    try:
        json.loads(body)
        body.encode()
    except json.JSONDecodeError as error:
        raise InvalidRequest(
            f"The body is not JSON: {error.msg}.",
            remedy=f"Look at line {error.lineno}, column {error.colno}.",
        ) from error
    except UnicodeEncodeError as error:
        raise InvalidRequest(
            "The body holds half of a character.", remedy="Type that character again."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(
            "The body is nested too deeply, or holds a number that is too long.",
            remedy="Send a flatter one.",
        ) from error
