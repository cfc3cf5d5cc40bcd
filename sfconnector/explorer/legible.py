"""Calls as people read them: the query within a path, in pieces to colour."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from sfconnector.salesforce.soql import KEYWORDS, painted

__all__ = ["KEYWORDS", "painted", "soql_in"]

_QUERY = re.compile(r"/query(?:All)?/?\?")


def soql_in(path: str) -> str:
    """Return the query that a REST path asks, "" when it asks none."""
    if not _QUERY.search(path):
        return ""
    given = parse_qs(path.partition("?")[2])
    return given["q"][0] if set(given) == {"q"} and len(given["q"]) == 1 else ""
