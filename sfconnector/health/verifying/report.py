"""The report of a walk: which answers were otherwise than we say, and their shapes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from sfconnector import __version__, orgs
from sfconnector.exceptions import Corrupt
from sfconnector.health.verifying import walk
from sfconnector.health.verifying.outline import shape_of
from sfconnector.models import Org
from sfconnector.salesforce.answers import Answer


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One call: how it was answered, without anything that anybody wrote."""

    name: str
    status: int
    content_type: str
    headers: tuple[str, ...]
    """Names of Salesforce's own headers."""
    shape: Any
    otherwise: tuple[str, ...]
    """What we say of this call and what did not hold."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an org answered to every call that we make; it names nobody and nothing."""

    sfconnector: str
    api_version: str
    edition: str
    is_sandbox: bool
    calls: tuple[Seen, ...]

    @property
    def otherwise(self) -> list[str]:
        """Return every sentence that did not hold, with its call."""
        return [f"{one.name}: {text}" for one in self.calls for text in one.otherwise]

    def as_dict(self) -> dict[str, Any]:
        """Give the report as plain JSON values."""
        return {**dataclasses.asdict(self), "otherwise": self.otherwise}


def verify(org: Org) -> Report:
    """Walk through every call that we use, reading only, and report what came.

    About twenty API calls. Raises what the client raises when no token is to be had.
    """
    with orgs.client_for(org, purpose="health", patient=False) as client:
        seen = tuple(_seen(look) for look in walk.walk(client))
    return Report(
        sfconnector=__version__,
        api_version=orgs.version_for(org),
        edition=org.org_type,
        is_sandbox=bool(org.is_sandbox),
        calls=seen,
    )


def _seen(look: walk.Look) -> Seen:
    answer = look.answer
    return Seen(
        name=look.name,
        status=answer.status,
        content_type=answer.content_type,
        headers=tuple(sorted(h for h in answer.headers if h.startswith("sforce-"))),
        shape=_shape(answer),
        otherwise=look.otherwise,
    )


def _shape(answer: Answer) -> Any:
    if answer.content_type != "application/json" or not answer.content:
        return "text" if answer.content else ""
    try:
        return shape_of(answer.json(object))
    except Corrupt:
        return "not JSON"


def differences(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Compare two reports, such as a real org's and a simulated one's, as sentences."""
    mine = {call["name"]: call for call in one["calls"]}
    theirs = {call["name"]: call for call in other["calls"]}
    found = [
        f"{name}: made in one of them only." for name in mine.keys() ^ theirs.keys()
    ]
    for name in mine.keys() & theirs.keys():
        for key in ("status", "content_type", "headers", "shape", "otherwise"):
            found += _apart(f"{name}, {key}", mine[name][key], theirs[name][key])
    return sorted(found)


def _apart(place: str, one: Any, other: Any) -> Iterator[str]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in sorted({*one, *other}):
            yield from _apart(f"{place}.{key}", one.get(key), other.get(key))
    elif isinstance(one, list) and isinstance(other, list) and one and other:
        yield from _apart(f"{place}[]", one[0], other[0])
    elif one != other:
        yield f"{place}: {_short(one)} here, {_short(other)} there."


def _short(shape: Any) -> str:
    if isinstance(shape, Mapping):
        return "an object"
    return "nothing" if shape is None else str(shape)[:60]
