"""One call that a person worded, and what is wrong with it."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping

from sfconnector.exceptions import InvalidRequest
from sfconnector.gateway.addresses import READING, checked_path
from sfconnector.salesforce.redaction import redact_tokens
from sfconnector.texts import gettext_noop as _

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
    """One call as a person wrote it; nothing of it is checked yet."""

    method: str = "GET"
    path: str
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: str = dataclasses.field(default="", repr=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Call(Request):
    """One call in its proper form: it cannot be made of what makes no sense.

    Raises InvalidRequest or HostRefused.
    """

    def __post_init__(self) -> None:
        """Check each part and put it into its proper form."""
        method = self.method.strip().upper()
        if method not in METHODS:
            raise InvalidRequest(
                _("{method!r} is not a method of this API.").format(method=method[:20]),
                remedy=_("Use one of {names}.").format(names=", ".join(METHODS)),
            )
        headers = _checked_headers(self.headers)
        path = checked_path(self.path)
        if any(redact_tokens(text) != text for text in (path, *headers.values())):
            raise InvalidRequest(
                _("The call holds a token."),
                remedy=_("Take it out; the org's own is added by itself."),
            )
        body = _checked_body(method, self.body, headers)
        proper = {"method": method, "path": path, "headers": headers, "body": body}
        for name, value in proper.items():
            object.__setattr__(self, name, value)

    @property
    def is_json(self) -> bool:
        """Tell whether the body is meant to be JSON."""
        return "json" in media_type(self.headers)


def check(request: Request, *, origin: str = "") -> Call:
    """Return the call in its proper form, or raise InvalidRequest or HostRefused.

    ``origin`` is the org's own address, which is cut off a path that begins with it.
    """
    return Call(
        method=request.method,
        path=checked_path(request.path, origin=origin),
        headers=request.headers,
        body=request.body,
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
                _("{line!r} is not a header.").format(line=line.strip()[:60]),
                remedy=_(
                    "Write one to a line, as in Sforce-Query-Options: batchSize=200"
                ),
            )
        headers[name.strip(" ")] = value.strip(" ")
    return headers


def _checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if name.lower() not in _ALLOWED:
            raise InvalidRequest(
                _("The header {name!r} may not be set here.").format(name=name[:60]),
                remedy=_("These may: {names}.").format(names=", ".join(HEADERS)),
            )
        if not _HEADER_VALUE.fullmatch(value):
            raise InvalidRequest(
                _(
                    "The value of {name} holds characters that no header may have."
                ).format(name=name),
                remedy=_("Write it on one line, in plain ASCII."),
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
            _("{method} takes no body.").format(method=method),
            remedy=_("Empty the body, or choose POST or PATCH."),
        )
    if len(body.encode("utf-8", "surrogatepass")) > MOST_SENT:
        raise InvalidRequest(
            _("The body is larger than 1 MB."),
            remedy=_("Use the Bulk API for so much data."),
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
            _("The body is not JSON: {reason}.").format(reason=error.msg),
            remedy=_("Look at line {line}, column {column}.").format(
                line=error.lineno, column=error.colno
            ),
        ) from error
    except UnicodeEncodeError as error:
        raise InvalidRequest(
            _("The body holds half of a character."),
            remedy=_("Type that character again."),
        ) from error
    except (ValueError, RecursionError) as error:
        raise InvalidRequest(
            _("The body is nested too deeply, or holds a number that is too long."),
            remedy=_("Send a flatter one."),
        ) from error
