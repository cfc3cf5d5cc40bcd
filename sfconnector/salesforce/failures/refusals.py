"""Reads what an answer refuses, in whichever of its many shapes it comes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from sfconnector.salesforce.answers import media_type
from sfconnector.salesforce.redaction import redact
from sfconnector.texts import gettext_noop as _

_NOT_MODIFIED = 304
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{2,59}")
_ERROR_ARRAY = re.compile(rb'\s*\[\s*\{[^{}\[\]]{0,2000}"errorCode"')
_LONGEST = 2_000
_NAMES = {
    300: _("several records match"),
    301: _("the address has moved; redirects are not followed"),
    302: _("the address has moved; redirects are not followed"),
    303: _("the address has moved; redirects are not followed"),
    307: _("the address has moved; redirects are not followed"),
    308: _("the address has moved; redirects are not followed"),
    404: _("nothing is there"),
    414: _("the address is too long"),
    431: _("the headers are too long"),
    503: _("the service is not available"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What an answer says about why it refuses."""

    status: int | None
    code: str = ""
    message: str = ""
    fields: tuple[str, ...] = ()
    web_page: bool = False

    def told(self) -> str:
        """Give code and message in one line, as they came."""
        if self.code and self.message:
            return f"{self.code}: {self.message}"
        if self.code or self.message:
            return self.code or self.message
        reason = _NAMES.get(self.status or 0, _("no reason was given"))
        return _("Salesforce answered HTTP {status}: {reason}.").format(
            status=self.status, reason=reason
        )


def read_refusal(
    status: int, *, headers: Mapping[str, str], content: bytes
) -> Refusal | None:
    """Read a refusal, or give None when the answer is a success."""
    if status < 300 or status == _NOT_MODIFIED:
        if status == 200 and _ERROR_ARRAY.match(content):
            return _from_json(status, content)
        return None
    if media_type(headers) == "text/html" and not _WORD.fullmatch(_text(content)):
        return Refusal(status=status, web_page=True)
    return _from_json(status, content) or _from_text(status, content)


def _from_json(status: int, content: bytes) -> Refusal | None:
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list):
        value = value[0] if value else None
    if not isinstance(value, dict):
        return Refusal(status=status)
    return Refusal(
        status=status,
        code=_first(value, "errorCode", "error", "statusCode")[:100],
        message=redact(
            _first(value, "message", "error_description", "errorMessage")[:_LONGEST]
        ),
        fields=_names(value.get("fields")),
    )


def _from_text(status: int, content: bytes) -> Refusal:
    text = _text(content)
    form = parse_qs(text) if "error=" in text else {}
    if form:
        description = form.get("error_description", [""])[0]
        code = form.get("error", [""])[0][:100]
        return Refusal(status=status, code=code, message=redact(description[:_LONGEST]))
    if _WORD.fullmatch(text):
        return Refusal(status=status, code=text)
    return Refusal(status=status)


def _text(content: bytes) -> str:
    return content[:_LONGEST].decode("utf-8", "replace").strip()


def _first(value: dict[str, Any], *names: str) -> str:
    for name in names:
        if isinstance(value.get(name), str):
            return str(value[name]).strip()
    return ""


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(one for one in value if isinstance(one, str))[:100]
