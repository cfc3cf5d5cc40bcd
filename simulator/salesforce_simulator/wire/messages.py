"""What came in and what goes out, free of sockets and of WSGI."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

JSON_TYPE = "application/json;charset=UTF-8"
HTML_TYPE = "text/html;charset=UTF-8"


class BodyError(Exception):
    """The request's body is not the JSON object or array that was expected."""


@dataclass
class Request:
    """One request. ``path`` is still percent-encoded; header names are lower-case."""

    method: str
    path: str
    query_string: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    scheme: str = "http"
    nested: bool = False
    """True for a subrequest of a composite call."""

    @property
    def host(self) -> str:
        return self.headers.get("host", "")

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}"

    @property
    def client(self) -> str:
        """The name in ``Sforce-Call-Options: client=…``, empty without."""
        options = self.headers.get("sforce-call-options", "")[:200]
        pairs = (option.partition("=") for option in options.split(","))
        return next((v.strip() for k, _, v in pairs if k.strip() == "client"), "")

    @cached_property
    def segments(self) -> list[str]:
        """The path's parts, decoded one by one so that ``%2F`` stays in its part."""
        return [unquote(part) for part in self.path.split("/") if part]

    @cached_property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @cached_property
    def form(self) -> dict[str, str]:
        """The fields of a form-encoded body."""
        text = self.body.decode("utf-8", "replace")
        return dict(parse_qsl(text, keep_blank_values=True))

    def json(self) -> Any:
        """The body read as JSON. Raises `BodyError`."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise BodyError(str(error)) from error


@dataclass
class Delivery:
    """How a response is spoilt on its way. Sizes in bytes, times in seconds."""

    delay: float = 0.0
    drip: float = 0.0
    """Bytes a second; 0 sends at full speed."""
    cut: int | None = None
    """Send only so many bytes of the body, then close."""
    keep_length: bool = True
    """With ``cut``: still announce the whole length."""
    reset: bool = False


_NOTHING: Any = object()


@dataclass
class Response:
    """One answer: either ``value`` (sent as JSON) or ready ``body`` bytes."""

    status: int = 200
    value: Any = _NOTHING
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    chunks: Iterable[bytes] | None = None
    """The body in pieces, for answers too large to hold; instead of ``body``."""
    delivery: Delivery | None = None
    after: list[Callable[[], None]] = field(default_factory=list)
    """Called once the answer has left the server."""

    @property
    def has_value(self) -> bool:
        return self.value is not _NOTHING

    def gather(self) -> None:
        """Turn a body in pieces into one."""
        if self.chunks is not None:
            self.body, self.chunks = b"".join(self.chunks), None

    def payload(self) -> Any:
        """The body as Python values, None when it is empty."""
        if self.has_value:
            return self.value
        return json.loads(self.body) if self.body else None

    def encode(self, *, pretty: bool = False) -> bytes:
        """The body's bytes; ``pretty`` indents as ``X-PrettyPrint: 1`` asks for."""
        if self.has_value:
            self.body = encode_json(self.value, pretty=pretty)
            self.headers.setdefault("Content-Type", JSON_TYPE)
        return self.body


def encode_json(value: Any, *, pretty: bool = False) -> bytes:
    """Salesforce's JSON: compact, or with ``"key" : value`` when pretty."""
    if pretty:
        text = json.dumps(
            value, ensure_ascii=False, indent=2, separators=(",", " : "), default=str
        )
    else:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return text.encode("utf-8", "surrogatepass")


def html(text: str, *, status: int = 200) -> Response:
    """An HTML page."""
    headers = {"Content-Type": HTML_TYPE, "Cache-Control": "no-cache, no-store"}
    return Response(status, body=text.encode(), headers=headers)


def plain(text: str, *, status: int) -> Response:
    """A bare word, as the identity service answers for a dead token."""
    return Response(status, body=text.encode(), headers={"Content-Type": HTML_TYPE})


def redirect(url: str, *, params: dict[str, str]) -> Response:
    """302 to ``url`` with ``params`` added to its query."""
    joint = "&" if "?" in url else "?"
    location = f"{url}{joint}{urlencode(params)}" if params else url
    return Response(302, headers={"Location": location, "Cache-Control": "no-cache"})
