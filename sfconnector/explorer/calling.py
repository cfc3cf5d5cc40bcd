"""Sends one hand-written call; the audit trail keeps all of it but the bodies."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sfconnector import audit, orgs
from sfconnector.exceptions import Forbidden, SFConnectorError
from sfconnector.explorer.addresses import is_write
from sfconnector.explorer.masking import Mask
from sfconnector.explorer.request import Request, check
from sfconnector.models import Org, SObject
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.redaction import redact_path, redact_tokens

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    Person = AbstractBaseUser | AnonymousUser | None

MOST_SHOWN = 5 * 1024 * 1024
_OBJECT = re.compile(r"(/services/data/v[\d.]+/sobjects/)(\w+)(.*)", re.DOTALL)
_HIDDEN_HEADERS = frozenset({"set-cookie", "set-cookie2", "authorization"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back; a refusal is a reply as well. Masked values are hidden."""

    status: int
    content_type: str
    headers: Mapping[str, str] = dataclasses.field(repr=False)
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

    @property
    def text(self) -> str:
        """The body to read or copy: JSON indented, anything else as it came."""
        if not self.is_json:
            return str(self.body)
        return json.dumps(self.body, indent=2, ensure_ascii=False)


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
    call = check(request, origin=org.instance_url)
    mask = Mask(org)
    mask.refuse(call.path, call.body)
    trail = _Trail(org, call, user=user, client_address=client_address)
    if is_write(call.method, call.path):
        if not may_write:
            trail.append("refused")
        _refuse_write(org, call, may_write=may_write, alias=confirmed_alias)
    try:
        answer = _exchange(org, call, user=user)
    except SFConnectorError as error:
        trail.append("failed", code=error.code or type(error).__name__)
        raise
    outcome = "ok" if answer.status < 400 else "failed"
    trail.append(outcome, status=answer.status, ms=answer.duration_ms)
    return _reply(answer, mask)


def asks_alias(org: Org, request: Request) -> bool:
    """Tell whether the org's alias must be typed before this call is sent."""
    return org.is_sandbox is not True and is_write(request.method, request.path)


def _refuse_write(org: Org, call: Request, *, may_write: bool, alias: str) -> None:
    if not may_write:
        raise Forbidden(
            f"You may read here, but this {call.method} writes.",
            remedy="Ask for the permission “Can send writing calls to Salesforce”.",
        )
    if asks_alias(org, call) and alias != org.alias:
        raise Forbidden(
            f"{org} is not known to be a sandbox: this {call.method} may change real "
            "data.",
            remedy=f"Type the alias {org.alias} to confirm.",
            code="confirm",
        )


def _exchange(org: Org, call: Request, *, user: Person) -> Answer:
    headers = dict(call.headers)
    if call.body and not any(name.lower() == "content-type" for name in headers):
        headers["Content-Type"] = "application/json"
    with orgs.client_for(org, purpose="explorer", user=user, patient=False) as client:
        return client.request(
            call.method,
            _spelled(org, call.path),
            headers=headers,
            body=call.body.encode() if call.body else None,
            check=False,
            maximum_bytes=MOST_SHOWN,
        )


def _spelled(org: Org, path: str) -> str:
    """Return the path with the object's name in the org's own case."""
    found = _OBJECT.fullmatch(path)
    if found is None:
        return path
    row = SObject.objects.filter(org=org, name__iexact=found[2]).only("name").first()
    return f"{found[1]}{row.name if row else found[2]}{found[3]}"


class _Trail:
    """The line of the audit trail: method, path and outcome, never a body."""

    def __init__(
        self, org: Org, call: Request, *, user: Person, client_address: str | None
    ) -> None:
        self._told = {"method": call.method, "path": redact_path(call.path)}
        self._org, self._user = org, user
        self._client_address = client_address

    def append(self, outcome: str, **detail: Any) -> None:
        audit.append(
            "explorer.send",
            user=self._user,
            org=self._org,
            outcome=outcome,
            detail={**self._told, **detail},
            client_address=self._client_address,
        )


def _reply(answer: Answer, mask: Mask) -> Reply:
    try:
        body, is_json = json.loads(answer.content or b"null"), True
    except (ValueError, RecursionError):
        body, is_json = answer.text, False
    limit, error = answer.limit, answer.error
    return Reply(
        status=answer.status,
        content_type=answer.content_type,
        headers={
            name: redact_tokens(value)
            for name, value in sorted(answer.headers.items())
            if name not in _HIDDEN_HEADERS
        },
        body=mask.hide(body),
        is_json=is_json,
        byte_count=len(answer.content),
        duration_ms=answer.duration_ms,
        request_id=answer.request_id,
        api_used=limit.used if limit else None,
        api_maximum=limit.maximum if limit else None,
        error=redact_tokens(str(error)) if error else "",
        remedy=error.remedy if error else "",
    )
