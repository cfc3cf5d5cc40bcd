"""Checks and sends one hand-written call; the audit trail keeps all but the bodies."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sfconnector import audit, orgs
from sfconnector.exceptions import Forbidden, InvalidRequest
from sfconnector.models import Org, SObject
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.hosts import check_path

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    Person = AbstractBaseUser | AnonymousUser | None

READING = ("GET", "HEAD")
METHODS = (*READING, "POST", "PATCH", "PUT", "DELETE")
ROOTS = ("/services/data", "/services/apexrest/")
"""Where calls may go. The OAuth and SOAP addresses answer with tokens: not there."""
HEADERS = frozenset(
    {
        "accept",
        "accept-language",
        "content-type",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-unmodified-since",
        "sforce-auto-assign",
        "sforce-call-options",
        "sforce-duplicate-rule-header",
        "sforce-query-options",
        "x-prettyprint",
    }
)
"""Headers that may be written by hand, lower case."""
MOST_SENT = 1024 * 1024
MOST_SHOWN = 5 * 1024 * 1024
LONGEST_PATH = 16_000
_OBJECT = re.compile(r"(/services/data/v[\d.]+/sobjects/)(\w+)(.*)", re.DOTALL)
_HIDDEN_STEP = re.compile(r"%(2e|2f|5c|00)", re.IGNORECASE)
_HEADER_VALUE = re.compile(r"[\t -~]{0,1000}")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call as a person wrote it."""

    method: str = "GET"
    path: str
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
    body: str = dataclasses.field(default="", repr=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back; a refusal is a reply as well."""

    status: int
    content_type: str
    body: Any = dataclasses.field(repr=False)
    """Decoded JSON, or the text when it is none."""
    is_json: bool
    byte_count: int
    duration_ms: int
    request_id: str
    api_used: int | None
    api_maximum: int | None
    error: str = ""
    remedy: str = ""


def is_write(method: str) -> bool:
    """Tell whether a method may change something in the org."""
    return method.upper() not in READING


def check(request: Request) -> Request:
    """Return the call in its proper form, or raise InvalidRequest or HostRefused."""
    method = request.method.strip().upper()
    if method not in METHODS:
        raise InvalidRequest(
            f"{method[:20]} is not a method of this API.",
            remedy=f"Use one of {', '.join(METHODS)}.",
        )
    return Request(
        method=method,
        path=_checked_path(request.path),
        headers=_checked_headers(request.headers),
        body=_checked_body(method, request.body, request.headers),
    )


def _checked_path(text: str) -> str:
    place, mark, query = text.strip().partition("?")
    path = check_path(place + mark + _encoded(query))
    hides_steps = _HIDDEN_STEP.search(place)
    if hides_steps or not path.startswith(ROOTS) or len(path) > LONGEST_PATH:
        raise InvalidRequest(
            "The explorer calls REST resources only.",
            remedy="Begin the path with /services/data/ or /services/apexrest/.",
        )
    return path


def _encoded(query: str) -> str:
    """Percent-encode a query string that was typed as it reads, with spaces."""
    typed = any(character.isspace() for character in query)
    return quote(query, safe="=&" if typed else "=&%+/:,'()*!?@.-_~")


def _checked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if name.strip().lower() not in HEADERS:
            raise InvalidRequest(
                f"The header {name.strip()[:60]} may not be set here.",
                remedy=f"These may: {', '.join(sorted(HEADERS))}.",
            )
        if not _HEADER_VALUE.fullmatch(value):
            raise InvalidRequest(
                f"The value of {name.strip()} holds characters no header may have.",
                remedy="Write it on one line, in plain ASCII.",
            )
    return {name.strip(): value.strip() for name, value in headers.items()}


def _checked_body(method: str, body: str, headers: Mapping[str, str]) -> str:
    if not body.strip():
        return ""
    if method in {*READING, "DELETE"}:
        raise InvalidRequest(
            f"{method} takes no body.",
            remedy="Empty the body, or choose POST or PATCH.",
        )
    if len(body.encode()) > MOST_SENT:
        raise InvalidRequest(
            "The body is larger than 1 MB.", remedy="Use the Bulk API for so much data."
        )
    kind = {name.strip().lower(): value for name, value in headers.items()}.get(
        "content-type", "application/json"
    )
    if "json" in kind:
        _check_json(body)
    return body


def _check_json(body: str) -> None:
    try:
        json.loads(body)
    except ValueError as error:
        where = (
            f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise InvalidRequest(
            f"The body is not JSON: {error.args[0]}.",
            remedy=f"Look at {where}." if where else "Look for a missing quote.",
        ) from error
    except RecursionError as error:
        raise InvalidRequest(
            "The body is nested too deeply.", remedy="Send a flatter one."
        ) from error


def send(
    org: Org,
    *,
    request: Request,
    user: Person = None,
    may_write: bool = False,
    confirmed_alias: str = "",
    client_address: str | None = None,
) -> Reply:
    """Send a call to an org as its connected user; return what came, refusals too.

    Raises Forbidden for a write without ``may_write``, and for one to an org that is
    not known to be a sandbox unless ``confirmed_alias`` is its alias; InvalidRequest
    and HostRefused for a call that makes no sense; what the client raises when no
    answer came.
    """
    call = check(request)
    _refuse_writes(org, call, may_write=may_write, confirmed_alias=confirmed_alias)
    headers = dict(call.headers)
    if call.body:
        headers.setdefault("Content-Type", "application/json")
    with orgs.client_for(org, purpose="explorer", user=user, patient=False) as client:
        answer = client.request(
            call.method,
            _spelled(org, call.path),
            headers=headers,
            body=call.body.encode() if call.body else None,
            check=False,
            maximum_bytes=MOST_SHOWN,
        )
    audit.append(
        "explorer.send",
        user=user,
        org=org,
        outcome="ok" if answer.status < 400 else "failed",
        detail={
            "method": call.method,
            "path": call.path[:2000],
            "status": answer.status,
            "ms": answer.duration_ms,
        },
        client_address=client_address,
    )
    return _reply(answer)


def _refuse_writes(
    org: Org, call: Request, *, may_write: bool, confirmed_alias: str
) -> None:
    if not is_write(call.method):
        return
    if not may_write:
        raise Forbidden(
            f"You may read here, but {call.method} writes.",
            remedy="Ask for the permission “Can send writing calls to Salesforce”.",
        )
    if org.is_sandbox is not True and confirmed_alias != org.alias:
        raise Forbidden(
            f"{org} is not a sandbox: {call.method} changes real data.",
            remedy=f"Type the alias {org.alias} to confirm.",
            code="confirm",
        )


def _spelled(org: Org, path: str) -> str:
    """Return the path with the object's name in the org's own case."""
    found = _OBJECT.fullmatch(path)
    if found is None:
        return path
    row = SObject.objects.filter(org=org, name__iexact=found[2]).only("name").first()
    return f"{found[1]}{row.name if row else found[2]}{found[3]}"


def _reply(answer: Answer) -> Reply:
    try:
        body, is_json = json.loads(answer.content), True
    except (ValueError, RecursionError):
        body, is_json = answer.text, False
    limit = answer.limit
    return Reply(
        status=answer.status,
        content_type=answer.content_type,
        body=body,
        is_json=is_json,
        byte_count=len(answer.content),
        duration_ms=answer.duration_ms,
        request_id=answer.request_id,
        api_used=limit.used if limit else None,
        api_maximum=limit.maximum if limit else None,
        error=str(answer.error) if answer.error else "",
        remedy=answer.error.remedy if answer.error else "",
    )
