"""Which addresses the explorer calls: checked, encoded, told apart by what they do."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote

from sfconnector.exceptions import HostRefused, InvalidRequest
from sfconnector.salesforce.hosts import check_path

READING = ("GET", "HEAD")
ROOTS = ("/services/data/", "/services/apexrest/")
"""Where calls may go. The OAuth and SOAP addresses answer with tokens: not there."""
LONGEST_PATH = 16_000
_BEGIN = "Begin the path with /services/data/, for example /services/data/v66.0/limits."
_STRANGE = ("//", "\\", "@", ";", "#", " ")
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
        raise InvalidRequest("The explorer calls REST resources only.", remedy=_BEGIN)
    if len(whole) > LONGEST_PATH:
        raise InvalidRequest(
            f"The path has {len(whole):,} characters; {LONGEST_PATH:,} are allowed.",
            remedy="Choose fewer fields, or make it a plan that reads by Bulk.",
        )
    return check_path(whole)


def readable(path: str) -> str:
    """Return a path as it was typed, where typing it again gives the same path."""
    place, mark, query = path.partition("?")
    plain = unquote(query)
    is_same = plain.isprintable() and _encoded(plain) == query
    return f"{place}{mark}{plain}" if is_same else path


def is_write(method: str, path: str = "") -> bool:
    """Tell whether a call may change something in the org.

    Every method but GET and HEAD counts, composite requests included. Two kinds of GET
    count as well: one that names another method in ``_HttpMethod``, and Tooling's
    ``executeAnonymous``, which runs Apex [Tooling API Developer Guide].
    """
    if method.upper() not in READING:
        return True
    place, _mark, query = path.partition("?")
    named = {name.lower() for name, _ in parse_qsl(query, keep_blank_values=True)}
    return "executeanonymous" in unquote(place).lower() or "_httpmethod" in named


def _without_origin(text: str, origin: str) -> str:
    if not text:
        raise InvalidRequest("There is no path.", remedy=_BEGIN)
    if not text.isprintable():
        raise InvalidRequest(
            "The path holds a control character, such as a line break.",
            remedy="Write it on one line.",
        )
    if origin and text.startswith(f"{origin}/"):
        return text[len(origin) :]
    place = text.partition("?")[0]
    if "://" in place or place.startswith(("//", "\\")):
        raise HostRefused(
            "This address is on another host; the explorer calls the chosen org only.",
            remedy=_BEGIN,
        )
    return text


def _check_place(place: str) -> None:
    if not place.startswith("/services"):
        raise HostRefused("The path must stay below /services/.", remedy=_BEGIN)
    for mark in _STRANGE:
        if mark in place:
            raise HostRefused(
                f"The path holds “{mark}”, which no address of the API does.",
                remedy="Take it out, or write it percent-encoded within a value.",
            )
    hidden = (unquote(f"%{found[1]}") if found[1] else "%" for found in _steps(place))
    climbs = any(step in {".", ".."} for step in place.split("/"))
    if climbs or any(mark in "./\\%" or not mark.isprintable() for mark in hidden):
        raise HostRefused(
            "The path hides steps or control characters in it.",
            remedy="Write the address as it is, without “..” and its encoded forms.",
        )


def _steps(place: str) -> list[re.Match[str]]:
    return list(_ENCODED.finditer(place))


def _encoded(query: str) -> str:
    """Percent-encode a query that was typed as it reads; keep one that is encoded."""
    typed = " " in query or not re.fullmatch(r"(?:[^%]|%[0-9A-Fa-f]{2})*", query)
    return quote(query, safe="=&" if typed else _SAFE)
