"""The log of received requests, with every secret shortened."""

from __future__ import annotations

import itertools
import re
import threading
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qsl

from salesforce_simulator.wire.messages import Request, Response

SECRET_FIELDS = frozenset(
    {
        "access_token",
        "assertion",
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "id_token",
        "password",
        "refresh_token",
        "token",
    }
)
_SECRET_HEADERS = ("authorization", "cookie", "proxy-authorization", "x-sfdc-session")
_KEPT = 10_000
_VERSION = re.compile(r"^/services/data/v\d+\.\d+")
_ID = re.compile(
    r"/(?=\w*\d)[a-zA-Z0-9]{18}(?:-\d+)?(?=/|$)|/(?=\w*\d)[a-zA-Z0-9]{15}(?=/|$)"
)


@dataclass(frozen=True)
class Received:
    """One logged request; secrets in it are cut to their first four letters."""

    number: int
    at: float
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str] = field(repr=False)
    form: dict[str, str] = field(repr=False)
    username: str | None
    status: int
    milliseconds: float
    sent_bytes: int

    def as_json(self) -> dict[str, Any]:
        """A JSON object with the same names."""
        return asdict(self)


def shorten(secret: str) -> str:
    """The first four characters and the length, e.g. ``5Aep…(81)``."""
    return f"{secret[:4]}…({len(secret)})" if secret else ""


def short_path(path: str) -> str:
    """A path without the API version: ``/sobjects/Account``."""
    return _VERSION.sub("", path) or "/"


def path_matches(path: str, pattern: str) -> bool:
    """Whether a glob fits the path, with or without ``/services/data/vXX.X``."""
    return fnmatchcase(path, pattern) or fnmatchcase(short_path(path), pattern)


class Journal:
    """The last 10,000 requests and how often each endpoint was asked."""

    def __init__(self) -> None:
        self._entries: deque[Received] = deque(maxlen=_KEPT)
        self._counts: Counter[tuple[str, str]] = Counter()
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def note(
        self,
        request: Request,
        response: Response,
        *,
        at: float,
        seconds: float,
        username: str | None,
    ) -> None:
        """Log one exchange."""
        entry = Received(
            number=next(self._numbers),
            at=at,
            method=request.method,
            path=request.path,
            query=_hide(request.query),
            headers=_hide_headers(request.headers),
            form=_hide_form(request),
            username=username,
            status=response.status,
            milliseconds=round(seconds * 1000, 2),
            sent_bytes=len(response.body),
        )
        with self._lock:
            self._entries.append(entry)
            self._counts[request.method, _ID.sub("/{id}", request.path)] += 1

    def count(self, pattern: str = "*", *, method: str = "*") -> int:
        """How many requests fitted a path glob such as ``/sobjects/*/describe``.

        Ids in paths are counted under ``{id}``. The API version may be left out.
        """
        with self._lock:
            return sum(
                number
                for (verb, path), number in self._counts.items()
                if fnmatchcase(verb, method) and path_matches(path, pattern)
            )

    def counts(self) -> dict[str, int]:
        """Requests per method and path, most first."""
        with self._lock:
            return {
                f"{verb} {path}": number
                for (verb, path), number in self._counts.most_common()
            }

    def matching(self, pattern: str, *, method: str = "*") -> list[Received]:
        """The logged requests whose path fits the glob, oldest first."""
        return [
            entry
            for entry in self
            if path_matches(entry.path, pattern) and fnmatchcase(entry.method, method)
        ]

    def clear(self) -> None:
        """Forget all requests and counts."""
        with self._lock:
            self._entries.clear()
            self._counts.clear()

    def __iter__(self) -> Iterator[Received]:
        with self._lock:
            return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: int) -> Received:
        return self._entries[index]


def _hide(fields: dict[str, str]) -> dict[str, str]:
    return {
        name: shorten(value) if name in SECRET_FIELDS else value[:2000]
        for name, value in fields.items()
    }


def _hide_headers(headers: dict[str, str]) -> dict[str, str]:
    shown = dict(headers)
    for name in _SECRET_HEADERS:
        if name in shown:
            kind, _, secret = shown[name].partition(" ")
            shown[name] = f"{kind} {shorten(secret)}" if secret else shorten(kind)
    return shown


def _hide_form(request: Request) -> dict[str, str]:
    kind = request.headers.get("content-type", "")
    if not kind.startswith("application/x-www-form-urlencoded"):
        return {}
    text = request.body[:20_000].decode("utf-8", "replace")
    return _hide(dict(parse_qsl(text, keep_blank_values=True)))
