"""The switchboard: which requests are spoilt, and how."""

from __future__ import annotations

import gzip
import itertools
import json
import threading
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

from salesforce_simulator import refusals
from salesforce_simulator.journal import path_matches
from salesforce_simulator.wire.messages import (
    HTML_TYPE,
    JSON_TYPE,
    Delivery,
    Request,
    Response,
)


class FaultError(ValueError):
    """A fault was described in a way that cannot be followed."""


@dataclass
class Fault:
    """What happens to which requests. Everything left out keeps its normal course.

    Which: ``path`` is a glob over the path, with or without
    ``/services/data/vXX.X``; ``method``; ``user`` (username); ``grant_type`` (of a
    token request); ``contains`` (text in the query string or body); ``nth`` (the
    n-th matching request, or several); ``times`` (only the first so many).

    What: see the fields below; several may be combined.
    """

    path: str = "*"
    method: str = "*"
    user: str | None = None
    grant_type: str | None = None
    contains: str | None = None
    nth: int | list[int] | None = None
    times: int | None = None

    status: int | None = None
    body: Any = None
    """Text is sent as it is; an object or array as JSON."""
    headers: dict[str, str] = field(default_factory=dict)
    refuse: str | None = None
    """The name of a refusal of `refusals`, e.g. ``request_limit``."""
    page: bool = False
    """Answer with Salesforce's maintenance page; ``status`` 503 unless given."""
    delay: float = 0.0
    drip: float = 0.0
    cut: int | float | None = None
    """Bytes of the body that still arrive; a float below 1 is a share."""
    keep_length: bool = True
    gzip: str | None = None
    """``truncated``: a gzip body that stops early under a right Content-Length."""
    replace: list[str] | None = None
    """Two texts: the first is replaced by the second in the normal body."""
    reset: bool = False
    action: str | None = None
    """Something that happens to the org first, see ``control/actions.py``."""
    arguments: dict[str, Any] = field(default_factory=dict)
    after: bool = False
    """Let the request have its effect first; ``action`` then comes after it."""
    hook: Callable[[Request, Response], None] | None = None
    """Python only: called before the answer is sent."""

    number: int = 0
    seen: int = 0
    fired: int = 0

    def as_json(self) -> dict[str, Any]:
        """The fault as the switchboard lists it."""
        shown = {f.name: getattr(self, f.name) for f in fields(self)}
        shown["hook"] = repr(self.hook) if self.hook else None
        return shown

    def fits(self, request: Request, *, username: str | None) -> bool:
        """Whether the request is of the kind that this fault is for."""
        return (
            path_matches(request.path, self.path)
            and fnmatchcase(request.method, self.method.upper())
            and self.user in (None, username)
            and self.grant_type in (None, request.form.get("grant_type"))
            and (self.contains is None or self.contains in _text(request))
        )

    def is_due(self) -> bool:
        """Count one more fitting request and say whether this one is spoilt."""
        self.seen += 1
        wanted = [self.nth] if isinstance(self.nth, int) else self.nth
        if wanted is not None and self.seen not in wanted:
            return False
        if self.times is not None and self.fired >= self.times:
            return False
        self.fired += 1
        return True

    def answer(self) -> Response | None:
        """The answer that takes the normal one's place, if there is one."""
        if self.refuse:
            found = refusals.find(self.refuse)
            if found is None:
                return None
            response = found
        elif self.page:
            text = self.body if isinstance(self.body, str) else None
            response = Response(503, body=(text or refusals.MAINTENANCE_PAGE).encode())
            response.headers["Content-Type"] = HTML_TYPE
        elif self.status is not None or self.body is not None:
            response = _made(self.status or 200, self.body)
        else:
            return None
        response.status = self.status or response.status
        return response

    def edit(self, response: Response) -> None:
        """Replace text in the encoded body, before it is compressed."""
        if not self.replace:
            return
        response.gather()
        if response.headers.pop("Content-Encoding", "") == "gzip":
            response.body = gzip.decompress(response.body)
        old, new = self.replace
        response.body = response.body.replace(old.encode(), new.encode())

    def spoil(self, response: Response) -> None:
        """Change a response that is otherwise ready, headers and body included."""
        response.gather()
        response.headers.update(self.headers)
        if self.gzip == "truncated":
            _truncate(response)
        if not any([self.delay, self.drip, self.cut is not None, self.reset]):
            return
        size = len(response.body)
        share = isinstance(self.cut, float) and self.cut < 1
        cut = None if self.cut is None else int(self.cut * size if share else self.cut)
        response.delivery = Delivery(
            delay=self.delay,
            drip=self.drip,
            cut=cut,
            keep_length=self.keep_length,
            reset=self.reset,
        )


