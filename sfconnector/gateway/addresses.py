"""Which addresses may be called: checked, encoded, told apart by what they do."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote

from sfconnector.exceptions import HostRefused, InvalidRequest
from sfconnector.salesforce.hosts import check_path
from sfconnector.texts import gettext_noop

READING = ("GET", "HEAD")
ROOTS = ("/services/data/", "/services/apexrest/")
"""Where calls may go. The OAuth and SOAP addresses answer with tokens: not there."""
RUNNING = ("executeanonymous", "runtests")
LONGEST_PATH = 16_000
_BEGIN = gettext_noop(
    "Begin the path with /services/data/, for example /services/data/v66.0/limits."
)
_STRANGE = ("//", "\\", "@", ";", "#", " ")
_VERSION = re.compile(r"v[0-9]{1,3}\.[0-9]", re.IGNORECASE)
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})?")
_SAFE = "=&%+/:,'()*?.-_~"


def checked_path(text: str, *, origin: str = "") -> str:
    """Return path and query as they are sent; raise HostRefused or InvalidRequest.

    An address of the org itself, whose origin is given, is cut down to its path. The
    query may be typed as it reads, with spaces and quotes.
    """
    path = _without_origin(text.strip(), origin.rstrip("/"))
    place, mark, query = path.partition("?")
    _check_place(place)
    whole = place + mark + _encoded(query)
    if not f"{place}/".startswith(ROOTS):
        raise InvalidRequest(
            gettext_noop("Calls go to REST resources only."), remedy=_BEGIN
        )
    if len(whole) > LONGEST_PATH:
        raise InvalidRequest(
            gettext_noop(
                "The path has {count:,} characters; {most:,} are allowed."
            ).format(count=len(whole), most=LONGEST_PATH),
            remedy=gettext_noop(
                "Choose fewer fields, or make it a plan that reads by Bulk."
            ),
        )
    return check_path(whole)


def readable(path: str) -> str:
    """Return a path as it was typed, where typing it again gives the same path."""
    place, mark, query = path.partition("?")
    plain = unquote(query)
    is_same = plain.isprintable() and _encoded(plain) == query
    return f"{place}{mark}{plain}" if is_same else path


def writes(method: str, path: str) -> bool:
    """Tell whether a single request may change something in the org.

    Every method but GET and HEAD counts, and two kinds of GET: one that names another
    method in ``_HttpMethod``, and those of the Tooling API that run Apex or its tests
    [Tooling API Developer Guide].
    """
    if method.upper() not in READING:
        return True
    place, _mark, query = path.partition("?")
    named = {name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)}
    steps = unquote(place).lower().split("/")
    return "_httpmethod" in named or any(step.startswith(RUNNING) for step in steps)


def steps_of(path: str) -> list[str]:
    """Return the decoded steps of a path behind its API version, without its query."""
    place = unquote(path.partition("?")[0])
    steps = [step for step in place.split("/") if step][2:]
    return steps[1:] if steps and _VERSION.fullmatch(steps[0]) else steps


def parameters_of(path: str) -> list[tuple[str, str]]:
    """Return every parameter of a path, decoded, also those that are given twice."""
    return parse_qsl(path.partition("?")[2], keep_blank_values=True)


def _without_origin(text: str, origin: str) -> str:
    if not text:
        raise InvalidRequest(gettext_noop("There is no path."), remedy=_BEGIN)
    if not text.isprintable():
        raise InvalidRequest(
            gettext_noop("The path holds a control character, such as a line break."),
            remedy=gettext_noop("Write it on one line."),
        )
    if origin and text.startswith(f"{origin}/"):
        return text[len(origin) :]
    place = text.partition("?")[0]
    if "://" in place or place.startswith(("//", "\\")):
        raise HostRefused(
            gettext_noop(
                "This address is on another host; only the chosen org is called."
            ),
            remedy=_BEGIN,
        )
    return text


def _check_place(place: str) -> None:
    if not place.startswith("/services"):
        raise HostRefused(
            gettext_noop("The path must stay below /services/."), remedy=_BEGIN
        )
    for mark in _STRANGE:
        if mark in place:
            raise HostRefused(
                gettext_noop(
                    "The path holds “{mark}”, which no address of the API does."
                ).format(mark=mark),
                remedy=gettext_noop(
                    "Take it out, or write it percent-encoded within a value."
                ),
            )
    hidden = (unquote(f"%{found[1]}") if found[1] else "%" for found in _steps(place))
    climbs = any(step in {".", ".."} for step in place.split("/"))
    if climbs or any(mark in "./\\%" or not mark.isprintable() for mark in hidden):
        raise HostRefused(
            gettext_noop("The path hides steps or control characters in it."),
            remedy=gettext_noop(
                "Write the address as it is, without “..” and its encoded forms."
            ),
        )


def _steps(place: str) -> list[re.Match[str]]:
    return list(_ENCODED.finditer(place))


def _encoded(query: str) -> str:
    """Percent-encode a query that was typed as it reads; keep one that is encoded."""
    typed = " " in query or not re.fullmatch(r"(?:[^%]|%[0-9A-Fa-f]{2})*", query)
    return quote(query, safe="=&" if typed else _SAFE)
