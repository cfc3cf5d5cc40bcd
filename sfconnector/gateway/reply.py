"""What came back of a call: decoded within bounds, without what may not be seen."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from sfconnector.catalog import Masks
from sfconnector.exceptions import Corrupt, SFConnectorError
from sfconnector.gateway.call import Request
from sfconnector.gateway.shapes import NOT_SHOWN, clean
from sfconnector.salesforce.answers import Answer
from sfconnector.salesforce.bodies import check_parts, parse_json
from sfconnector.salesforce.redaction import may_hold_tokens, redact_tokens

DEEPEST = 60
"""Levels of an answer that are kept; nothing of the API is nested so deeply."""
_HOLDERS = frozenset({dict, list})
"""The types of what holds other values in decoded JSON; no subclass is among them."""
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
    has_escapes: bool
    """The body has characters written as ``\\u…``: those may be none of any text."""
    byte_count: int
    duration_ms: int
    request_id: str
    api_used: int | None
    api_maximum: int | None
    error: str = ""
    remedy: str = ""
    refusal: SFConnectorError | None = dataclasses.field(default=None, repr=False)
    """What Salesforce refused, as an exception that was not raised."""

    @property
    def text(self) -> str:
        """The body to read or copy: JSON indented, anything else as it came."""
        if not self.is_json:
            return str(self.body)
        return json.dumps(self.body, indent=2, ensure_ascii=False)


def reply_of(call: Request, answer: Answer, *, masks: Masks, most_parts: int) -> Reply:
    """Read an answer as a reply. Raises Corrupt for more values than ``most_parts``."""
    if "json" in answer.content_type:
        check_parts(
            answer.content, most_containers=most_parts // 4, most_parts=most_parts
        )
    body, is_json = _read(answer)
    if is_json:
        body = clean(call, body, masks=masks, is_refusal=answer.status >= 400)
    elif masks and answer.content:
        body = NOT_SHOWN
    # To walk through all values takes longer than to look for a sign in the bytes.
    if not is_json or may_hold_tokens(answer.content) or is_deeper(body):
        body = without_tokens(body)
    limit, error = answer.limit, answer.error
    return Reply(
        status=answer.status,
        content_type=answer.content_type,
        headers={
            name: redact_tokens(value)
            for name, value in sorted(answer.headers.items())
            if name not in _HIDDEN_HEADERS
        },
        body=body,
        is_json=is_json and body is not NOT_SHOWN,
        has_escapes=b"\\u" in answer.content,
        byte_count=len(answer.content),
        duration_ms=answer.duration_ms,
        request_id=answer.request_id,
        api_used=limit.used if limit else None,
        api_maximum=limit.maximum if limit else None,
        error=redact_tokens(str(error)) if error else "",
        remedy=error.remedy if error else "",
        refusal=error,
    )


def without_tokens(value: Any, depth: int = 0) -> Any:
    """Return a decoded answer without what has the form of a token."""
    if isinstance(value, str):
        return redact_tokens(value)
    if not isinstance(value, dict | list):
        return value
    if depth > DEEPEST:
        return "…"
    if isinstance(value, list):
        return [without_tokens(one, depth + 1) for one in value]
    return {  # texts at once: a call for each value would take twice as long
        name: redact_tokens(one)
        if isinstance(one, str)
        else without_tokens(one, depth + 1)
        if isinstance(one, dict | list)
        else one
        for name, one in value.items()
    }


def is_deeper(value: Any, levels: int = DEEPEST) -> bool:
    """Tell whether decoded JSON is nested in more levels of lists and objects."""
    inside = [value] if type(value) in _HOLDERS else []
    for _level in range(levels + 1):
        inside = [
            one
            for held in inside
            for one in (held.values() if type(held) is dict else held)
            if type(one) in _HOLDERS
        ]
        if not inside:
            return False
    return True


def _read(answer: Answer) -> tuple[Any, bool]:
    """Return the body and whether it is JSON; what is none is read as text."""
    try:
        return parse_json(answer.content or b"null", object), True
    except Corrupt:
        return answer.text, False
