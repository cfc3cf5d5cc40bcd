"""API versions: which exist, which are retired, and what they are called."""

from __future__ import annotations

import re

from salesforce_simulator.rest.errors import RestError, not_found

FIRST = 31
LATEST = 68
_SEASONS = ("Spring", "Summer", "Winter")
_PATTERN = re.compile(r"v(\d{1,3})\.0$")


def all_versions() -> list[dict[str, str]]:
    """The body of ``GET /services/data``, oldest first."""
    return [
        {
            "label": _label(number),
            "url": f"/services/data/v{number}.0",
            "version": f"{number}.0",
        }
        for number in range(FIRST, LATEST + 1)
    ]


def checked(part: str) -> str:
    """The version of a path part such as ``v66.0``: ``66.0``.

    Raises `RestError`: 410 for a retired version, 404 for one that never was.
    """
    match = _PATTERN.match(part)
    number = int(match[1]) if match else 0
    if not match or number < 7 or number > LATEST:
        raise not_found()
    if number < FIRST:
        message = f"API version {number}.0 is retired and unavailable."
        raise RestError(410, "GONE", message)
    return f"{number}.0"


def _label(number: int) -> str:
    """v66.0 is Spring '26; there are three releases a year."""
    year, season = divmod(number - 66, 3)
    if season == 2:
        year += 1
    # One label of a real org has a typographic apostrophe; so has this one.
    mark = "’" if number == 42 else "'"
    return f"{_SEASONS[season]} {mark}{26 + year}"