class Faults:
    """All faults of one org, in the order in which they were added."""

    def __init__(self, *, actions: Collection[str]) -> None:
        self._actions = actions
        self._faults: list[Fault] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def add(self, path: str = "*", **what: Any) -> Fault:
        """Add a fault; see `Fault` for the names. Raises `FaultError`."""
        known = {f.name for f in fields(Fault)} - {"number", "seen", "fired"}
        unknown = set(what) - known
        if unknown:
            raise FaultError(
                f"Unknown part of a fault: {', '.join(sorted(unknown))}. "
                f"Known: {', '.join(sorted(known))}."
            )
        fault = Fault(path=path, **what)
        _check(fault)
        if fault.action is not None and fault.action not in self._actions:
            raise FaultError(
                f"action must be one of {', '.join(sorted(self._actions))}."
            )
        try:
            fault.answer()
        except KeyError as error:
            raise FaultError(str(error.args[0])) from error
        with self._lock:
            fault.number = next(self._numbers)
            self._faults.append(fault)
        return fault

    def due(self, request: Request, *, username: str | None) -> Fault | None:
        """The first fault that is for this request."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if fault.fits(request, username=username) and fault.is_due():
                    return fault
        return None

    def remove(self, number: int) -> bool:
        """Take one fault away; False when there is none of that number."""
        with self._lock:
            kept = [fault for fault in self._faults if fault.number != number]
            found = len(kept) < len(self._faults)
            self._faults = kept
            return found

    def clear(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._faults.clear()

    def __iter__(self) -> Iterator[Fault]:
        return iter(list(self._faults))

    def __len__(self) -> int:
        return len(self._faults)


def _check(fault: Fault) -> None:
    """Refuse now what could not be done when the fault strikes."""
    for names, holds, words in _RULES:
        for name in names.split():
            value = getattr(fault, name)
            if value is not None and not holds(value):
                raise FaultError(f"{name} must be {words}.")


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return value >= 0


def _are_turns(value: object) -> bool:
    turns = value if isinstance(value, list | tuple) else [value]
    return all(_is_number(turn) for turn in turns)


def _is_pair(value: object) -> bool:
    if not isinstance(value, list | tuple):
        return False
    return [type(one) for one in value] == [str, str]


_RULES: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
    (
        "path method user grant_type contains refuse",
        lambda value: isinstance(value, str),
        "text",
    ),
    ("status times delay drip cut", _is_number, "a number from 0 on"),
    ("nth", _are_turns, "a number, or an array of them"),
    ("replace", _is_pair, "two texts: what, and what instead"),
    ("headers arguments", lambda value: isinstance(value, dict), "an object"),
    ("gzip", lambda value: value == "truncated", "'truncated'"),
)


def _text(request: Request) -> str:
    body = request.body[:100_000].decode("utf-8", "replace")
    return f"{request.query_string}\n{' '.join(request.query.values())}\n{body}"


def _made(status: int, body: Any) -> Response:
    if isinstance(body, str):
        looks_like_page = body.lstrip().startswith("<")
        kind = HTML_TYPE if looks_like_page else JSON_TYPE
        return Response(status, body=body.encode(), headers={"Content-Type": kind})
    if body is None:
        return Response(status)
    return Response(status, value=json.loads(json.dumps(body)))


def _truncate(response: Response) -> None:
    body = response.body
    if response.headers.get("Content-Encoding") != "gzip":
        body = gzip.compress(body, 6)
        response.headers["Content-Encoding"] = "gzip"
    response.body = body[: max(1, len(body) // 2)]
